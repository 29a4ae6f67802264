"""Text that stands in a file for a spreadsheet."""

import re

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""What XML has no way to write."""


def printable(text: str) -> str:
    """The text without characters that no file may have."""
    return UNPRINTABLE.sub("", text)


def unguarded(text: str) -> str:
    """A cell as it was before :func:`safe` or a spreadsheet put an apostrophe before it."""
    return text[1:] if text.startswith("'") and text[1:].lstrip(" ").startswith(FORMULA_STARTS) else text


def safe(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA_STARTS) else text
