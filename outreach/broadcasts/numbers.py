"""Numbers of rows as they come in addresses, forms and texts, before anybody looks for the row."""

MOST_DIGITS = 18
"""More than any row has, and as many as a database still takes."""


def row_number(text: str) -> int | None:
    """The number that ``text`` is, or ``None`` where no row could have it."""
    is_one = text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS
    return int(text) if is_one else None
