"""Writes a table: as CSV in a language, to download, and as the text that an editor works on."""

import csv
import io
import re

from home.formats import decimal_mark

from .numbers import write_figure
from .table import Cell, Table, TableData

FORMULA = re.compile(r"'*[=+\-@\t\r]")


def guard_formula(text: str) -> str:
    """The text as a spreadsheet will show it, never run it: a leading sign of a formula is quoted."""
    return "'" + text if FORMULA.match(text) else text


def write_csv(table: Table) -> str:
    """The table as CSV in its language, as spreadsheets of that language open it.

    Headings and texts are translated. Numbers have the decimal mark of the language and nothing between thousands;
    where that is a comma, cells are separated by semicolons.
    """
    mark = decimal_mark(table.language)
    head = [guard_formula(column.label) for column in table.columns]
    rows = [[write_cell(table.texts.get(str(cell), cell), mark) for cell in row] for row in table.rows]
    out = io.StringIO()
    csv.writer(out, delimiter=";" if mark == "," else ",", lineterminator="\r\n").writerows([head, *rows])
    return out.getvalue()


def write_cell(cell: Cell, mark: str = ".") -> str:
    """The cell as a spreadsheet reads it: a number as a number, whatever its sign."""
    if isinstance(cell, str):
        return guard_formula(cell)
    return "" if cell is None else write_figure(cell).replace(".", mark)


def write_text(data: TableData) -> str:
    """A stored table as the text that reads back as the same table."""
    return lines([data["keys"], *([write_cell(cell) for cell in row] for row in data["rows"])])


def lines(rows: list[list[str]]) -> str:
    """The rows as an editor sees them: cells stand apart by tabs, as a spreadsheet copies them."""
    return "".join("\t".join(map(quote, row)) + "\n" for row in rows)


def quote(cell: str) -> str:
    """The cell in quotation marks where it could be taken for several."""
    return '"' + cell.replace('"', '""') + '"' if set(cell) & set('",;\t\r\n') else cell
