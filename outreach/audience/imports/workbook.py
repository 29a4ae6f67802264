"""A list as a workbook (XLSX): its first sheet that is not hidden, row by row, without holding the sheet in memory.

A workbook is a ZIP file of XML that comes from anybody. Its parts are few and limited in size before one is opened, and
none may declare a document type, in which entities could be. It is read as it streams by: openpyxl takes a row of a
million cells into memory as a whole, and some ten times as long for a plain one. What it knows of dates is imported
where it is needed: with it come 20 MB of memory, in processes of which most never see a workbook.
"""

import posixpath
import zipfile
import zlib
from array import array
from collections.abc import Iterator
from datetime import datetime
from typing import Any, BinaryIO
from xml.parsers import expat

from .failures import LONGEST_CELL, MOST_COLUMNS, MOST_ROWS, Unreadable
from .separated import Dialect, Rows

MOST_PARTS, MOST_UNPACKED, MOST_SMALL = 300, 400_000_000, 5_000_000
MOST_STRINGS_BYTES, MOST_STRINGS_TEXT = 100_000_000, 30_000_000
"""How much the part with the shared texts may unfold to, and how much of that may be text, in bytes of UTF-8."""
MOST_STRINGS = 5 * MOST_ROWS
"""Shared texts: in each row five that no other has."""
MOST_MARKS = 8 * MOST_STRINGS
"""Elements around shared texts; one in many fonts has some for each of them."""
PIECE = 64 * 1024
LONGEST_TOKEN = 1_000_000
"""So many bytes at most may go by before the reader understands another piece of the markup."""
LAST_ROW = 1_048_576
NO_BOOK = (
    *(zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError),
    *(KeyError, ValueError, OverflowError),
)


def look(file: BinaryIO) -> Dialect:
    """Which part of the workbook holds the list; raises :class:`Unreadable`."""
    try:
        with zipfile.ZipFile(file) as package:
            _inspect(package)
            return {"format": "xlsx", "part": _first_sheet(package)}
    except NO_BOOK:
        raise Unreadable("workbook") from None


def rows(file: BinaryIO, dialect: Dialect) -> Rows:
    """The rows that are not blank, each with its number in the sheet; raises :class:`Unreadable`."""
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as package:
            sheet = _Sheet(_strings(package), _date_styles(package), _epoch(package))
            for _piece in _parsed(package, dialect["part"], sheet):
                yield from sheet.finished
                sheet.finished.clear()
    except NO_BOOK:
        raise Unreadable("workbook") from None


def _inspect(package: zipfile.ZipFile) -> None:
    """Look at the parts without opening one."""
    parts = package.infolist()
    names = {part.filename.lower() for part in parts}
    if "xl/workbook.xml" not in names:
        raise Unreadable("workbook")
    if any("vbaproject" in name for name in names):
        raise Unreadable("macros")
    strings = sum(part.file_size for part in parts if part.filename.lower() == "xl/sharedstrings.xml")
    if len(parts) > MOST_PARTS or sum(p.file_size for p in parts) > MOST_UNPACKED or strings > MOST_STRINGS_BYTES:
        raise Unreadable("unpacked")


