"""What a chart shows, apart from how it is drawn."""

import enum
from dataclasses import dataclass

from django.utils.translation import get_language_info, gettext, override

from home.formats import write_number
from home.tables import Cell, Column, Table

from .canvas import Canvas


class Size(enum.Enum):
    """How wide a chart is drawn, in pixels: for a phone, or for anything wider. Text is as large in both."""

    NARROW = 300
    WIDE = 680


@dataclass(frozen=True)
class Room:
    """The room that a chart has: a width in pixels, and a height if it must not be taller.

    Where there is ``dense`` little height, bars are thin.
    """

    width: float
    height: float | None = None
    in_page: bool = False
    dense: bool = False

    @property
    def narrow(self) -> bool:
        """Whether names have no room beside what they name."""
        return self.width < 480


@dataclass(frozen=True)
class Reference:
    """A line to compare with, at a value of the drawn columns."""

    value: float
    label: str


@dataclass(frozen=True)
class Annotation:
    """A remark at a year or category, by its name in the source language."""

    at: str
    text: str


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
    annotations: tuple[Annotation, ...] = ()

    @property
    def from_right(self) -> bool:
        """Whether its language is written from right to left."""
        return bool(get_language_info(self.language)["bidi"])

    def canvas(self, room: Room, height: float, *, mirrored: bool = True) -> Canvas:
        """A canvas for its language. Years are never mirrored: their scale runs as their digits do."""
        return Canvas(room.width, height, in_page=room.in_page, from_right=self.from_right, mirrored=mirrored)

    def remark(self, key: str) -> str:
        """The annotation at a year or category; empty where there is none."""
        return next((remark.text for remark in self.annotations if remark.at == key), "")

    def say(self, message: str, **params: object) -> str:
        """A message of the interface in the chart's language; ``message`` is marked for translation by its caller."""
        with override(self.language):
            return gettext(message) % params if params else gettext(message)


@dataclass(frozen=True)
class Mark:
    """One figure of a chart: ``name`` is what it belongs to as the reader sees it, ``key`` the same in the source."""

    key: str
    name: str
    value: float | None
    text: str


def marks(table: Table, along: Column, column: Column) -> list[Mark]:
    """The figures of a column by the names that stand along the axis; the row of a total is left out."""
    return [
        Mark(
            key=str(key),
            name=table.show(key, along),
            value=cell if isinstance(cell, int | float) else None,
            text=write(cell, column, table),
        )
        for key, cell in zip(table.drawn_cells(along), table.drawn_cells(column), strict=True)
    ]


def write(value: Cell, column: Column, table: Table) -> str:
    """The figure as a chart writes it: from a million on in millions, so that it fits beside its mark."""
    if isinstance(value, int | float) and column.format == "integer" and abs(value) >= 1_000_000:
        return write_number(round(value / 1_000_000, 1), "million", table.language)
    return table.show(value, column)
