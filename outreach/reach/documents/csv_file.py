"""A document as CSV: UTF-8 with a byte order mark, without which Excel takes it for another encoding."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from fractions import Fraction

from django.utils.translation import gettext as _
from django.utils.translation import override

from outreach.reach import printing

from .document import Document, Sheet, Value
from .plain import printable, safe

BOM = "\ufeff"
CELLS = ("table", "row", "column", "value", "status")


def write(document: Document) -> bytes:
    """Every cell of every table as a line of its own: table, row, column, value and what the value is worth."""
    return lines(CELLS, (line for sheet in document.sheets if not sheet.is_text for line in _cells(sheet)))


def code_book(document: Document) -> bytes:
    """What the file of :func:`write` says: what it covers, its columns, the words in it, notes and definitions."""
    with override(document.language):
        found: list[tuple[str, str, str]] = [("about", name, value) for name, value in document.facts]
        found += [("column", name, meaning) for name, meaning in zip(CELLS, _column_meanings(), strict=True)]
        found += [("status", name, meaning) for name, meaning in status_meanings()]
        found += [("note", "", note) for note in document.notes]
        for sheet in document.sheets:
            found += [("table", sheet.slug, f"{sheet.title}. {sheet.note}".rstrip(". "))]
            found += [("text", str(row[0]), f"{head}: {row[at]}") for row in _texts(sheet) for at, head in _rest(sheet)]
    return lines(("item", "name", "meaning"), found)


def lines(headings: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    """A plain table, numbers as a program reads them and text that is no formula."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(headings)
    writer.writerows([_plain(value) for value in row] for row in rows)
    return (BOM + text.getvalue()).encode()


def _cells(sheet: Sheet) -> Iterator[tuple[Value, ...]]:
    for row in sheet.rows:
        for heading, value in list(zip(sheet.headings, row, strict=True))[1:]:
            yield sheet.slug, row[0], heading, value, status(value)


def status(value: Value) -> str:
    """What a value of a file is worth: that of a figure, else shown, or unknown where there is none."""
    if value is None:
        return printing.UNKNOWN
    return printing.SHOWN if isinstance(value, str | int | float | Fraction | date) else printing.status(value)


def _plain(value: Value) -> str | int | float:
    if value is None:
        return ""
    if isinstance(value, str):
        return safe(printable(value))
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Fraction):
        return round(float(value), 4)
    if isinstance(value, int | float):
        return value
    number = printing.as_number(value)
    return "" if number is None else number


def _texts(sheet: Sheet) -> Sequence[tuple[Value, ...]]:
    return sheet.rows if sheet.is_text else ()


def _rest(sheet: Sheet) -> list[tuple[int, str]]:
    return list(enumerate(sheet.headings))[1:]


def _column_meanings() -> list[str]:
    return [
        _("Which table the figure stands in."),
        _("Label of the row."),
        _("Label of the column."),
        _("The figure: a whole number, or a share of 1. Empty where it is hidden or unknown."),
        _("What the value is worth, see below."),
    ]


def status_meanings() -> list[tuple[str, str]]:
    """The words in the column ``status``, which are the same in every language, each with its meaning."""
    return [
        (printing.SHOWN, _("The value is exact.")),
        (printing.AT_LEAST, _("The value is a lower bound, because a part of it is hidden or it can still grow.")),
        (printing.FEWER_THAN, _("There are fewer than the value. It is not told how many.")),
        (printing.HIDDEN, _("The figure is kept back, so that nobody can be recognised. It is not 0.")),
        (printing.UNKNOWN, _("There is no figure. This is not 0.")),
    ]
