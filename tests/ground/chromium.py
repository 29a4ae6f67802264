"""Which Chromium is driven, and as whom it goes."""

import os

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
READER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
"""Without a screen Chromium calls itself headless, and whoever does is counted as a program."""
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
