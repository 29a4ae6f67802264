"""Numbers of rows as they come in addresses, forms and texts, before anybody looks for the row."""

HIGHEST = 2**63 - 1
"""The highest that a database gives a row."""


def row_number(text: str) -> int | None:
    """The number that ``text`` is, or ``None`` where no row could have it."""
    is_one = text.isascii() and text.isdecimal() and len(text) <= len(str(HIGHEST))
    return int(text) if is_one and int(text) <= HIGHEST else None
