"""The words of a page, each with its place: what can be warned of, and where an editor finds it.

What there is to read comes from ``wagtail-localize``, which knows it for every kind of page: whatever can be translated
is a text of the page, and titles of publications are none.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from bs4 import BeautifulSoup
from django.core.exceptions import FieldDoesNotExist
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from wagtail.admin.panels import ObjectList
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.rich_text import RichText
from wagtail_localize.segments import StringSegmentValue
from wagtail_localize.segments.extract import extract_segments


@dataclass(frozen=True)
class Passage:
    """A text of a page as a reader sees it, without markup.

    ``place`` names field and block as the editor does, ``anchor`` is the id of the field or block there. ``quoted``
    is for somebody else's words.
    """

    place: str
    anchor: str
    text: str
    quoted: bool = False


def passages(page: Page) -> list[Passage]:
    """Every text of a page, in the order of its fields."""
    blocks = {block.id: (number, block) for number, block in _blocks(page)}
    found = []
    for segment in extract_segments(page):
        text = _without_markup(segment.render_html()) if isinstance(segment, StringSegmentValue) else ""
        if text:
            place, anchor, quoted, quotes = _whereabouts(page, segment.path, blocks)
            found.append(Passage(place, anchor, text, quoted or text in quotes))
    return found


def _blocks(page: Page) -> Iterator[tuple[int, Any]]:
    for field in page._meta.get_fields():
        if isinstance(field, StreamField):
            stream = getattr(page, field.name)
            # Blocks that were not saved yet get their identity only from this.
            stream.get_prep_value()
            yield from enumerate(stream, 1)


def _whereabouts(page: Page, path: str, blocks: dict[str, tuple[int, Any]]) -> tuple[str, str, bool, str]:
    """Place, anchor, whether the text is a quotation, and what its block quotes."""
    name, *rest = path.split(".")
    place, anchor = field_label(page.specific_class, name), field_anchor(page.specific_class, name)
    if not rest or rest[0] not in blocks:
        return place, anchor, False, ""
    number, block = blocks[rest[0]]
    labels = [place, _("block %(number)d, %(kind)s") % {"number": number, "kind": block.block.label}]
    child = getattr(block.block, "child_blocks", {}).get(rest[1]) if len(rest) > 1 else None
    if child is not None:
        labels.append(str(child.label))
    quoted = block.block_type == "quote" and rest[1:2] == ["text"]
    return " · ".join(labels), f"block-{block.id}-section", quoted, _block_quotes(block.value)


def field_label(model: type[Page], name: str) -> str:
    """A field's name as the editor shows it."""
    try:
        return str(capfirst(getattr(model._meta.get_field(name), "verbose_name", name)))
    except FieldDoesNotExist:
        return str(capfirst(name))


@lru_cache(maxsize=200)
def field_anchor(model: type[Page], name: str) -> str:
    """The id of the field's section in the page's editor; empty if the editor does not show it."""
    return next((found for field, found in _sections(model.get_edit_handler(), "panel") if field == name), "")


def _sections(panel: Any, prefix: str, section: str = "") -> Iterator[tuple[str, str]]:
    """Each field with the section that it stands in: a tab gives one to each panel in it, a group of fields has one."""
    if name := getattr(panel, "field_name", None):
        yield name, section
    children = getattr(panel, "children", [])
    for child, identifier in zip(children, panel.child_identifiers if children else [], strict=True):
        own = f"{prefix}-{identifier}-section" if isinstance(panel, ObjectList) else ""
        yield from _sections(child, f"{prefix}-child-{identifier}", section or own)


def _without_markup(html: str) -> str:
    return " ".join(BeautifulSoup(html, "html.parser").get_text().split())


def _block_quotes(value: Any) -> str:
    """What a rich text quotes as a block: the segments of it are not marked as such."""
    if not isinstance(value, RichText) or "<blockquote" not in value.source:
        return ""
    soup = BeautifulSoup(value.source, "html.parser")
    return "\n".join(" ".join(quote.get_text().split()) for quote in soup.find_all("blockquote"))
