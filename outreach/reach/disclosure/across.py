"""Hiding in a period, whose broadcasts were stored before: what is shown of it must not give away what they hide.

The unknowns are the hidden cells of broadcasts. Each shown cell of a period is one more equation: the broadcasts' cells
in this place add up to it (of people: are each at most, and together at least as many). A shift therefore goes

- between two broadcasts of the period, around the same box in opposite directions: the sum stays what it is; or
- around a box of one broadcast alone, if the period hides all its corners.

A message can also go from one broadcast to another whole, where both hide all cells of a count, because their totals
are small. A period that can't show even the total hides the count altogether.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from math import inf

from .keys import Key, Layout, Table
from .rooms import Base, Moves, Shift, Sum
from .shifts import Shifts
from .within import Figures, total_narrows

__all__ = ["Base", "Sum", "hide_across"]


def hide_across(
    *,
    layout: Layout,
    figures: Figures,
    k: int,
    members: frozenset[int],
    bases: Mapping[int, Base],
    sums: Sequence[Sum],
    hidden: Iterable[Key],
    sensitive: frozenset[Key],
    total_tells: bool = False,
) -> frozenset[Key]:
    """What a new period of ``members`` has to hide.

    ``sums`` are the periods stored before, ``hidden`` is wanted anyway, ``sensitive`` is hidden for its own sake. With
    ``total_tells`` the total is hidden with a table of which it would say too much (:func:`.within.total_narrows`), or
    say what a broadcast hides for that.
    """
    return _Across(layout, k, bases, [*sums, Sum(figures, members, sensitive)], total_tells).completed(set(hidden))


class _Across(Shifts):
    def __init__(
        self, layout: Layout, k: int, bases: Mapping[int, Base], sums: Sequence[Sum], total_tells: bool
    ) -> None:
        super().__init__(layout, k, bases, sums)
        self._total_tells = total_tells

    def completed(self, wanted: set[Key]) -> frozenset[Key]:
        total = self.layout.total
        # Where nothing is hidden of any broadcast, everybody can add up the sum: to hide it would be no use, unless
        # it is people that say too much, who do not add up.
        useful = {
            key
            for key in self.layout.keys
            if any(not self._is_known(number, key) for number in self.hidden_at[key] & self.new.members)
        }
        if self.figures.distinct:
            useful |= self.new.sensitive
        self.new.hidden = (wanted | self.new.sensitive) & useful
        if total in self.new.hidden or not self._is_safe([total]):
            self.new.hidden |= useful
            for table in self.layout.tables:
                self._complete_people(table)
            return frozenset(self.new.hidden)
        for table in self.layout.tables:
            if not self._is_safe(table.keys):
                if self._total_tells and (
                    self.hidden_at[total] & self.new.members
                    or total_narrows(table, self.figures, self.k, self.new.sensitive)
                ):
                    return frozenset(useful | {total})
                self.new.hidden |= useful & set(table.keys)
                self._complete_people(table)
        return frozenset(self.new.hidden)

    def _complete_people(self, table: Table) -> None:
        """Hide another place of people beside one that would stand alone in a sum that is shown.

        Nobody can add people up from broadcasts, but all places of a sum are at least as many as the sum.
        """
        wanting = [key for key in table.keys if key in self.new.hidden and self.figures.most(key)]
        while self.figures.distinct and wanting:
            key = wanting.pop()
            for total, parts in table.lines(key):
                others = [each for each in parts if each not in (key, total) and self.figures.most(each)]
                if key == total or total in self.new.hidden or self.new.hidden & set(others) or not others:
                    continue
                beside = min(others, key=lambda each: (self.figures.most(each), each))
                self.new.hidden.add(beside)
                wanting.append(beside)

    def _is_known(self, number: int, key: Key) -> bool:
        """Whether a sum gives a hidden cell away, as it may give away that there is nobody in it."""
        return any(
            key not in each.hidden and self.hidden_at[key] & each.members == {number}
            for each in self.sums_of[number]
            if each is not self.new
        )

    def _targets(self, key: Key) -> list[int]:
        """The broadcasts of which this cell is sensitive and the new period could tell something, fewest first."""
        touched = self._touched
        found = [
            number
            for number in self.hidden_at[key] & touched
            if key in self.bases[number].sensitive and self._most(number, key)
        ]
        return sorted(found, key=lambda number: (self._most(number, key), number))

    def _is_safe(self, keys: Sequence[Key]) -> bool:
        """Hide what is needed for every sensitive cell here, of each broadcast and of each period.

        What is hidden on the way only gives more room to those that were looked at before.
        """
        return all(self._cover(number, key) for key in keys for number in self._targets(key)) and all(
            self._cover_sum(each, key)
            for key in keys
            for each in self.sums
            if key in each.sensitive and key in each.hidden and each.figures.most(key)
        )

    def _cover(self, number: int, key: Key) -> bool:
        """Whether a broadcast's cell can have enough values, after hiding more of the period where that is needed."""
        wanted = self.bases[number].figures.wanted(key, self.k)
        if self._widen(wanted, lambda sign, done: self._shifts(number, key, sign, done)):
            return True
        total = self.layout.total
        if key == total or len(self.sums_of[number]) > 1 or (self._total_tells and total in self.bases[number].hidden):
            return False
        # A period that hides whatever this broadcast hides says nothing new of it.
        self.new.hidden |= self.bases[number].hidden & set(self.layout.table_of[key].keys)
        return True

    def _cover_sum(self, each: Sum, key: Key) -> bool:
        """The same for a cell of a period itself, by what shifts only its broadcasts, or only its people."""
        wanted = each.figures.wanted(key, self.k)
        numbers = self.hidden_at[key] & each.members
        if not numbers:
            return self._width_of_people(each, key) >= wanted
        self._moving = each
        found = self._widen(
            wanted,
            lambda sign, done: chain.from_iterable(
                self._alone(number, key, each.members, sign, done) for number in sorted(numbers)
            ),
        )
        self._moving = None
        return found

    def _width_of_people(self, each: Sum, key: Key) -> float:
        """Through how many values the people of a period can go while everything else stays as it is."""
        width = inf
        for count, people in each.distinct.items():
            if count not in each.figures.at(key) or not people.get(key, 0):
                continue
            value = people[key]
            low = [self.bases[number].figures.counts[count].get(key, 0) for number in each.members]
            high = [value + each.figures.up(key), float(sum(low))]
            for other in self.sums:
                theirs = other.distinct.get(count, {}).get(key, 0)
                low += [theirs] if other.members < each.members else []
                high += [theirs] if other.members > each.members else []
            table = self.layout.table_of.get(key)
            high += [people.get(line, 0) for line in self._lines(key)]
            for line, parts in table.lines(key) if table else ():
                rest = sum(people.get(part, 0) for part in parts if part != key)
                if line == key:
                    low += [people.get(part, 0) for part in parts]
                    high.append(rest)
                else:
                    low.append(people.get(line, 0) - rest)
            width = min(width, min(high) - max([*low, value - each.figures.down(key)]))
        return width

    def _widen(self, wanted: int, shifts: Callable[[int, Moves], Iterator[Shift]]) -> bool:
        """Whether shifts, one after the other, take a cell through ``wanted`` values.

        Those that need nothing hidden are taken as they come; then those that cost least for each value.
        """
        width = 0.0
        moves = {sign: Moves() for sign in (1, -1)}
        while width < wanted:
            best: tuple[float, float, Shift, int, set[Key]] | None = None
            for sign, done in moves.items():
                for shift in shifts(sign, done):
                    amount, new = self._amount(shift, sign, done)
                    amount = min(amount, wanted - width)
                    if amount < 1:
                        continue
                    if not new:
                        width += amount
                        self._move(shift, sign, int(amount), done)
                        if width >= wanted:
                            return True
                        continue
                    cost = sum(map(self.prices.__getitem__, new)) / amount
                    if best is None or (cost, -amount) < best[:2]:
                        best = cost, -amount, shift, sign, new
            if best is None:
                return False
            _cost, _less, shift, sign, new = best
            amount = min(self._amount(shift, sign, moves[sign])[0], wanted - width)
            if amount >= 1:
                self.new.hidden |= new
                width += amount
                self._move(shift, sign, int(amount), moves[sign])
        return True
