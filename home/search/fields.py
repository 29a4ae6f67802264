"""What a page gives to Wagtail's search index."""

from typing import Any

from wagtail.search import index

from .words import words


class Words(index.SearchField):
    """A text as plain words, so that no database has to know of accents."""

    def get_value(self, obj: Any) -> str:
        """The words of the field, or of the texts that the method gives, with spaces between them."""
        value = super().get_value(obj) or ""
        return " ".join(words("\n".join(value) if isinstance(value, list) else str(value)))
