"""Characters that nobody sees and that break what holds them, out of texts that were pasted or taken from pages."""

import re

INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff\ufffc\ufffe\uffff\ud800-\udfff\x00-\x08\x0e-\x1f\x7f]")
"""Soft hyphens, zero-width spaces, marks of byte order, control characters, halves of others and what is no character;
joiners stay, as scripts need them.
"""

NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
"""What no XML may hold, and so no mail that is built from some."""

BREAKS = re.compile("[\x0b\x0c\u2028\u2029]")


def tidy_line(text: str) -> str:
    """One line of text: no invisible characters, and each run of spaces, tabs and breaks one space."""
    return " ".join(INVISIBLE.sub("", BREAKS.sub(" ", text)).split())
