"""What a chart shows, apart from how it is drawn."""

import enum
from dataclasses import dataclass

from home.formats import write_number
from home.tables import Cell, Column, Table


class Size(enum.Enum):
    """How wide a chart is drawn, in pixels: for a phone, or for anything wider. Text is as large in both."""

    NARROW = 300
    WIDE = 680


@dataclass(frozen=True)
class Reference:
    """A line to compare with, at a value of the drawn columns."""

    value: float
    label: str


@dataclass(frozen=True)
class Number:
    """The one number of a chart: ``value`` in the unit of its format, ``text`` as the language writes it."""

    value: float
    text: str
    label: str


@dataclass(frozen=True)
class Chart:
    """A finding (``title``), its table and the form in which it is drawn; ``description`` is for who can't see it."""

    form: str
    table: Table
    language: str
    title: str
    subtitle: str
    description: str
    source: str
    highlight: str = ""
    reference: Reference | None = None
    number: Number | None = None


@dataclass(frozen=True)
class Mark:
    """One figure of a chart: ``name`` is what it belongs to as the reader sees it, ``key`` the same in the source."""

    key: str
    name: str
    value: float | None
    text: str


def marks(table: Table, along: Column, column: Column) -> list[Mark]:
    """The figures of a column by the names that stand along the axis."""
    return [
        Mark(
            key=str(key),
            name=table.show(key, along),
            value=cell if isinstance(cell, int | float) else None,
            text=write(cell, column, table),
        )
        for key, cell in zip(table.cells(along), table.cells(column), strict=True)
    ]


def write(value: Cell, column: Column, table: Table) -> str:
    """The figure as a chart writes it: from a million on in millions, so that it fits beside its mark."""
    if isinstance(value, int | float) and column.format == "integer" and abs(value) >= 1_000_000:
        return write_number(round(value / 1_000_000, 1), "million", table.language)
    return table.show(value, column)
