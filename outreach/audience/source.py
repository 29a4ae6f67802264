"""Where somebody heard of us: a poster, a clinic, a radio spot, as a link or the start of a bot says it."""

import re

SOURCE = re.compile(r"[A-Za-z0-9_-]{1,40}")


def as_source(text: str) -> str:
    """``text`` if it can be a source, else nothing: a broken link must not keep anybody from joining."""
    return text if SOURCE.fullmatch(text) else ""
