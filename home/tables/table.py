"""What a table is: as it is stored, and as one language reads it.

A table is stored as ``{"keys": [...], "rows": [[...], ...], "texts": {...}}``. Numbers are numbers, a missing one is
``None``, and ``texts`` maps each text of the rows to its translation; in the source language it is empty. So a
translated page holds the same rows, a corrected number reaches every language with the next synchronisation, and a row
can be named by its first cell in the source language, whatever the reader sees.
"""

from dataclasses import dataclass
from typing import TypedDict

from home.formats import write_number

Cell = str | int | float | None

MOST_ROWS, MOST_COLUMNS = 500, 20


class TableData(TypedDict):
    """A table as it is stored; see the module's docstring."""

    keys: list[str]
    rows: list[list[Cell]]
    texts: dict[str, str]


def empty_table() -> TableData:
    """No columns, no rows."""
    return {"keys": [], "rows": [], "texts": {}}


@dataclass(frozen=True)
class Column:
    """One column: ``role`` is ``x`` (along the axis), ``y`` (drawn) or ``table`` (only in the table).

    ``sums`` says what its figures add up to: ``total`` is the sum of the columns that are each a ``part``, the figures
    of a ``share`` make a hundred per cent, and an empty one is not checked.
    """

    key: str
    label: str
    format: str
    role: str
    sums: str = ""

    @property
    def numeric(self) -> bool:
        """Whether its cells are quantities, which stand one below the other by their digits."""
        return self.format not in ("text", "year")


@dataclass(frozen=True)
class ShownCell:
    """A cell in words of its language; ``text`` is empty where there is no figure."""

    text: str
    numeric: bool


@dataclass(frozen=True)
class Table:
    """A table as one language reads it; ``totals`` says of each row whether it sums up the others."""

    columns: list[Column]
    rows: list[list[Cell]]
    texts: dict[str, str]
    language: str
    totals: tuple[bool, ...] = ()

    def show(self, cell: Cell, column: Column) -> str:
        """The cell in words of the language; empty where there is no figure."""
        if cell is None:
            return ""
        if isinstance(cell, str):
            return self.texts.get(cell, cell)
        return write_number(cell, column.format, self.language, decimals=self.decimals(column))

    def decimals(self, column: Column) -> int:
        """One where any number of the column has some, so that a column reads evenly."""
        return int(any(isinstance(cell, float) and cell != int(cell) for cell in self.cells(column)))

    def shown_rows(self) -> list[list[ShownCell]]:
        """All cells as the language writes them."""
        return [
            [ShownCell(self.show(cell, column), column.numeric) for cell, column in zip(row, self.columns, strict=True)]
            for row in self.rows
        ]

    def column(self, role: str) -> Column | None:
        """The first column in a role."""
        return next((column for column in self.columns if column.role == role), None)

    def drawn(self) -> list[Column]:
        """The columns that a chart draws."""
        return [column for column in self.columns if column.role == "y"]

    def parts(self) -> list[list[Cell]]:
        """The rows that a chart draws: all but the total, beside which nothing else could be seen."""
        totals = self.totals or (False,) * len(self.rows)
        return [row for row, total in zip(self.rows, totals, strict=True) if not total]

    def cells(self, column: Column) -> list[Cell]:
        """All cells of a column, from the top."""
        index = self.columns.index(column)
        return [row[index] for row in self.rows]

    def drawn_cells(self, column: Column) -> list[Cell]:
        """The cells of a column that a chart draws, from the top."""
        index = self.columns.index(column)
        return [row[index] for row in self.parts()]
