"""A page and its translation text by text, as a reviewer reads them: what stands where, and what has changed."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

import nh3
from django.db import models
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import StreamValue
from wagtail.models import Locale, Page
from wagtail_localize.models import StringTranslation
from wagtail_localize.segments import StringSegmentValue
from wagtail_localize.segments.extract import extract_segments
from wagtail_localize.strings import StringValue

ALIKE = 0.5
"""From this likeness on, a text counts as a new wording of an older one."""


class Kind(models.TextChoices):
    """Where one text stands."""

    TRANSLATED = "translated", _("Translated")
    CHANGED = "changed", _("The source has changed")
    MISSING = "missing", _("Not translated")
    ERROR = "error", _("The page refuses this translation")


@dataclass(frozen=True)
class Change:
    """A run of words of a text that was reworded; ``kind`` is kept, added or removed."""

    kind: str
    words: str


@dataclass(frozen=True)
class Pair:
    """One text of the source and its translation.

    ``earlier`` is what the source said when ``translation`` was written, if that is something else; ``field`` names
    where the text stands, and is empty where that is the same as in the pair before.
    """

    kind: Kind
    field: str
    source: SafeString
    translation: SafeString
    earlier: str = ""
    changes: tuple[Change, ...] = ()
    error: str = ""


def compare(*, source: Page, locale: Locale) -> list[Pair]:
    """The texts of the published source in their order, each with its translation into the language.

    Includes what was published since the page was last synchronised. Three queries, whatever the page's length.
    """
    page = source.specific
    said = [segment for segment in extract_segments(page) if isinstance(segment, StringSegmentValue)]
    said.sort(key=lambda segment: segment.order)
    current = {(segment.path, segment.string.data) for segment in said}
    known: dict[tuple[str, str], StringTranslation] = {}
    older: dict[str, list[StringTranslation]] = defaultdict(list)
    for translation in StringTranslation.objects.filter(
        context__object_id=source.translation_key, locale=locale
    ).select_related("translation_of", "context"):
        key = (translation.context.path, translation.translation_of.data)
        if key in current:
            known[key] = translation
        else:
            older[translation.context.path].append(translation)
    return list(_pairs(page, said, known, older))


def _pairs(
    page: Any,
    said: list[StringSegmentValue],
    known: dict[tuple[str, str], StringTranslation],
    older: dict[str, list[StringTranslation]],
) -> Iterator[Pair]:
    before = ""
    for segment in said:
        field = field_name(page, segment.path)
        named, before = ("" if field == before else field), field
        text = segment.string.data
        source = shown(segment.string, segment.attrs or {})
        translation = known.get((segment.path, text))
        if translation:
            kind = Kind.ERROR if translation.has_error else Kind.TRANSLATED
            rendered = shown(StringValue(translation.data), segment.attrs or {})
            yield Pair(kind, named, source, rendered, error=str(translation.get_error() or ""))
            continue
        earlier = _taken_nearest(older[segment.path], text)
        if earlier is None:
            yield Pair(Kind.MISSING, named, source, SafeString(""))
            continue
        was = earlier.translation_of.as_value().render_text()
        yield Pair(
            Kind.CHANGED,
            named,
            source,
            shown(StringValue(earlier.data), {}),
            earlier=was,
            changes=tuple(changes(was, segment.string.render_text())),
        )


def _taken_nearest(older: list[StringTranslation], text: str) -> StringTranslation | None:
    """The older text that this one is a new wording of; it is taken out, so that no two texts get the same."""
    likeness = [
        (SequenceMatcher(None, candidate.translation_of.data, text, autojunk=False).ratio(), candidate.pk, candidate)
        for candidate in older
    ]
    if not likeness:
        return None
    ratio, _pk, nearest = max(likeness, key=lambda found: found[:2])
    # A field that holds one text is reworded, however much it changes.
    if ratio < ALIKE and "." in nearest.context.path:
        return None
    older.remove(nearest)
    return nearest


def changes(before: str, after: str) -> Iterator[Change]:
    """How the words of one text became those of the other."""
    old, new = before.split(), after.split()
    for kind, start, end, begin, stop in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield Change("kept", " ".join(new[begin:stop]))
            continue
        if end > start:
            yield Change("removed", " ".join(old[start:end]))
        if stop > begin:
            yield Change("added", " ".join(new[begin:stop]))


def shown(value: StringValue, attrs: dict[str, Any]) -> SafeString:
    """A text as a person reads it: its emphasis and links, and nothing else of its HTML."""
    try:
        html = value.render_html(dict(attrs))
    except KeyError:
        html = value.data
    cleaned = nh3.clean(
        html,
        tags={"a", "b", "strong", "i", "em", "br", "abbr", "code"},
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer",
    )
    return mark_safe(cleaned)


def field_name(page: Any, path: str) -> str:
    """What the editor calls the place: the field, and the kind of block within it."""
    name, _dot, rest = path.partition(".")
    try:
        field = page._meta.get_field(name)
    except LookupError:
        return name
    verbose = getattr(field, "verbose_name", "") or getattr(field.related_model._meta, "verbose_name", name)
    label = str(capfirst(verbose))
    block = _block_label(getattr(page, name, None), rest.partition(".")[0]) if rest else ""
    return f"{label}: {block}" if block else label


def _block_label(stream: Any, identity: str) -> str:
    if not isinstance(stream, StreamValue):
        return ""
    return next((str(child.block.label) for child in stream if str(child.id) == identity), "")
