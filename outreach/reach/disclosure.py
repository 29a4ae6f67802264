"""Hiding of small cells: the one place that every figure passes before anybody sees it, in a view or in an export.

A table is given as counts of cells and as :class:`Line`\\ s, each a total and the parts that add up to it. A cell's key
names its place on every axis, and a line runs along one of them; tables of several dimensions, their margins and sums
over broadcasts so make one system. Hidden are

1. small counts, 1 to k − 1; of a part of a population also those that leave 1 to k − 1 others, and those that take in
   everybody, because they would say the same of each;
2. as many more cells as it takes until no hidden one can be computed from what is shown.

The second step goes by boxes (the hypercube method): a cell, another that differs on every axis, and all corners
between them. If the corners are hidden, an amount can be shifted among them, up at one and down at the next, and every
line still adds up: whoever knows all that is shown can't tell by how much it was shifted. For each hidden cell that is
not 0 the cheapest box is hidden in which at least k amounts can be shifted. So the cell could have at least k values,
and in every line through it at least two cells are hidden, whose sum is more than k.

Nothing tells a small cell from one that was hidden to protect it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import inf
from typing import TypeAlias

Key: TypeAlias = tuple[int | str, ...]
Counts: TypeAlias = Mapping[Key, int]
Number: TypeAlias = int | Fraction


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure that may be read."""

    value: Number


@dataclass(frozen=True, slots=True)
class AtLeast:
    """A share of which only a lower bound follows from what is shown."""

    value: Number


@dataclass(frozen=True, slots=True)
class Hidden:
    """A figure that is kept back; it may be small, or protect one that is."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """There is no figure; this is not 0."""


Cell: TypeAlias = Shown | AtLeast | Hidden | Unknown


@dataclass(frozen=True, slots=True)
class Line:
    """Cells that add up to a total. ``telling`` parts would say something about each person if one of them held all."""

    total: Key
    parts: tuple[Key, ...]
    telling: frozenset[Key] = frozenset()


@dataclass(frozen=True)
class Population:
    """Counts over the same cells and lines, by name, that are hidden in the same cells.

    They are also hidden where the first population is. ``part_of`` names earlier counts of which these are some, so
    that the rest needs protecting as well.
    """

    counts: Mapping[str, Counts]
    lines: Sequence[Line]
    part_of: str = ""


def protect(*, populations: Sequence[Population], k: int) -> dict[str, frozenset[Key]]:
    """For the name of each counts, the cells to hide. A cell that is missing in a count is 0."""
    hidden: dict[str, frozenset[Key]] = {}
    every: dict[str, Counts] = {}
    for population in populations:
        first = next(iter(hidden.values()), frozenset())
        found = inherited = first | hidden.get(population.part_of, frozenset())
        whole = every[population.part_of] if population.part_of else None
        tables = [_Table(counts, population.lines, k, inherited, whole) for counts in population.counts.values()]
        while True:
            before = found
            for table in tables:
                found = table.completed(found)
            if found == before:
                break
        hidden |= dict.fromkeys(population.counts, found)
        every |= population.counts
    return hidden


def cell(*, value: Number | None, hidden: bool) -> Cell:
    """A figure as it may be read; ``None`` is unknown."""
    if hidden:
        return Hidden()
    return Unknown() if value is None else Shown(value)


def added(cells: Sequence[Cell]) -> Cell:
    """The sum of cells, hidden where one of them is."""
    if all(isinstance(each, Shown) for each in cells):
        return Shown(sum(each.value for each in cells if isinstance(each, Shown)))
    return Hidden()


def share(*, parts: Sequence[Cell], whole: Cell) -> Cell:
    """The parts' share of the whole, computed only from what is shown: a lower bound where a part is hidden."""
    if not isinstance(whole, Shown):
        return whole
    if not whole.value:
        return Unknown()
    if not any(isinstance(part, Shown) for part in parts):
        return Hidden()
    known = sum(Fraction(part.value) for part in parts if isinstance(part, Shown)) / Fraction(whole.value)
    return Shown(known) if all(isinstance(part, Shown) for part in parts) else AtLeast(known)


