"""Turns a file from an editor into the text of a table, which the editor then sees and can mend before it is saved.

What a file is, its content says and not its name. Nothing that could not be a small table is read any further.
"""

import codecs
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .workbook import read_workbook
from .write import lines

MOST_BYTES = 1_000_000
"""Five hundred rows of twenty cells take a tenth of this, with everything that a spreadsheet adds."""

BYTE_ORDER_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}

OTHER_FILES: dict[bytes, Any] = {
    b"\xd0\xcf\x11\xe0": _("This is a workbook in the old format of Excel. Save it as .xlsx and upload that."),
    b"%PDF": _("This is a PDF, and no table can be read from it for sure. Ask for the spreadsheet behind it."),
    b"<": _("This is a drawing or a web page and no table. Upload a CSV or XLSX file."),
    b"{": _("This is a data file of a program and no table. Upload a CSV or XLSX file."),
}


@dataclass(frozen=True)
class ReadFile:
    """The text of a table, and what the editor should look at in it."""

    text: str
    notes: list[Promise]


def read_file(*, content: bytes, sheet: str = "") -> ReadFile:
    """The table of a CSV or XLSX file, of a workbook from the sheet of that name or else from its first visible one.

    Raises ``ValidationError`` where the file holds no table, is too large, or brings along what no table needs.
    """
    if len(content) > MOST_BYTES:
        raise too_large()
    if content.startswith(b"PK"):
        return ReadFile(lines(trim(read_workbook(content, sheet))), [])
    beginning = content.removeprefix(codecs.BOM_UTF8).lstrip()
    for mark, message in OTHER_FILES.items():
        if beginning.startswith(mark):
            raise ValidationError(message)
    text, notes = decode(content)
    if not text.strip():
        raise ValidationError(_("This file is empty."))
    if any(letter < " " and letter not in "\t\r\n" for letter in text):
        raise ValidationError(_("This is no table. Upload a CSV or XLSX file."))
    return ReadFile(text.replace("\r\n", "\n"), notes)


def too_large() -> ValidationError:
    """What to say of a file that is not even opened."""
    message = _("This file is larger than %(most)d kB. Take out of it what the table does not need.")
    return ValidationError(message, params={"most": MOST_BYTES // 1000})


def decode(content: bytes) -> tuple[str, list[Promise]]:
    """The text of a file that does not say how its letters are written, and a note where that is not certain."""
    for mark, encoding in BYTE_ORDER_MARKS.items():
        if content.startswith(mark):
            try:
                return content.decode(encoding), []
            except UnicodeDecodeError:
                raise ValidationError(_("The letters of this file can't be read. Save it as CSV UTF-8.")) from None
    try:
        return content.decode(), []
    except UnicodeDecodeError:
        pass
    try:
        note = _("The file does not say how its letters are written: it was read as Western European. Look at accents.")
        return content.decode("cp1252"), [note]
    except UnicodeDecodeError:
        raise ValidationError(_("The letters of this file can't be read. Save it as CSV UTF-8.")) from None


def trim(grid: list[list[str]]) -> list[list[str]]:
    """The cells without the empty rows and columns around them."""
    grid = list(grid)
    while grid and not any(grid[0]):
        grid.pop(0)
    while grid and not any(grid[-1]):
        grid.pop()
    if not grid:
        raise ValidationError(_("This sheet is empty."))
    width = max(len(row) for row in grid)
    even = [row + [""] * (width - len(row)) for row in grid]
    filled = [place for place in range(width) if any(row[place] for row in even)]
    return [row[filled[0] : filled[-1] + 1] for row in even]
