"""A document as a PDF that everybody can read: tagged (PDF/UA-1), with its title, language and headings, tables with
header rows, and charts that say in words what they show. The same document gives the same bytes.
"""

import functools
import json
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from outreach.reach import printing

from .document import Document, Sheet
from .plain import printable

CONTENT_TYPE = "application/pdf"
LAYOUT = Path(__file__).with_name("report.typ")

BUNDLED = "Libertinus Serif"
"""The font that comes with the library. It has Latin, Greek and Cyrillic letters."""

BUNDLED_SCRIPTS = frozenset({"LATIN", "GREEK", "CYRILLIC"})
SYSTEM_FONTS = {
    "ARABIC": ("Noto Naskh Arabic", "Noto Sans Arabic", "Amiri", "Scheherazade New", "DejaVu Sans"),
    "HEBREW": ("Noto Serif Hebrew", "Noto Sans Hebrew", "DejaVu Sans"),
    "DEVANAGARI": ("Noto Serif Devanagari", "Noto Sans Devanagari", "Lohit Devanagari"),
    "BENGALI": ("Noto Serif Bengali", "Noto Sans Bengali", "Lohit Bengali"),
    "ETHIOPIC": ("Noto Serif Ethiopic", "Noto Sans Ethiopic", "Abyssinica SIL"),
    "CJK": ("Noto Serif CJK SC", "Noto Sans CJK SC", "WenQuanYi Zen Hei"),
}
"""Fonts of the machine that have the letters of a script, the best first. For other scripts the machine chooses."""

NAMED_BY_USE = frozenset({"MICRO", "FEMININE", "MASCULINE", "MODIFIER"})
"""A few letters, such as that of a millionth, have names that do not say their script; it is Latin."""


class MissingFont(Exception):
    """This machine has no font for a script in which something in the document is written; ``script`` names it."""

    def __init__(self, script: str) -> None:
        super().__init__(script)
        self.script = script


def write(document: Document) -> bytes:
    """The bytes of the PDF. Raises :class:`MissingFont` rather than printing boxes instead of letters."""
    # What draws takes some megabytes of memory, in processes of which most never make a document.
    import typst

    with override(document.language):
        data = _data(document)
    scripts = _scripts(data)
    fonts = [BUNDLED, *_fonts(scripts - BUNDLED_SCRIPTS)]
    written = typst.compile(
        LAYOUT.read_bytes(),
        sys_inputs={"document": json.dumps(data | {"fonts": fonts})},
        # Only where they are needed: with the bundled font the same bytes come out on every machine.
        ignore_system_fonts=scripts <= BUNDLED_SCRIPTS,
        format="pdf",
        pdf_standards=["ua-1"],
        timestamp=int(document.dated.timestamp()),
    )
    assert isinstance(written, bytes)
    return written


def _fonts(scripts: frozenset[str]) -> Iterator[str]:
    for script in sorted(scripts):
        found = [family for family in SYSTEM_FONTS.get(script, ()) if family in _families()]
        if not found and script in SYSTEM_FONTS:
            raise MissingFont(script.capitalize())
        yield from found[:1]


@functools.cache
def _families() -> frozenset[str]:
    """The fonts of this machine; they are looked for once."""
    import typst

    return frozenset(typst.Fonts().families())


def _scripts(data: dict[str, Any]) -> frozenset[str]:
    """The scripts of the letters in the data. A letter's name begins with that of its script."""
    letters = {letter for text in _texts(data) for letter in text if letter.isalpha()}
    return frozenset(unicodedata.name(letter, "UNKNOWN").split()[0] for letter in letters) - NAMED_BY_USE


def _texts(data: Any) -> Iterator[str]:
    """Every text in the data but the drawings, whose labels stand in the tables as well."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for name, part in data.items():
            if name != "svg":
                yield from _texts(part)
    elif isinstance(data, list):
        for part in data:
            yield from _texts(part)


def _data(document: Document) -> dict[str, Any]:
    dated = document.dated
    return {
        "title": printable(document.title).strip() or "–",
        "subtitle": printable(document.subtitle),
        "lang": document.language.split("-")[0],
        "rtl": document.is_rtl,
        "dated": [dated.year, dated.month, dated.day],
        "facts": [[printable(name), printable(value)] for name, value in document.facts],
        "sheets": [_sheet(document, sheet) for sheet in document.sheets],
        "notes": [printable(note) for note in document.notes],
        "notes_title": _("Notes"),
    }


def _sheet(document: Document, sheet: Sheet) -> dict[str, Any]:
    drawing = document.drawings.get(sheet.slug)
    return {
        "title": printable(sheet.title),
        "headings": [printable(heading) for heading in sheet.headings],
        "rows": [[printable(printing.value_as_text(value)) for value in row] for row in sheet.rows],
        "in_words": [not place or _is_in_words(sheet, place) for place in range(len(sheet.headings))],
        "totals": sorted(sheet.totals),
        "note": printable(sheet.note),
        "is_text": sheet.is_text,
        "drawing": {"svg": drawing.svg, "text": printable(drawing.text)} if drawing else None,
    }


def _is_in_words(sheet: Sheet, place: int) -> bool:
    """Whether a column holds text, which begins where reading begins; figures stand at the other side."""
    return bool(sheet.rows) and all(isinstance(row[place], str | None) for row in sheet.rows)
