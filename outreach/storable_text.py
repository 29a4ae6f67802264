"""Text that comes from elsewhere, made so that every database takes it."""


def storable(text: str) -> str:
    """``text`` without the NUL that PostgreSQL refuses, and with a mark for each half of a surrogate pair."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()
