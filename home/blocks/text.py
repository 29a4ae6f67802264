"""Text: what an editor may do with it, and what reads the same in every language.

``wagtail-localize`` takes a string to translate out of every text block, except where a block says that it has none:
:class:`SharedTextBlock` is for text that reads the same in every language.
"""

from typing import Any

from wagtail import blocks

TEXT_FEATURES = ["h2", "h3", "bold", "italic", "ol", "ul", "link", "document-link"]


class SharedTextBlock(blocks.CharBlock):
    """One line that is the same in every language: a key, the title of a publication, a number of a record."""

    def get_translatable_segments(self, value: str) -> list[Any]:
        """Nothing to translate."""
        return []

    def restore_translated_segments(self, value: str, segments: list[Any]) -> str:
        """The text as it is."""
        return value
