"""A figure as it may be read, and what may be computed from such figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

Number: TypeAlias = int | Fraction | Decimal
"""A count, a share, or a mean."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure that may be read."""

    value: Number


@dataclass(frozen=True, slots=True)
class AtLeast:
    """A lower bound: of a share of which no more follows from what is shown, or of a count that is still growing."""

    value: Number


@dataclass(frozen=True, slots=True)
class FewerThan:
    """A count of so few that it is not told: one that is still growing, or of people who were counted one by one."""

    value: int


@dataclass(frozen=True, slots=True)
class Hidden:
    """A figure that is kept back; it may be small, or protect one that is."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """There is no figure; this is not 0."""


Cell: TypeAlias = Shown | AtLeast | FewerThan | Hidden | Unknown


def few(*, people: int, k: int) -> Cell:
    """People who were counted one by one: 1 to k − 1 are fewer than k."""
    return FewerThan(k) if 0 < people < k else Shown(people)


def cell(*, value: Number | None, hidden: bool) -> Cell:
    """A figure as it may be read; ``None`` is unknown."""
    if hidden:
        return Hidden()
    return Unknown() if value is None else Shown(value)


def added(cells: Sequence[Cell]) -> Cell:
    """The sum of cells, hidden where one of them is, and unknown where one of the others is."""
    if all(isinstance(each, Shown) for each in cells):
        return Shown(sum(each.value for each in cells if isinstance(each, Shown)))
    return Unknown() if Unknown() in cells and Hidden() not in cells else Hidden()


def share(*, parts: Sequence[Cell], whole: Cell) -> Cell:
    """The parts' share of the whole, computed only from what is shown: a lower bound where a part is hidden.

    Unknown where there is nothing to divide by; a part that is unknown counts for nothing.
    """
    if not isinstance(whole, Shown):
        return whole
    if not whole.value:
        return Unknown()
    known = sum(Fraction(part.value) for part in parts if isinstance(part, Shown)) / Fraction(whole.value)
    if Hidden() not in parts:
        return Shown(known)
    return AtLeast(known) if known else Hidden()


def whole_per_cent(found: Cell) -> Cell:
    """A share in whole per cent: it is not told more exactly than what it was computed from."""
    return Shown(Fraction(round(Fraction(found.value) * 100), 100)) if isinstance(found, Shown) else found
