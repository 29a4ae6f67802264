"""Hiding of small cells: the one place that every figure passes before anybody sees it, in a view or in an export.

A table is given as counts of cells and as :class:`Line`\\ s, each a total and the parts that add up to it. A cell's key
names its place on every axis, and a line runs along one of them; tables of several dimensions, their margins and sums
over broadcasts so make one system. Hidden are

1. small counts, 1 to k − 1; of a part of a population also those that leave 1 to k − 1 others, and those that take in
   everybody, because they would say the same of each;
2. as many more cells as it takes until no hidden one can be computed from what is shown.

The second step goes by boxes (the hypercube method): a cell, another that differs on every axis, and all corners
between them. If the corners are hidden, an amount can be shifted among them, up at one and down at the next, and every
line still adds up: whoever knows all that is shown can't tell by how much it was shifted. The cheapest boxes are hidden
until each hidden cell that is not 0 could have more than k values. So in every line through it at least two cells are
hidden, whose sum is at least k. A 0 may be hidden for this, and a total is, if nothing else will do.

Nothing tells a small cell from one that was hidden to protect it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import inf
from typing import TypeAlias

ONLY_HIDDEN = -1
"""Below the lowest level, that of cells that are no total; the total of two lines is on level 2."""

TOTAL_WEIGHT = 4
"""How much dearer a cell is to hide than one of the same size on the level below: totals go last."""

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
        found = first | hidden.get(population.part_of, frozenset())
        whole = every[population.part_of] if population.part_of else None
        tables = [
            _Table(counts=counts, lines=population.lines, k=k, whole=whole) for counts in population.counts.values()
        ]
        while True:
            before = found
            for table in tables:
                found = table.completed(found)
            if found == before or len(tables) == 1:
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
    known = sum(Fraction(part.value) for part in parts if isinstance(part, Shown)) / Fraction(whole.value)
    if Hidden() not in parts:
        return Shown(known)
    return AtLeast(known) if known else Hidden()


class _Table:
    """One count over all cells, with what it takes to complete a set of hidden cells."""

    def __init__(self, *, counts: Counts, lines: Sequence[Line], k: int, whole: Counts | None) -> None:
        self.counts, self.k, self.whole = counts, k, whole
        self.lines = lines
        self.lines_of: dict[Key, dict[int, Line]] = {}
        self.levels = dict.fromkeys(counts, 0)
        for line in lines:
            axis = _axis(line)
            if line.total in counts:
                self.levels[line.total] += 1
            for key in (line.total, *line.parts):
                self.lines_of.setdefault(key, {})[axis] = line
        # What is lost by hiding a cell: its count, and much more for each line of which it is the total.
        self.prices = {key: max(counts[key], 1) * TOTAL_WEIGHT**level for key, level in self.levels.items()}
        self.tops = (ONLY_HIDDEN, *sorted({*self.levels.values()}))

    def of(self, key: Key) -> int:
        return self.counts.get(key, 0)

    def _too_little(self, hidden: set[Key]) -> set[Key]:
        """One more cell for a line whose hidden parts sum to less than k, as parts of tiny wholes may."""
        for line in self.lines:
            amount = sum(self.of(part) for part in line.parts if part in hidden)
            if line.total not in hidden and 0 < amount < self.k:
                others = [key for key in (*line.parts, line.total) if key not in hidden and self.of(key)]
                return {min(others, key=self.prices.__getitem__)}
        return set()

    def wanted(self, key: Key) -> float:
        """How many values a hidden cell should be able to have: more than k, or all that its whole allows."""
        return 1 + min(self.k, self.of(key) + self.rest(key))

    def rest(self, key: Key) -> float:
        """How many of the whole are not counted here; without a whole there is no bound."""
        return inf if self.whole is None else self.whole.get(key, 0) - self.of(key)

    def completed(self, hidden: frozenset[Key]) -> frozenset[Key]:
        """``hidden`` with the small cells, and with others until none can be computed."""
        found = set(hidden)
        found.update(key for key in self.counts if self._is_small(key))
        found.update(part for line in self.lines for part in line.telling if self.of(part) == self.of(line.total) > 0)
        safe: set[Key] = set()
        while waiting := {key for key in found if self.of(key)} - safe or self._too_little(found):
            found |= waiting
            key = min(waiting, key=lambda key: (self.of(key), str(key)))
            covered = self._cover(key, found)
            found.update(covered)
            safe.update(each for each, width in covered.items() if each == key or width >= self.wanted(each))
        return frozenset(found)

    def _is_small(self, key: Key) -> bool:
        count, rest = self.of(key), self.rest(key)
        return 0 < count < self.k or (self.whole is not None and (0 < rest < self.k or (count > 0 and rest == 0)))

    def _cover(self, key: Key, hidden: set[Key]) -> Counter[Key]:
        """What to hide so that the cell could have enough values, and how many each of these cells then could have.

        One shift comes after the other, upwards or downwards, and each may use only what the one before it left.
        """
        widths = Counter({key: 1})
        moved: dict[int, Counter[Key]] = {1: Counter(), -1: Counter()}
        wanted = self.wanted(key)
        while widths[key] < wanted:
            need, known = wanted - widths[key], hidden | set(widths)
            boxes = (_Box(self, known, moved[sign], key, sign, need, top) for top in self.tops for sign in moved)
            box = next(filter(lambda box: box.amount, boxes), None)
            if box is None:
                break
            for corner, sign in box.corners.items():
                moved[box.corners[key]][corner] += sign * box.amount
                widths[corner] = max(widths[corner] + box.amount * (corner == key), box.amount + 1)
        return widths


class _Box:
    """The box around a cell that costs least for each unit by which the cell can be shifted up (1) or down (-1).

    The search goes axis by axis, cheap cells first. More corners only cost more and allow less, so it ends where it is
    dearer than what was found. ``moved`` is what earlier shifts have done to the counts, ``need`` the most that is
    wanted, and ``top`` the highest level of cells that may be hidden for it.
    """

    def __init__(
        self, table: _Table, hidden: set[Key], moved: Mapping[Key, int], key: Key, sign: int, need: float, top: int
    ) -> None:
        self.table, self.hidden, self.moved, self.top = table, hidden, moved, top
        self.price: float = inf
        self.amount = 0
        self.corners: dict[Key, int] = {}
        self._extend({key: sign}, frozenset(), min(need, self._room(key, sign)), 0)

    def _extend(self, signs: dict[Key, int], done: frozenset[int], amount: float, cost: int) -> None:
        if amount < 1 or cost / amount >= self.price or (self.price == 0 and amount <= self.amount):
            return
        lines_of = self.table.lines_of
        axis = min((axis for key in signs for axis in lines_of.get(key, ()) if axis not in done), default=None)
        if axis is None:
            self.price, self.amount, self.corners = cost / amount, int(amount), signs
            return
        on_axis = {key: sign for key, sign in signs.items() if axis in lines_of.get(key, ())}
        first = next(iter(on_axis))
        line = lines_of[first][axis]
        others = [key for key in (*line.parts, line.total) if key != first and self._may_move(key)]
        for other in sorted(others, key=self._loss):
            opposite = self._opposite(on_axis, axis, other[axis], line.total[axis])
            if opposite:
                room = min(self._room(key, sign) for key, sign in opposite.items())
                loss = sum(map(self._loss, opposite))
                self._extend(signs | opposite, done | {axis}, min(amount, room), cost + loss)

    def _opposite(self, on_axis: dict[Key, int], axis: int, place: int | str, total: int | str) -> dict[Key, int]:
        """The corners at another place of an axis: a total follows its part, another part makes up for it.

        Empty if one of them may not move.
        """
        found = {}
        for key, sign in on_axis.items():
            corner = (*key[:axis], place, *key[axis + 1 :])
            if not self._may_move(corner):
                return {}
            found[corner] = sign if total in (key[axis], place) else -sign
        return found

    def _room(self, key: Key, sign: int) -> float:
        """How far a hidden cell can move: not below 0, nor above its whole."""
        moved = self.moved.get(key, 0)
        return self.table.of(key) + moved if sign < 0 else self.table.rest(key) - moved

    def _may_move(self, key: Key) -> bool:
        return key in self.hidden or self.table.levels.get(key, inf) <= self.top

    def _loss(self, key: Key) -> int:
        return 0 if key in self.hidden else self.table.prices[key]


def _axis(line: Line) -> int:
    """The one place in which the keys of a line differ."""
    return next(axis for axis, place in enumerate(line.total) if place != line.parts[0][axis])
