"""What can't be right in a table, cell by cell: text among figures, totals that are none, shares that do not add up."""

import math
from collections.abc import Iterator

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from .numbers import write_figure
from .read import cell_name
from .table import Cell, Column, TableData

NO_FIGURE = {
    "n/a",
    "na",
    "n.a.",
    "nd",
    "n.d.",
    "-",
    "–",
    "—",
    "..",
    "...",
    "…",
    ".",
    ":",
    "x",
    "?",
    "null",
    "none",
    "nan",
}
"""What people write where they have no figure."""

COUNTED = ("integer", "million", "usd_billion")
"""Formats whose figures may be summed up over the rows; nobody sums up years, rates or percentages."""

YEARS = range(1000, 3000)

Place = tuple[str, int | float]
"""A cell's name and its figure."""


def faults(data: TableData, columns: list[Column], *, total: str = "", stacked: bool = False) -> list[ValidationError]:
    """One message for each cell that its column can't have, and for each sum that is wrong beyond rounding.

    ``total`` is the first cell of the row that sums up the others; empty if none does. What is ``stacked`` is never
    below zero.
    """
    missing = [column.key for column in columns if column.key not in data["keys"]]
    if missing:
        message = _("The first line of the table has no column “%(key)s”.")
        return [ValidationError(message, params={"key": key}) for key in missing]
    sheet = Sheet(data, total)
    found = [fault for column in columns for fault in sheet.wrong_cells(column, stacked=stacked)]
    return found or [*sheet.wrong_totals(columns), *sheet.wrong_shares(columns), *sheet.wrong_total_row(columns)]


def margin(figures: list[int | float]) -> float:
    """By how much a sum may differ from its total if each figure was rounded to its last decimal."""
    decimals = max((len(write_figure(figure).rstrip("0").partition(".")[2]) for figure in figures), default=0)
    return 0.5 * 10.0**-decimals * len(figures) * (1 + 1e-9)


class Sheet:
    """The stored rows with the names of their cells."""

    def __init__(self, data: TableData, total: str) -> None:
        self.data, self.total = data, total

    def cells(self, column: Column) -> list[tuple[str, Cell]]:
        """The cells of a column with their names."""
        place = self.data["keys"].index(column.key)
        return [(cell_name(place, number), row[place]) for number, row in enumerate(self.data["rows"], 1)]

    def is_total(self, number: int) -> bool:
        """Whether a row, counted from 0, sums up the others."""
        return bool(self.total) and str(self.data["rows"][number][0]) == self.total

    def wrong_cells(self, column: Column, *, stacked: bool = False) -> Iterator[ValidationError]:
        """A message for each cell that its column can't have."""
        for name, cell in self.cells(column):
            if cell is None and column.role == "x":
                yield ValidationError(_("%(cell)s is empty: each row needs its name."), params={"cell": name})
            elif fault := wrong(name, cell, column):
                yield fault
            elif stacked and column.role == "y" and isinstance(cell, int | float) and cell < 0:
                message = _("%(cell)s: %(text)s is below zero, which stacked bars can't show.")
                yield ValidationError(message, params={"cell": name, "text": shown(cell)})

    def wrong_totals(self, columns: list[Column]) -> Iterator[ValidationError]:
        """A message for each row whose parts do not add up to its total."""
        parts = [column for column in columns if column.sums == "part"]
        for total in [column for column in columns if column.sums == "total"] if parts else []:
            for number, whole in enumerate(self.cells(total)):
                summed = [self.cells(part)[number] for part in parts]
                yield from wrong_sum(whole, summed)

    def wrong_shares(self, columns: list[Column]) -> Iterator[ValidationError]:
        """A message for each column of shares that do not make a hundred per cent."""
        for column in columns:
            if column.sums != "share":
                continue
            cells = [place for number, place in enumerate(self.cells(column)) if not self.is_total(number)]
            figures = [cell for _name, cell in cells if isinstance(cell, int | float)]
            if len(figures) < len(cells) or not figures:
                continue
            if abs(math.fsum(figures) - 100) > margin(figures):
                message = _("%(first)s to %(last)s are shares of a whole, but add up to %(sum)s and not to 100.")
                params = {"first": cells[0][0], "last": cells[-1][0], "sum": write_sum(figures)}
                yield ValidationError(message, params=params)

    def wrong_total_row(self, columns: list[Column]) -> Iterator[ValidationError]:
        """A message for each figure of the row of totals that is not the sum of its column."""
        rows = [number for number in range(len(self.data["rows"])) if self.is_total(number)]
        if self.total and len(rows) != 1:
            message = _("The table has %(rows)d rows named “%(name)s” for the total, and should have one.")
            yield ValidationError(message, params={"rows": len(rows), "name": self.total})
            return
        for column in [column for column in columns if column.format in COUNTED] if rows else []:
            cells = self.cells(column)
            yield from wrong_sum(cells[rows[0]], cells[: rows[0]] + cells[rows[0] + 1 :])


def wrong(name: str, cell: Cell, column: Column) -> ValidationError | None:
    """What is wrong with a cell in its column."""
    params = {"cell": name, "text": shown(cell)}
    if column.format == "text" or cell is None:
        return None
    if isinstance(cell, str):
        if cell.lower() in NO_FIGURE:
            message = _("%(cell)s: “%(text)s” is no figure. Leave the cell empty where there is none.")
            return ValidationError(message, params=params)
        return ValidationError(_("%(cell)s: “%(text)s” is not a number."), params=params)
    if column.format == "year" and (cell != int(cell) or int(cell) not in YEARS):
        return ValidationError(_("%(cell)s: “%(text)s” is not a year."), params=params)
    if column.format == "integer" and cell != int(cell):
        message = _("%(cell)s: %(text)s is not a whole number. Choose another way of writing for its column.")
        return ValidationError(message, params=params)
    return None


def wrong_sum(whole: tuple[str, Cell], parts: list[tuple[str, Cell]]) -> Iterator[ValidationError]:
    """A message if the parts do not add up to the whole; nothing if a part is missing, as then nobody knows."""
    name, total = whole
    figures = [cell for _name, cell in parts if isinstance(cell, int | float)]
    if not isinstance(total, int | float) or len(figures) < len(parts) or not figures:
        return
    if abs(math.fsum(figures) - total) > margin([*figures, total]):
        message = _("%(cell)s is %(total)s, but its parts (%(parts)s) add up to %(sum)s.")
        names = [part for part, _cell in parts]
        listed = ", ".join(names) if len(names) <= 4 else f"{names[0]} … {names[-1]}"
        params = {"cell": name, "total": shown(total), "parts": listed, "sum": write_sum(figures)}
        yield ValidationError(message, params=params)


def write_sum(figures: list[int | float]) -> str:
    """The sum without the noise of binary fractions."""
    return write_figure(round(math.fsum(figures), 6)).rstrip("0").rstrip(".")


def shown(cell: Cell) -> str:
    """A cell as it stands in the text of the table."""
    return cell if isinstance(cell, str) else "" if cell is None else write_figure(cell)
