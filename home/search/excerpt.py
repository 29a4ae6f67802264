"""The part of a text that shows why a page was found, with the words that were looked for marked."""

import unicodedata

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from .words import WORD, meets

BEFORE = 60
AFTER = 170
"""Letters before and after the first word that was found."""


def marked(text: str, looked_for: list[str]) -> SafeString:
    """The whole text, escaped, with ``<mark>`` around the words that begin like those that were looked for."""
    text = unicodedata.normalize("NFC", text)
    parts, end = [], 0
    for word in WORD.finditer(text):
        if looked_for and meets(word[0], looked_for):
            parts += [escape(text[end : word.start()]), f"<mark>{escape(word[0])}</mark>"]
            end = word.end()
    return mark_safe("".join([*parts, escape(text[end:])]))


def excerpt(texts: list[str], looked_for: list[str]) -> SafeString:
    """The first of the texts in which a word stands, around that word; the first text where none does.

    The first text is the summary, which is shown whole.
    """
    for place, text in enumerate(texts):
        text = " ".join(unicodedata.normalize("NFC", text).split())
        first = next((word for word in WORD.finditer(text) if meets(word[0], looked_for)), None)
        if first:
            return marked(text if place == 0 else around(text, first.start()), looked_for)
    return marked(texts[0] if texts else "", looked_for)


def around(text: str, place: int) -> str:
    """The words around a place, with an ellipsis where something is left out."""
    start, end = max(0, place - BEFORE), min(len(text), place + AFTER)
    if start:
        start = text.index(" ", start, place) + 1 if " " in text[start:place] else place
    if end < len(text):
        space = text.rfind(" ", place, end)
        end = space if space > place else end
    return ("… " if start else "") + text[start:end].rstrip() + (" …" if end < len(text) else "")
