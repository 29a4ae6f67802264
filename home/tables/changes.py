"""What figures changed between two versions of a table."""

from dataclasses import dataclass

from .table import Cell, TableData


@dataclass(frozen=True)
class Change:
    """A cell, by the first cell of its row and the key of its column, before and after.

    ``appeared`` and ``went`` say that the row or the column was not there before, or is not there any more.
    """

    row: str
    column: str
    before: Cell
    after: Cell
    appeared: bool = False
    went: bool = False


def changes(before: TableData, after: TableData) -> list[Change]:
    """Every cell that differs, in the order of the table as it is now; what went away comes last."""
    old, new = cells(before), cells(after)
    found = [
        Change(row, column, old.get((row, column)), value, appeared=(row, column) not in old)
        for (row, column), value in new.items()
        if (row, column) not in old or old[row, column] != value
    ]
    gone = [place for place in old if place not in new]
    return found + [Change(row, column, old[row, column], None, went=True) for row, column in gone]


def cells(data: TableData) -> dict[tuple[str, str], Cell]:
    """The cells but those that name their rows; rows of the same name are told apart by their number."""
    found: dict[tuple[str, str], Cell] = {}
    seen: dict[str, int] = {}
    for row in data["rows"]:
        name = str(row[0]) if row else ""
        seen[name] = seen.get(name, 0) + 1
        label = name if seen[name] == 1 else f"{name} ({seen[name]})"
        for key, cell in zip(data["keys"][1:], row[1:], strict=False):
            found[label, key] = cell
    return found
