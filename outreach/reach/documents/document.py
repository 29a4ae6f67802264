"""What a file says, apart from how it is written: facts, tables and notes, in one language.

The same document always gives the same bytes: no writer looks at a clock.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import TypeAlias

from django.utils.translation import get_language_info

from outreach.reach.disclosure import Cell

Value: TypeAlias = str | int | float | Fraction | date | Cell | None
"""A ``Fraction`` is a share and shown in per cent; a ``Cell`` is a figure that may be hidden; ``None`` is empty."""


@dataclass(frozen=True)
class Sheet:
    """One table: a heading for each column, and rows of as many values. ``note`` stands below it.

    ``slug`` names it in file names and for programs, ``title`` for people. The first column names the row.
    """

    slug: str
    title: str
    headings: tuple[str, ...]
    rows: Sequence[tuple[Value, ...]]
    note: str = ""
    totals: frozenset[int] = frozenset()
    """The numbers (from 0) of the rows that sum up others."""
    is_text: bool = False
    """Whether each row is a text of its own, such as a definition: it is printed as a list and not as a table."""


@dataclass(frozen=True)
class Drawing:
    """A chart as SVG with what it shows in words, for those who can't see it."""

    svg: str
    text: str


@dataclass(frozen=True)
class Document:
    """A whole file. ``facts`` are name and value, such as period, status, k and version of the definitions.

    ``dated`` is the moment that the file carries as its date, in UTC.
    """

    title: str
    language: str
    dated: datetime
    subtitle: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    sheets: tuple[Sheet, ...] = ()
    notes: tuple[str, ...] = ()
    drawings: dict[str, Drawing] = field(default_factory=dict)
    """By the slug of the sheet that each is drawn from."""

    @property
    def is_rtl(self) -> bool:
        """Whether the language is read from right to left."""
        return bool(get_language_info(self.language)["bidi"])
