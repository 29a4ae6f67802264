"""Reads an uploaded file, whatever it is, as a table of text: the names of its columns, then its rows.

``look`` goes through the whole file once, so that a hostile or broken one is refused before anything of it is kept.
"""

from dataclasses import dataclass
from typing import BinaryIO

from . import separated, workbook
from .failures import MOST_BYTES, MOST_ROWS, Unreadable
from .separated import Dialect, Rows

ZIP, COMPOUND = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True)
class Layout:
    """How a file is written, what its columns are called, and how many rows follow that are not blank."""

    dialect: Dialect
    header: list[str]
    rows: int


def look(file: BinaryIO) -> Layout:
    """Read the whole file without keeping anything; raises :class:`Unreadable`."""
    file.seek(0, 2)
    if file.tell() > MOST_BYTES:
        raise Unreadable("bytes")
    file.seek(0)
    head = file.read(8)
    if not head:
        raise Unreadable("empty")
    if head.startswith(COMPOUND):
        raise Unreadable("old_workbook")
    dialect = workbook.look(file) if head.startswith(ZIP) else separated.look(file)
    found = _every_row(file, dialect)
    _number, header = next(found, (0, []))
    header = [" ".join(cell.split()) for cell in header]
    while header and not header[-1]:
        header.pop()
    if not header:
        raise Unreadable("empty")
    if any("@" in cell for cell in header):
        raise Unreadable("no_header")
    count = 0
    for count, (number, _cells) in enumerate(found, start=1):  # noqa: B007
        if count > MOST_ROWS:
            raise Unreadable("rows")
    if not count:
        raise Unreadable("no_rows")
    return Layout(dialect=dialect, header=header, rows=count)


def rows(file: BinaryIO, dialect: Dialect) -> Rows:
    """The rows below the header that are not blank, each with its number in the file."""
    found = _every_row(file, dialect)
    next(found, None)
    return found


def _every_row(file: BinaryIO, dialect: Dialect) -> Rows:
    return workbook.rows(file, dialect) if dialect["format"] == "xlsx" else separated.rows(file, dialect)
