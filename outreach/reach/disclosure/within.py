"""Hiding in the tables of one broadcast, which nothing that was stored before adds up to.

The tables share only their total, so each is protected for itself while the total stands; where the total is small,
everything is hidden.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property
from math import inf

from .keys import ALL, Box, Counts, Key, Layout, Table, axes_of

TOTAL_WEIGHT = 4
"""How much dearer a margin is to hide than a cell of the same size: sums go last."""

HABIT_WEIGHT = 20
"""How much cheaper a cell is that every broadcast before hid."""

ONLY_HIDDEN, CELLS, MARGINS = -1, 0, 1


@dataclass(frozen=True)
class Figures:
    """The counts of one population in one scope.

    ``wholes`` has for each count that of which it is a part, or nothing; ``parts`` one that is a part of it, which may
    not leave few; ``floors`` what is known to be part of it, so
    that it can't be less; ``ceilings`` what it is known to be part of besides. ``distinct`` are the numbers of those
    counts that do not add up, ``known_empty`` of those of which everybody knows where they are 0.
    """

    counts: Sequence[Counts]
    wholes: Sequence[Counts | None]
    floors: Sequence[Sequence[Counts]]
    distinct: frozenset[int] = frozenset()
    parts: Sequence[Counts | None] = ()
    ceilings: Sequence[Sequence[Counts]] = ()
    known_empty: frozenset[int] = frozenset()

    @cached_property
    def _axes(self) -> list[set[tuple[int, ...]]]:
        return [{axes_of(key) for key in count} for count in self.counts]

    def at(self, key: Key) -> list[int]:
        """The numbers of the counts that have a table with this cell: people, for one, have none by day."""
        found = self._numbers.get(key)
        if found is None:
            axes = axes_of(key)
            every = range(len(self.counts))
            found = [number for number in every if axes in self._axes[number] or not axes] or list(every)
            self._numbers[key] = found
        return found

    @cached_property
    def _numbers(self) -> dict[Key, list[int]]:
        return {}

    def most(self, key: Key) -> int:
        """The largest of the counts in a cell; they are hidden together."""
        return max(self.counts[number].get(key, 0) for number in self.at(key))

    def is_small(self, key: Key, k: int) -> bool:
        """Whether one of the counts may not be read for its own sake."""
        for number in self.at(key):
            value, whole = self.counts[number].get(key, 0), self.wholes[number]
            if 0 < value < k:
                return True
            if whole is not None:
                rest = whole.get(key, 0) - value
                if 0 < rest < k or (value > 0 and rest <= 0):
                    return True
            part = self.parts[number] if self.parts else None
            if part is not None:
                rest = value - part.get(key, 0)
                if 0 < rest < k or (value > 0 and rest <= 0):
                    return True
        return False

    def down(self, key: Key) -> int:
        """By how much all counts could be less."""
        return min(self.counts[number].get(key, 0) - self.least(number, key) for number in self.at(key))

    def least(self, number: int, key: Key) -> int:
        """The least that is known of one of the counts."""
        least = max((floor.get(key, 0) for floor in self.floors[number]), default=0)
        return max(least, min(self.counts[number].get(key, 0), 1)) if number in self.known_empty else least

    def largest(self, number: int, key: Key) -> float:
        """The most that one of the counts can be."""
        return self.counts[number].get(key, 0) + self.up_of(number, key)

    def up(self, key: Key) -> float:
        """By how much all counts could be more: a part no more than its whole."""
        return min((self.up_of(number, key) for number in self.at(key)), default=inf)

    def up_of(self, number: int, key: Key) -> float:
        """By how much one of the counts could be more."""
        value, whole = self.counts[number].get(key, 0), self.wholes[number]
        if not value and number in self.known_empty:
            return 0
        above = [*([] if whole is None else [whole]), *(self.ceilings[number] if self.ceilings else ())]
        return min((each.get(key, 0) - value for each in above), default=inf)

    def wanted(self, key: Key, k: int) -> int:
        """Through how many more values a hidden cell should be able to go: k, or all that its whole allows."""
        wholes = [(self.wholes[number], number in self.known_empty) for number in self.at(key)]
        return min([k, *(whole.get(key, 0) - not_empty for whole, not_empty in wholes if whole is not None)])


def price(most: int, level: int) -> int:
    """What is lost by hiding a cell."""
    return max(most, 1) * TOTAL_WEIGHT**level


def hide_within(
    *,
    layout: Layout,
    figures: Figures,
    k: int,
    hidden: Iterable[Key],
    sensitive: frozenset[Key],
    habits: Mapping[Key, float] | None = None,
    total_tells: bool = False,
) -> frozenset[Key]:
    """``hidden`` with the sensitive cells, and with others until none of these can be computed.

    ``habits`` says in which share of the broadcasts before it a cell was hidden. Such a cell is cheaper: a period can
    show more where its broadcasts hide the same cells. With ``total_tells`` more than the total is known of a table
    that is hidden wholly: where that is not enough, the total is hidden too.
    """
    found = {key for key in hidden if key in layout.table_of or key == layout.total}
    found |= sensitive
    if layout.total in found:
        return frozenset(layout.keys)
    for table in layout.tables:
        more = _Within(table, figures, k, found & set(table.keys), habits or {}).completed(sensitive)
        if more is None and total_tells and total_narrows(table, figures, k, sensitive):
            return frozenset(layout.keys)
        found |= set(table.keys) if more is None else more
    return frozenset(found)


def total_narrows(table: Table, figures: Figures, k: int, sensitive: frozenset[Key]) -> bool:
    """Whether a table that is hidden wholly would leave too little room to a sensitive cell beside its total.

    Everybody knows where there is nobody, and that there is somebody elsewhere: at least one, or all who are known to
    be part of them.
    """
    for key in sensitive & set(table.keys):
        for number in figures.at(key) if figures.most(key) else ():
            total = figures.counts[number].get(table.total, 0)
            parts = [part for part in table.inner if figures.counts[number].get(part, 0)]
            mine = {part for part in parts if all(key[axis] in (ALL, part[axis]) for axis in table.axes)}
            for ends in (
                {part: (1, figures.largest(number, part)) for part in parts},
                {part: (figures.least(number, part), figures.largest(number, part)) for part in parts},
            ):
                low, high = _together(ends, mine)
                least, most = _together(ends, ends.keys() - mine)
                if min(high, total - least) - max(low, total - most) < min(figures.wanted(key, k), high - low):
                    return True
    return False


def _together(ends: Mapping[Key, tuple[float, float]], parts: AbstractSet[Key]) -> tuple[float, float]:
    return sum(ends[part][0] for part in parts), sum(ends[part][1] for part in parts)


def telling(table: Table, figures: Figures) -> Iterable[Key]:
    """Cells of a stated gender that say something of each person.

    They hold everybody of a line, or everybody of a segment who stated a gender. ``table`` is that of segment × gender
    if it has two axes of which the second is the gender; a segment tells only where there are several.
    """
    if len(table.axes) != 2 or table.axes[1] != GENDER_AXIS:
        return
    for key in table.keys:
        if key[GENDER_AXIS] in ("", ALL):
            continue
        stated = [(*key[:GENDER_AXIS], gender, *key[GENDER_AXIS + 1 :]) for gender in STATED]
        lines = [[(*key[:GENDER_AXIS], ALL, *key[GENDER_AXIS + 1 :])], *([stated] if key in stated else [])]
        if key[table.axes[0]] != ALL and len(table.places[0]) > 1:
            lines.append([(*key[: table.axes[0]], ALL, *key[table.axes[0] + 1 :])])
        for count in figures.counts:
            if any(count.get(key, 0) == sum(count.get(each, 0) for each in line) > 0 for line in lines):
                yield key


STATED = ("woman", "man", "another")
GENDER_AXIS = 2


class _Within:
    """One table, with what it takes to complete a set of hidden cells."""

    def __init__(self, table: Table, figures: Figures, k: int, hidden: set[Key], habits: Mapping[Key, float]) -> None:
        self.table, self.figures, self.k, self.hidden = table, figures, k, hidden
        self.prices = {
            key: price(figures.most(key), table.level(key)) / (1 + HABIT_WEIGHT * habits.get(key, 0))
            for key in table.keys
        }

    def completed(self, sensitive: frozenset[Key]) -> set[Key] | None:
        """The hidden cells and those that protect the sensitive ones; nothing if no part of the table would do."""
        safe: set[Key] = set()
        while waiting := {key for key in self.hidden & sensitive if self.figures.most(key)} - safe:
            key = min(waiting, key=lambda key: (self.figures.most(key), str(key)))
            widths = self._cover(key)
            if widths is None:
                return None
            self.hidden.update(widths)
            safe.update(each for each, width in widths.items() if width >= self.figures.wanted(each, self.k))
        return self.hidden

    def _cover(self, key: Key) -> Counter[Key] | None:
        """What to hide so that the cell could have enough values, and through how many each of these cells then goes.

        One shift comes after the other, upwards or downwards, and each may use only what the one before it left.
        Nothing if there are not enough shifts.
        """
        widths = Counter({key: 0})
        moved: dict[int, Counter[Key]] = {1: Counter(), -1: Counter()}
        wanted = self.figures.wanted(key, self.k)
        while widths[key] < wanted:
            found = self._cheapest(key, self.hidden | set(widths), moved, wanted - widths[key])
            if found is None:
                return None
            box, sign, amount = found
            for corner, its in box:
                moved[sign][corner] += its * sign * amount
                widths[corner] = max(widths[corner] + amount * (corner == key), amount)
        return widths

    def _cheapest(
        self, key: Key, hidden: set[Key], moved: Mapping[int, Counter[Key]], need: int
    ) -> tuple[Box, int, int] | None:
        """The box that costs least for each unit that it allows, its direction, and how much it allows."""
        for level in (ONLY_HIDDEN, CELLS, MARGINS):
            best: tuple[Box, int, int] | None = None
            least = inf
            for box in self.table.boxes(key):
                new = [corner for corner, _sign in box if corner not in hidden]
                if any(self.table.level(corner) > level for corner in new):
                    continue
                cost = sum(map(self.prices.__getitem__, new))
                if cost / need > least:
                    continue
                for sign in (1, -1):
                    amount = min(need, self._room(box, sign, moved[sign]))
                    if amount >= 1 and (cost / amount, -amount) < (least, -best[2] if best else 0):
                        best, least = (box, sign, int(amount)), cost / amount
            if best:
                return best
        return None

    def _room(self, box: Box, sign: int, moved: Counter[Key]) -> float:
        """How far the corners can go: not below what is known, nor above their wholes."""
        room = inf
        for corner, its in box:
            if its * sign < 0:
                room = min(room, self.figures.down(corner) + moved[corner])
            else:
                room = min(room, self.figures.up(corner) - moved[corner], self._below_margins(corner, box, moved))
        return room

    def _below_margins(self, corner: Key, box: Box, moved: Counter[Key]) -> float:
        """People in a part are no more than those in the whole line, even where parts overlap."""
        room = inf
        corners = {each for each, _sign in box}
        for number in self.figures.distinct & set(self.figures.at(corner)):
            count = self.figures.counts[number]
            for line in (*self.table.margins(corner), self.table.total):
                if line not in corners:
                    room = min(room, count.get(line, 0) + moved[line] - count.get(corner, 0) - moved[corner])
        return room
