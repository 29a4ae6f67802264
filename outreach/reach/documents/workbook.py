"""A document as a workbook (XLSX): one sheet a table, typed cells, what it covers and means on a last sheet.

The same document gives the same bytes: what a workbook says of its making is the document's own date.
"""

import io
import zipfile
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext as _
from django.utils.translation import override
from openpyxl import Workbook
from openpyxl.cell.cell import Cell as SheetCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.xml.functions import tostring

from outreach.reach import printing
from outreach.reach.disclosure import Shown

from .csv_file import status, status_meanings
from .document import Document, Sheet, Value
from .plain import printable

LONGEST_NAME = 31
LONGEST_TEXT = 32_767
WIDEST = 60
ZIP_DATE = (1980, 1, 1, 0, 0, 0)
SAID = 4
"""So many of a document's facts stand on each sheet, so that it can be read without the others."""


def write(document: Document) -> bytes:
    """The bytes of the workbook."""
    book = Workbook()
    if book.active is not None:
        book.remove(book.active)
    with override(document.language):
        names = tab_names([*(sheet.title for sheet in document.sheets if not sheet.is_text), _("Notes")])
        for name, sheet in zip(names, [each for each in document.sheets if not each.is_text], strict=False):
            _add_sheet(book.create_sheet(name), document, sheet)
        _add_notes(book.create_sheet(names[-1]), document)
    for each in book.worksheets:
        _fit(each)
        # Excel shows the sheet from the right where the language is read so.
        each.sheet_view.rightToLeft = document.is_rtl
    moment = document.dated.replace(microsecond=0, tzinfo=None)
    book.properties.title, book.properties.language = printable(document.title), document.language
    book.properties.creator, book.properties.created = "", moment
    data = io.BytesIO()
    book.save(data)
    book.properties.modified = moment
    return _always_the_same(data, tostring(book.properties.to_tree()))


def tab_names(titles: Iterable[str]) -> list[str]:
    """A name for each tab: at most 31 characters, none that Excel refuses, and no two alike in small letters."""
    names: list[str] = []
    taken = {"history"}  # Excel keeps this name for itself.
    for title in titles:
        plain = "".join(letter for letter in printable(title) if letter not in "[]:*?/\\\t\r\n").strip("' ")
        name, number = plain[:LONGEST_NAME].strip("' ") or "–", 1
        while name.casefold() in taken:
            number += 1
            name = f"{plain[: LONGEST_NAME - len(str(number)) - 1]} {number}"
        taken.add(name.casefold())
        names.append(name)
    return names


def _add_sheet(tab: Worksheet, document: Document, sheet: Sheet) -> None:
    _add_row(tab, [sheet.title], bold=True)
    for fact in document.facts[:SAID]:
        _add_row(tab, fact)
    _add_row(tab, [])
    _add_row(tab, sheet.headings, bold=True)
    tab.freeze_panes = f"B{tab.max_row + 1}"
    tab.print_title_rows = f"{tab.max_row}:{tab.max_row}"
    for number, row in enumerate(sheet.rows):
        _add_row(tab, row, bold=number in sheet.totals)
    if sheet.note:
        _add_row(tab, [])
        _add_row(tab, [sheet.note])


def _add_notes(tab: Worksheet, document: Document) -> None:
    _add_row(tab, [document.title], bold=True)
    for fact in [*document.facts, *status_meanings()]:
        _add_row(tab, fact)
    for note in document.notes:
        _add_row(tab, [_("Limit"), note])
    for sheet in (each for each in document.sheets if each.is_text):
        for row in sheet.rows:
            _add_row(tab, [])
            for place, (heading, value) in enumerate(zip(sheet.headings, row, strict=True)):
                _add_row(tab, [heading, value], bold=not place)


def _add_row(tab: Worksheet, values: Iterable[Value], *, bold: bool = False) -> None:
    tab.append([_typed(tab, value, bold) for value in values])


def _typed(tab: Worksheet, value: Value, bold: bool) -> SheetCell:
    """A number as a number, a share as per cent, and any text as text, even where it looks like a formula."""
    exact = _exact(value)
    cell = SheetCell(tab, row=1, column=1, value=exact if exact is not None else _text(value))
    if exact is None:
        cell.data_type = "s"
        cell.alignment = Alignment(horizontal=None if isinstance(value, str) else "right")
    else:
        cell.number_format = _format(value, exact)
    cell.font = Font(bold=bold)
    return cell


def _exact(value: Value) -> int | float | date | None:
    """What stands in the sheet as a number or a date; nothing where it is text, hidden, unknown or a bound."""
    if value is None or isinstance(value, str) or status(value) != printing.SHOWN:
        return None
    if isinstance(value, Fraction):
        return round(float(value), 4)
    return value if isinstance(value, int | float | date) else printing.as_number(value)


def _format(value: Value, exact: int | float | date) -> str:
    if isinstance(exact, date):
        return "yyyy-mm-dd"
    if isinstance(exact, int):
        return "#,##0"
    if isinstance(value, Shown) and isinstance(value.value, Decimal):
        return "#,##0.00"
    return "#,##0.0##" if isinstance(value, float) else "0.0%"


def _text(value: Value) -> str:
    if value is None or isinstance(value, int | float | Fraction | date):
        return ""
    return printable(value if isinstance(value, str) else printing.as_text(value))[:LONGEST_TEXT]


def _fit(tab: Worksheet) -> None:
    for number, column in enumerate(tab.iter_cols(), start=1):
        longest = max((len(str(each.value)) for each in column if each.value is not None), default=0)
        tab.column_dimensions[get_column_letter(number)].width = min(max(longest + 2, 10), WIDEST)


def _always_the_same(data: io.BytesIO, core: bytes) -> bytes:
    """The same workbook, whose parts carry no time of their own and whose properties are ``core``."""
    fixed = io.BytesIO()
    with zipfile.ZipFile(data) as made, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as book:
        for name in made.namelist():
            part = zipfile.ZipInfo(name, ZIP_DATE)
            part.compress_type, part.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            book.writestr(part, core if name == "docProps/core.xml" else made.read(name))
    return fixed.getvalue()
