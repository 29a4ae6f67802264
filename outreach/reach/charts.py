"""Bars drawn beside a table, from the very cells of the table: what is hidden there has no bar here."""

from dataclasses import dataclass

from .disclosure import Cell, Shown
from .tables import Table


@dataclass(frozen=True)
class Bar:
    """One cell as a bar; ``percent`` is its length in per cent of the longest, ``None`` where nothing may be drawn."""

    label: str
    cell: Cell
    percent: int | None


@dataclass(frozen=True)
class Panel:
    """The bars of one row. All panels of a table share one scale, so that they can be compared."""

    label: str
    bars: tuple[Bar, ...]


def panels(table: Table) -> list[Panel]:
    """A small chart for each row but the total and what is left open."""
    rows = [row for row in table.rows if not row.is_total and not row.is_open]
    drawn = [cell.value for row in rows for cell in row.cells[: table.charted] if isinstance(cell, Shown)]
    longest = max(drawn, default=0)

    def length(cell: Cell) -> int | None:
        if not isinstance(cell, Shown):
            return None
        return round(100 * cell.value / longest) if longest else 0

    return [
        Panel(
            row.label,
            tuple(
                Bar(column.label, cell, length(cell))
                for column, cell in list(zip(table.columns, row.cells, strict=True))[: table.charted]
            ),
        )
        for row in rows
    ]