class _Table:
    """One count over all cells, with what it takes to complete a set of hidden cells."""

    def __init__(
        self, counts: Counts, lines: Sequence[Line], k: int, inherited: frozenset[Key], whole: Counts | None
    ) -> None:
        self.counts, self.k, self.inherited, self.whole = counts, k, inherited, whole
        self.lines = lines
        self.lines_of: dict[Key, dict[int, Line]] = {}
        for line in lines:
            axis = _axis(line)
            for key in (line.total, *line.parts):
                self.lines_of.setdefault(key, {})[axis] = line

    def of(self, key: Key) -> int:
        return self.counts.get(key, 0)

    def rest(self, key: Key) -> float:
        """How many of the whole are not counted here; without a whole there is no bound."""
        return inf if self.whole is None else self.whole.get(key, 0) - self.of(key)

    def completed(self, hidden: frozenset[Key]) -> frozenset[Key]:
        """``hidden`` with the small cells, and with others until none can be computed."""
        found = set(hidden)
        found.update(key for key in self.counts if self._is_small(key))
        found.update(part for line in self.lines for part in line.telling if self.of(part) == self.of(line.total) > 0)
        safe: set[Key] = set()
        for key in sorted(filter(self.of, found), key=lambda key: (self.of(key), str(key))):
            if key not in safe:
                box = _Box(self, found, self.k).around(key) or _Box(self, found, 2).around(key)
                found |= box
                safe |= box
        return frozenset(found)

    def _is_small(self, key: Key) -> bool:
        count, rest = self.of(key), self.rest(key)
        return 0 < count < self.k or (self.whole is not None and (0 < rest < self.k or (count > 0 and rest == 0)))

    def down(self, key: Key) -> int:
        """How far a hidden cell can fall: not to 0, because everybody knows that 0 is shown."""
        return max(self.of(key) - 1, 0)

    def up(self, key: Key) -> float:
        """How far a hidden cell can rise: up to its whole, unless that is hidden as well."""
        return inf if key in self.inherited else self.rest(key)


class _Box:
    """The search for the cheapest box around a cell in which at least ``width`` amounts can be shifted.

    It goes axis by axis, cheap cells first. More corners only cost more and allow less, so a search ends where it is
    too dear or too narrow.
    """

    def __init__(self, table: _Table, hidden: set[Key], width: int) -> None:
        self.table, self.hidden, self.width = table, hidden, width
        self.cost = inf
        self.corners: set[Key] = set()

    def around(self, key: Key) -> set[Key]:
        """The corners of the box, with ``key`` itself; empty if there is none."""
        self._extend({key: 1}, frozenset(), -self.table.down(key), self.table.up(key), 0)
        return self.corners

    def _extend(self, signs: dict[Key, int], done: frozenset[int], low: float, high: float, cost: float) -> None:
        lines_of = self.table.lines_of
        axis = min((axis for key in signs for axis in lines_of.get(key, {}) if axis not in done), default=None)
        if axis is None:
            self.cost, self.corners = cost, set(signs)
            return
        on_axis = [key for key in signs if axis in lines_of.get(key, {})]
        line = lines_of[on_axis[0]][axis]
        others = [key for key in (*line.parts, line.total) if key != on_axis[0] and self._may_move(key)]
        for other in sorted(others, key=self._price):
            place = other[axis]
            opposite = {
                (*key[:axis], place, *key[axis + 1 :]): sign if self._includes_total(key, axis, place) else -sign
                for key, sign in signs.items()
                if axis in lines_of.get(key, {})
            }
            if all(map(self._may_move, opposite)):
                self._try({**signs, **opposite}, opposite, done | {axis}, low, high, cost)

    def _try(
        self, signs: dict[Key, int], new: dict[Key, int], done: frozenset[int], low: float, high: float, cost: float
    ) -> None:
        for key, sign in new.items():
            down, up = self.table.down(key), self.table.up(key)
            low, high = max(low, -down if sign > 0 else -up), min(high, up if sign > 0 else down)
            cost += self._price(key)
        if high - low + 1 >= self.width and cost < self.cost:
            self._extend(signs, done, low, high, cost)

    def _may_move(self, key: Key) -> bool:
        return key in self.hidden or self.table.of(key) > 0

    def _price(self, key: Key) -> int:
        return 0 if key in self.hidden else self.table.of(key)

    def _includes_total(self, key: Key, axis: int, place: int | str) -> bool:
        total = self.table.lines_of[key][axis].total[axis]
        return total in (key[axis], place)


def _axis(line: Line) -> int:
    """The one place in which the keys of a line differ."""
    return next(axis for axis, place in enumerate(line.total) if place != line.parts[0][axis])
