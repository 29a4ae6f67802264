"""Wagtail's editor of rich text, with nothing lost of what it can't hold."""

import json
from typing import Any

from wagtail.admin.rich_text import DraftailRichTextArea

LEVELS = {"header-one": "header-two"} | dict.fromkeys(("header-four", "header-five", "header-six"), "header-three")
"""Headings that the site does not have, and those that stand for them."""
KINDS = {"header-two": "h2", "header-three": "h3", "ordered-list-item": "ol", "unordered-list-item": "ul"}
"""Kinds of paragraphs of the editor, with the feature that allows each."""


class TidyRichTextArea(DraftailRichTextArea):
    """Turns paragraphs of kinds that the text may not have into such as it may: Wagtail would leave them out."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """The text as it is kept; what is no text of the editor is left for Wagtail to refuse."""
        given = data.get(name)
        if isinstance(given, str):
            data = {name: self._with_known_kinds(given)}
        return super().value_from_datadict(data, files, name)

    def _with_known_kinds(self, given: str) -> str:
        try:
            content = json.loads(given)
            paragraphs = content["blocks"]
        except (ValueError, TypeError, KeyError):
            return given
        for paragraph in paragraphs:
            kind = LEVELS.get(paragraph["type"], paragraph["type"])
            if kind not in ("unstyled", "atomic") and KINDS.get(kind) not in self.features:
                kind = "unstyled"
            paragraph["type"] = kind
        return json.dumps(content)
