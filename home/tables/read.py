"""Reads a table from text: pasted from a spreadsheet, or what :mod:`.files` made of a file.

The first line names the columns. Every message names its cell as a spreadsheet does: the first line is row 1, so ``B7``
is the second cell of the seventh line.
"""

import csv
import io
import unicodedata
from collections.abc import Iterator

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from .numbers import Named, Notation, is_percent, read_column
from .table import MOST_COLUMNS, MOST_ROWS, Cell, TableData, empty_table

SPREADSHEET_ERRORS = {"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#SPILL!", "#CALC!"}

MOST_ERRORS = 20
MOST_LETTERS = 300
"""So long may a cell be: longer ones are paragraphs, and a table is no place for them."""

MOST_TEXT = 1_000_000
"""Letters of a whole table."""


def cell_name(column: int, row: int) -> str:
    """The name of a cell in a spreadsheet, both numbers counted from 0: ``cell_name(1, 6)`` is ``B7``."""
    name, column = "", column + 1
    while column:
        column, letter = divmod(column - 1, 26)
        name = chr(ord("A") + letter) + name
    return f"{name}{row + 1}"


def fail(errors: list[ValidationError]) -> None:
    """Raise all errors at once, if there are any; of very many the first ones, and how many more there are."""
    if len(errors) > MOST_ERRORS + 1:
        more = ValidationError(_("And %(more)d more."), params={"more": len(errors) - MOST_ERRORS})
        errors = [*errors[:MOST_ERRORS], more]
    if errors:
        raise ValidationError(errors)


def read_csv(text: str, notation: Notation = Notation.CLEAR) -> TableData:
    """Read a table from text; raises ``ValidationError`` with one message for each cell that can't be used."""
    data, errors = read_clear(text, notation)
    fail(errors)
    return data


def read_clear(text: str, notation: Notation = Notation.CLEAR) -> tuple[TableData, list[ValidationError]]:
    """The table with no figure where one can't be read for sure, and a message for each of these.

    Raises ``ValidationError`` where the text is no table.
    """
    grid = read_grid(text)
    if not grid:
        return empty_table(), []
    columns: list[list[Cell]] = []
    errors: list[ValidationError] = []
    for place in range(len(grid[0])):
        cells = [Named(cell_name(place, number), row[place]) for number, row in enumerate(grid[1:], 1)]
        read, wrong = read_column(cells, notation)
        columns.append(read)
        errors += wrong
    return {"keys": grid[0], "rows": [list(row) for row in zip(*columns, strict=True)], "texts": {}}, errors


def percent_cells(text: str) -> Iterator[tuple[str, Named]]:
    """The cells with a per cent sign, each with the key of its column."""
    grid = read_grid(text)
    for number, row in enumerate(grid[1:], 1):
        for place, cell in enumerate(row):
            if is_percent(cell):
                yield grid[0][place], Named(cell_name(place, number), cell)


def read_grid(text: str) -> list[list[str]]:
    """The cells of the text, clean, in rows of one length; raises ``ValidationError`` where it is no table."""
    if len(text) > MOST_TEXT:
        raise ValidationError(_("This text is far too long for a table."))
    grid = [[clean(cell) for cell in row] for row in split(text)]
    while grid and not any(grid[-1]):
        grid.pop()
    if not grid:
        return []
    filled = 1 + max(place for row in grid for place, cell in enumerate(row) if cell)
    grid = [row[:filled] for row in grid]
    fail(list(wrong_shape(grid)))
    return grid


def split(text: str) -> list[list[str]]:
    """The cells as the text separates them: by tabs, semicolons or commas."""
    text = text.removeprefix("\ufeff")
    first = text.lstrip("\r\n").split("\n", 1)[0]
    ways = [mark for mark in "\t;," if mark in first] or [","]
    read = []
    for mark in ways:
        try:
            read.append(list(csv.reader(io.StringIO(text, newline=""), delimiter=mark)))
        except csv.Error:
            continue
    if not read:
        raise ValidationError(_("This is no table: a cell never ends. Look for a lone quotation mark."))
    even = [rows for rows in read if len({len(row) for row in rows if row}) == 1]
    return even[0] if even else read[0]


def clean(cell: str) -> str:
    """The cell in one line, without what can't be seen; and without the sign that keeps a formula from running."""
    breaks = str.maketrans("\n\r\t", "   ")
    text = "".join(letter for letter in cell.translate(breaks) if printable(letter)).strip()
    return text[1:] if text[:1] == "'" and text.lstrip("'")[:1] in set("=+-@") else text


def printable(letter: str) -> bool:
    """Whether the letter is no control character; marks of writing direction and joiners are none."""
    return unicodedata.category(letter) not in ("Cc", "Cs", "Co", "Cn")


def wrong_shape(grid: list[list[str]]) -> Iterator[ValidationError]:
    """A message for whatever keeps the cells from being a table."""
    keys = grid[0]
    if len(keys) > MOST_COLUMNS or len(grid) - 1 > MOST_ROWS:
        message = _("A table can have %(columns)d columns and %(rows)d rows at most.")
        yield ValidationError(message, params={"columns": MOST_COLUMNS, "rows": MOST_ROWS})
        return
    for place, key in enumerate(keys):
        if not key or key in keys[:place]:
            message = _("%(cell)s: each column needs its own name in the first line.")
            yield ValidationError(message, params={"cell": cell_name(place, 0)})
    for number, row in enumerate(grid[1:], 1):
        if not any(row):
            yield ValidationError(_("Row %(row)d is empty. Take it out."), params={"row": number + 1})
        elif len(row) != len(keys):
            message = _("Row %(row)d has %(cells)d cells, but the first line names %(columns)d columns.")
            yield ValidationError(message, params={"row": number + 1, "cells": len(row), "columns": len(keys)})
        for place, cell in enumerate(row):
            if len(cell) > MOST_LETTERS:
                message = _("%(cell)s: the text is longer than %(most)d letters.")
                yield ValidationError(message, params={"cell": cell_name(place, number), "most": MOST_LETTERS})
            elif cell in SPREADSHEET_ERRORS:
                message = _("%(cell)s: “%(text)s” is an error of the spreadsheet. Mend the formula there.")
                yield ValidationError(message, params={"cell": cell_name(place, number), "text": cell})