class _Handler:
    """What is called while a part streams by; names come without their namespace's prefix."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""

    def end(self, name: str) -> None:
        """An element ends."""

    def text(self, text: str) -> None:
        """A piece of text."""


def _parsed(package: zipfile.ZipFile, name: str, handler: _Handler, most: int = MOST_UNPACKED) -> Iterator[None]:
    """Feed a part to ``handler``, stopping after each piece; :class:`Unreadable` for what no spreadsheet writes."""
    if package.getinfo(name).file_size > most:
        raise Unreadable("unpacked")
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def no_document_type(*_declared: Any) -> None:
        raise Unreadable("workbook")

    parser.StartDoctypeDeclHandler = no_document_type
    parser.StartElementHandler = lambda tag, found: handler.start(tag.rpartition(":")[2], found)
    parser.EndElementHandler = lambda tag: handler.end(tag.rpartition(":")[2])
    parser.CharacterDataHandler = handler.text
    fed = 0
    try:
        with package.open(name) as part:
            while piece := part.read(PIECE):
                parser.Parse(piece, False)
                fed += len(piece)
                if fed - parser.CurrentByteIndex > LONGEST_TOKEN:
                    raise Unreadable("workbook")
                yield
            parser.Parse(b"", True)
            yield
    except expat.ExpatError:
        raise Unreadable("workbook") from None


class _Elements(_Handler):
    """Every element of a small part with its attributes, in order."""

    def __init__(self) -> None:
        self.found: list[tuple[str, dict[str, str]]] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.found.append((name, {key.rpartition(":")[2]: value for key, value in attributes.items()}))


def _elements(package: zipfile.ZipFile, name: str) -> list[tuple[str, dict[str, str]]]:
    handler = _Elements()
    for _piece in _parsed(package, name, handler, MOST_SMALL):
        if len(handler.found) > 100_000:
            raise Unreadable("unpacked")
    return handler.found


def _first_sheet(package: zipfile.ZipFile) -> str:
    relations = _elements(package, "xl/_rels/workbook.xml.rels")
    targets = {found["Id"]: found for _name, found in relations if "Id" in found}
    for name, sheet in _elements(package, "xl/workbook.xml"):
        target = targets.get(sheet.get("id", ""))
        if name != "sheet" or sheet.get("state", "visible") != "visible" or target is None:
            continue
        if target.get("Type", "").endswith("/worksheet") and target.get("TargetMode") != "External":
            part = posixpath.normpath(posixpath.join("/xl", target.get("Target", ""))).lstrip("/")
            package.getinfo(part)
            return part
    raise Unreadable("workbook")


def _epoch(package: zipfile.ZipFile) -> datetime:
    from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900

    found = [given for name, given in _elements(package, "xl/workbook.xml") if name == "workbookPr"]
    is_mac = bool(found) and found[0].get("date1904", "0") in {"1", "true"}
    return CALENDAR_MAC_1904 if is_mac else CALENDAR_WINDOWS_1900


def _date_styles(package: zipfile.ZipFile) -> set[int]:
    """The numbers of the cell styles in which a number is shown as a date."""
    from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format

    if "xl/styles.xml" not in package.namelist():
        return set()
    formats: dict[int, str] = dict(BUILTIN_FORMATS)
    dates: set[int] = set()
    place, is_within = 0, False
    for name, given in _elements(package, "xl/styles.xml"):
        if name == "numFmt" and "numFmtId" in given:
            formats[int(given["numFmtId"])] = given.get("formatCode", "")
        elif name in {"cellXfs", "cellStyleXfs", "cellStyles", "dxfs"}:
            is_within = name == "cellXfs"
        elif name == "xf" and is_within:
            if is_date_format(formats.get(int(given.get("numFmtId", "0")), "")):
                dates.add(place)
            place += 1
    return dates


class _Strings(_Handler):
    """The texts that cells share, without what is written above Chinese and Japanese for its sound.

    They lie in one piece of memory: as an object of its own each short text would take four times as much.
    """

    def __init__(self) -> None:
        self._kept = bytearray()
        self._ends = array("L", [0])
        self._texts: list[str] = []
        self._is_text = self._is_sound = False
        self._length = self._marks = 0

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __getitem__(self, place: int) -> str:
        return self._kept[self._ends[place] : self._ends[place + 1]].decode()

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._marks += 1
        if self._marks > MOST_MARKS:
            raise Unreadable("unpacked")
        if name == "si":
            self._texts, self._length = [], 0
        self._is_sound = self._is_sound or name == "rPh"
        self._is_text = name == "t" and not self._is_sound

    def end(self, name: str) -> None:
        self._is_text = False
        if name == "rPh":
            self._is_sound = False
        elif name == "si":
            self._kept += "".join(self._texts).encode()
            self._ends.append(len(self._kept))
            if len(self) > MOST_STRINGS or len(self._kept) > MOST_STRINGS_TEXT:
                raise Unreadable("unpacked")

    def text(self, text: str) -> None:
        if self._is_text:
            self._length += len(text)
            if self._length > LONGEST_CELL:
                raise Unreadable("long")
            self._texts.append(text)


def _strings(package: zipfile.ZipFile) -> _Strings:
    handler = _Strings()
    name = next((each for each in package.namelist() if each.lower() == "xl/sharedstrings.xml"), "")
    for _piece in _parsed(package, name, handler, MOST_STRINGS_BYTES) if name else ():
        pass
    return handler


class _Sheet(_Handler):
    """Rows as they are finished; a formula is known by its result alone."""

    def __init__(self, strings: _Strings, dates: set[int], epoch: datetime) -> None:
        self.finished: list[tuple[int, list[str]]] = []
        self._strings, self._dates, self._epoch = strings, dates, epoch
        self._number = self._place = self._length = self._cells_seen = 0
        self._cells: dict[int, str] = {}
        self._type, self._style = "n", 0
        self._texts: list[str] = []
        self._is_value = self._is_sound = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self._start_cell(attributes)
        elif name == "v" or (name == "t" and not self._is_sound):
            self._is_value = True
        elif name == "rPh":
            self._is_sound = True
        elif name == "row":
            self._number = int(attributes.get("r", self._number + 1))
            if not 0 < self._number <= LAST_ROW:
                raise Unreadable("workbook")
            self._cells, self._place, self._cells_seen = {}, 0, 0

    def _start_cell(self, attributes: dict[str, str]) -> None:
        self._place = _column(attributes["r"]) if "r" in attributes else self._place + 1
        self._type, self._style = attributes.get("t", "n"), int(attributes.get("s", "0"))
        self._texts, self._length = [], 0
        self._cells_seen += 1
        if self._cells_seen > 20_000:
            raise Unreadable("columns", self._number)

    def text(self, text: str) -> None:
        if self._is_value:
            self._length += len(text)
            if self._length > LONGEST_CELL:
                raise Unreadable("long", self._number)
            self._texts.append(text)

    def end(self, name: str) -> None:
        if name in {"v", "t"}:
            self._is_value = False
        elif name == "rPh":
            self._is_sound = False
        elif name == "c" and self._texts:
            value = self._value("".join(self._texts))
            if value.strip():
                if self._place > MOST_COLUMNS:
                    raise Unreadable("columns", self._number)
                self._cells[self._place] = value
        elif name == "row" and self._cells:
            self.finished.append((self._number, [self._cells.get(at, "") for at in range(1, max(self._cells) + 1)]))

    def _value(self, text: str) -> str:
        if self._type == "s":
            place = int(text)
            return self._strings[place] if 0 <= place < len(self._strings) else ""
        if self._type in {"b", "e", "str", "inlineStr", "d"}:
            return text if self._type != "b" else str(text == "1").upper()
        if self._style in self._dates:
            return _date(float(text), self._epoch)
        return str(int(float(text))) if float(text) == int(float(text)) else text


def _date(number: float, epoch: datetime) -> str:
    from openpyxl.utils.datetime import from_excel

    try:
        moment = from_excel(number, epoch)
    except (OverflowError, ValueError):
        return ""
    return moment.date().isoformat() if isinstance(moment, datetime) else str(moment)


def _column(reference: str) -> int:
    """The number of the column of a cell's reference such as ``B7``."""
    place = 0
    for letter in reference[:3]:
        if not "A" <= letter <= "Z":
            break
        place = place * 26 + ord(letter) - 64
    return place or MOST_COLUMNS + 1
