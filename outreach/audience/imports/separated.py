"""A list as separated text (CSV): which encoding and separator it has, and its rows.

UTF-8 with and without a byte order mark and UTF-16 are known by their bytes; what is neither is read as Windows' or
ISO's Latin-1, in which every byte is a letter.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from .failures import LONGEST_CELL, MOST_COLUMNS, Unreadable

SEPARATORS = (",", ";", "\t", "|")
SAMPLE_BYTES = 64 * 1024
SAMPLE_ROWS = 50
LONGEST_LINE = 1_000_000
UNDEFINED_IN_WINDOWS = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
NAMED_SEPARATOR = re.compile(r"sep=(.)\r?\n?")
"""A first line in which Excel is told the separator; it is no row of the table."""

Dialect = dict[str, Any]
Rows = Iterator[tuple[int, list[str]]]


def look(file: BinaryIO) -> Dialect:
    """How the text is written; raises :class:`Unreadable` where it is none."""
    encoding = _encoding(file)
    file.seek(0)
    try:
        sample = codecs.getincrementaldecoder(encoding)().decode(file.read(SAMPLE_BYTES))
    except UnicodeDecodeError:
        raise Unreadable("encoding") from None
    if "\0" in sample:
        raise Unreadable("nul")
    if sample.lstrip().startswith("<"):
        raise Unreadable("markup")
    named = NAMED_SEPARATOR.match(sample)
    separator = named.group(1) if named and named.group(1) in SEPARATORS else _separator(sample)
    return {"format": "csv", "encoding": encoding, "separator": separator, "skip": 1 if named else 0}


def rows(file: BinaryIO, dialect: Dialect) -> Rows:
    """The rows that are not blank, each with its number as a spreadsheet counts; raises :class:`Unreadable`."""
    file.seek(0)
    # The stream below must not close a file that is somebody else's.
    text = io.TextIOWrapper(io.BufferedReader(_Kept(file)), encoding=dialect["encoding"], newline="")
    reader = csv.reader(_lines(text), delimiter=dialect["separator"], strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            if number <= dialect["skip"]:
                continue
            if len(cells) > MOST_COLUMNS and any(cell.strip() for cell in cells[MOST_COLUMNS:]):
                raise Unreadable("columns", number)
            if any(len(cell) > LONGEST_CELL for cell in cells):
                raise Unreadable("long", number)
            if any(cell.strip() for cell in cells):
                yield number, cells
    except csv.Error as error:
        raise Unreadable("long" if "field limit" in str(error) else "damaged", number + 1) from None
    except UnicodeError:
        raise Unreadable("encoding", number + 1) from None


class _Kept(io.RawIOBase):
    """A file that stays open when what reads it is closed."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        piece = self._file.read(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    while line := text.readline(LONGEST_LINE):
        if "\0" in line:
            raise Unreadable("nul")
        if len(line) == LONGEST_LINE:
            raise Unreadable("long")
        yield line


def _encoding(file: BinaryIO) -> str:
    file.seek(0)
    head = file.read(4096)
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise Unreadable("encoding")
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    # Text in UTF-16 whose mark was lost has a NUL beside every plain letter.
    for name, nuls, letters in (("utf-16-le", head[1::2], head[::2]), ("utf-16-be", head[::2], head[1::2])):
        if nuls.count(0) > 0.6 * len(nuls) and not letters.count(0):
            return name
    return _of_bytes(file)


def _of_bytes(file: BinaryIO) -> str:
    decoder, is_utf8, is_windows = codecs.getincrementaldecoder("utf-8")(), True, True
    file.seek(0)
    while piece := file.read(1 << 20):
        is_windows = is_windows and not UNDEFINED_IN_WINDOWS.search(piece)
        if is_utf8:
            try:
                decoder.decode(piece)
            except UnicodeDecodeError:
                is_utf8 = False
    if is_utf8:
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            is_utf8 = False
    return "utf-8" if is_utf8 else "cp1252" if is_windows else "latin-1"


def _separator(sample: str) -> str:
    """The separator that cuts the most rows into as many cells as the first; a comma where there is one column."""
    best, found = (0.0, 0), ","
    for separator in SEPARATORS:
        counts = []
        try:
            for cells in csv.reader(io.StringIO(sample, newline=""), delimiter=separator):
                counts += [len(cells)] if any(cells) else []
                if len(counts) == SAMPLE_ROWS:
                    break
        except csv.Error:
            continue
        if counts and counts[0] > 1:
            score = (counts.count(counts[0]) / len(counts), counts[0])
            if score > best:
                best, found = score, separator
    return found
