"""Hiding in a period, whose broadcasts were stored before: what is shown of it must not give away what they hide.

The unknowns are the hidden cells of broadcasts. Each shown cell of a period is one more equation: the broadcasts' cells
in this place add up to it (of people: are each at most, and together at least as many). A shift therefore goes

- between two broadcasts of the period, around the same box in opposite directions: the sum stays what it is; or
- around a box of one broadcast alone, if the period hides all its corners.

A message can also go from one broadcast to another whole, where both hide all cells of a count, because their totals
are small. A period that can't show even the total hides the count altogether.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from math import inf
from typing import TypeAlias

from .keys import Counts, Key, Layout
from .within import Figures, price

Place: TypeAlias = tuple[int, Key]
Shift: TypeAlias = dict[Place, int]
"""By broadcast and cell, whether it goes up (1) or down (-1)."""

MOST_PARTNERS = 12
"""How many other broadcasts are tried for one box: of the first dozen that fit, some nearly always do."""


@dataclass(frozen=True)
class Base:
    """One broadcast as it was stored."""

    figures: Figures
    hidden: frozenset[Key]
    sensitive: frozenset[Key]


@dataclass
class Sum:
    """A period: its counts, of which those of people do not add up; its broadcasts; what it hides, and what of it
    for its own sake."""

    figures: Figures
    members: frozenset[int]
    sensitive: frozenset[Key]
    hidden: set[Key] = field(default_factory=set)

    @property
    def distinct(self) -> Mapping[int, Counts]:
        """Its counts of people, by their number."""
        return {number: self.figures.counts[number] for number in self.figures.distinct}


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
) -> frozenset[Key]:
    """What a new period of ``members`` has to hide.

    ``sums`` are the periods stored before, ``hidden`` is wanted anyway, ``sensitive`` is hidden for its own sake.
    """
    return _Across(layout, k, bases, [*sums, Sum(figures, members, sensitive)]).completed(set(hidden))


@dataclass
class _Moves:
    """What the shifts in one direction did: to broadcasts' cells, and to the messages and people of periods."""

    cells: dict[Place, int] = field(default_factory=lambda: defaultdict(int))
    people: dict[tuple[int, Key], int] = field(default_factory=lambda: defaultdict(int))
    messages: dict[tuple[int, Key], int] = field(default_factory=lambda: defaultdict(int))


class _Across:
    def __init__(self, layout: Layout, k: int, bases: Mapping[int, Base], sums: Sequence[Sum]) -> None:
        self.layout, self.k, self.bases, self.sums = layout, k, bases, sums
        self.new = sums[-1]
        self.figures = self.new.figures
        self.sums_of = {base: [each for each in self.sums if base in each.members] for base in bases}
        self.hidden_at: dict[Key, set[int]] = defaultdict(set)
        for number, base in bases.items():
            for key in base.hidden:
                self.hidden_at[key].add(number)
        self.prices = {key: price(self.figures.most(key), self._level(key)) for key in layout.keys}
        self._sums_of_people: dict[tuple[int, int, Key], int] = {}
        self._boxes: dict[Place, list[dict[Key, int]]] = {}
        self._moving: Sum | None = None

    def _level(self, key: Key) -> int:
        return self.layout.table_of[key].level(key) if key in self.layout.table_of else 2

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
            return frozenset(useful)
        for table in self.layout.tables:
            if not self._is_safe(table.keys):
                self.new.hidden |= useful & set(table.keys)
        return frozenset(self.new.hidden)

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

    @cached_property
    def _touched(self) -> frozenset[int]:
        """The broadcasts of the new period, and of those before that share one with it, directly or through others."""
        found = set(self.new.members)
        growing = True
        while growing:
            more = {number for each in self.sums if each.members & found for number in each.members} - found
            growing = bool(more)
            found |= more
        return frozenset(found)

    def _most(self, number: int, key: Key) -> int:
        return self.bases[number].figures.most(key)

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
        if key == self.layout.total or len(self.sums_of[number]) > 1:
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

    def _widen(self, wanted: int, shifts: Callable[[int, _Moves], Iterator[Shift]]) -> bool:
        """Whether shifts, one after the other, take a cell through ``wanted`` values.

        Those that need nothing hidden are taken as they come; then those that cost least for each value.
        """
        width = 0.0
        moves = {sign: _Moves() for sign in (1, -1)}
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

    def _move(
        self,
        shift: Shift,
        sign: int,
        amount: int,
        done: _Moves,
    ) -> None:
        for place, its in shift.items():
            done.cells[place] += its * sign * amount
        nets = self._nets(shift)
        for at in {at for at, _key in nets}:
            here = {key: net * sign for (where, key), net in nets.items() if where == at}
            must = self.sums[at] is self._moving
            if must or self._room_if_people_stay(at, here, done) < amount:
                for key, net in here.items():
                    done.people[at, key] += net * amount
            for key, net in here.items():
                done.messages[at, key] += net * amount

    def _nets(self, shift: Shift) -> dict[tuple[int, Key], int]:
        """What a shift does to the sums, by number of the period and cell."""
        nets: dict[tuple[int, Key], int] = defaultdict(int)
        for (number, key), its in shift.items():
            for at, each in enumerate(self.sums):
                if number in each.members:
                    nets[at, key] += its
        return {place: net for place, net in nets.items() if net}

    def _amount(
        self,
        shift: Shift,
        sign: int,
        done: _Moves,
    ) -> tuple[float, set[Key]]:
        """How far a shift can go, and what of the new period it needs hidden."""
        room = inf
        for (number, key), its in shift.items():
            room = min(room, self._room(number, key, its * sign, done.cells, shift))
            if room < 1:
                return 0, set()
        new: set[Key] = set()
        by_sum: dict[int, dict[Key, int]] = defaultdict(dict)
        for (at, key), net in self._nets(shift).items():
            each = self.sums[at]
            if key not in each.hidden:
                if each is not self.new:
                    return 0, set()
                new.add(key)
            by_sum[at][key] = net * sign
        for at, nets in by_sum.items():
            stay = self._room_if_people_stay(at, nets, done)
            # Of a period's own cell the people have to differ too, not only the messages.
            must = self.sums[at] is self._moving
            if stay < room or must:
                along = min(self._room_of_sum(at, key, net, done.people, shift) for key, net in nets.items())
                room = min(room, along if must else max(stay, along))
        return room, new

    def _room_if_people_stay(
        self,
        at: int,
        nets: Mapping[Key, int],
        done: _Moves,
    ) -> float:
        """How far broadcasts can go before the people of a period must be fewer than they are.

        Upwards there is no end: the people of a period are as many more as one of its broadcasts needs.
        """
        each, room = self.sums[at], inf
        for count, people in each.distinct.items():
            for key, net in nets.items():
                if net < 0 and count in self.figures.at(key):
                    together = self._together(at, count, key) + done.messages.get((at, key), 0)
                    room = min(room, together - people.get(key, 0) - done.people.get((at, key), 0))
        return room

    def _together(self, at: int, count: int, key: Key) -> int:
        found = self._sums_of_people.get((at, count, key))
        if found is None:
            members = self.sums[at].members
            found = sum(self.bases[number].figures.counts[count].get(key, 0) for number in members)
            self._sums_of_people[at, count, key] = found
        return found

    def _room(self, number: int, key: Key, sign: int, cells: Mapping[Place, int], shift: Shift) -> float:
        figures, moved = self.bases[number].figures, cells.get((number, key), 0)
        if sign < 0:
            return figures.down(key) + moved
        room = figures.up(key) - moved
        for count in figures.distinct & set(figures.at(key)):
            value = figures.counts[count].get(key, 0) + moved
            for each in self.sums_of[number]:
                if key not in each.hidden:
                    room = min(room, each.distinct[count].get(key, 0) - value)
            for line in self._lines(key):
                if (number, line) not in shift:
                    room = min(room, figures.counts[count].get(line, 0) + cells.get((number, line), 0) - value)
        return room

    def _lines(self, key: Key) -> tuple[Key, ...]:
        table = self.layout.table_of.get(key)
        return (*table.margins(key), self.layout.total) if table else ()

    def _room_of_sum(self, at: int, key: Key, sign: int, moved: Mapping[tuple[int, Key], int], shift: Shift) -> float:
        """How far the people of a period can go along with those of its broadcasts."""
        each, room = self.sums[at], inf
        for count, people in each.distinct.items():
            if count not in self.figures.at(key):
                continue
            value = people.get(key, 0) + moved.get((at, key), 0)
            if sign < 0:
                parts = [
                    self.bases[number].figures.counts[count].get(key, 0)
                    for number in each.members
                    if (number, key) not in shift
                ]
                parts += [
                    other.distinct[count].get(key, 0)
                    for other in self.sums
                    if other is not each and other.members < each.members and not _touched(other, key, shift)
                ]
                room = min(room, value - max(parts, default=0))
            else:
                for other in self.sums:
                    if other is not each and other.members >= each.members and key not in other.hidden:
                        room = min(room, other.distinct[count].get(key, 0) - value)
                for line in self._lines(key):
                    if not any(line == other for _number, other in shift):
                        room = min(room, people.get(line, 0) - value)
        return room

    def _shifts(self, number: int, key: Key, sign: int, done: _Moves) -> Iterator[Shift]:
        """What could move a broadcast's cell up or down: with another broadcast, and alone."""
        boxes = self._boxes_with_room(number, key, sign, done)
        for box in boxes:
            shown = {corner: -its for corner, its in box.items() if corner not in self.new.hidden}
            for partner, other in self._answers(shown, self.new.members - {number}, sign, done) if shown else ():
                yield _joined((number, box), (partner, other))
        if number in self._all_hidden():
            for partner in self._best(self._all_hidden() & self._touched - {number}, {key: -1}, sign, done):
                yield from self._messages(number, partner, key, done.cells)
        yield from self._alone(number, key, self.new.members, sign, done)

    def _answers(
        self, wanted: Mapping[Key, int], among: frozenset[int], sign: int, done: _Moves
    ) -> Iterator[tuple[int, dict[Key, int]]]:
        """Broadcasts with a box that does to the cells that the period shows what is wanted, and nothing else."""
        key, its = next(iter(wanted.items()))
        partners = set.intersection(*(self.hidden_at[corner] for corner in wanted)) & among
        for partner in self._best(partners, wanted, sign, done):
            for box in self._cells_through(partner, key):
                turned = {corner: each * its for corner, each in box.items()}
                if {corner: each for corner, each in turned.items() if corner not in self.new.hidden} == wanted:
                    yield partner, turned

    def _alone(self, number: int, key: Key, members: frozenset[int], sign: int, done: _Moves) -> Iterator[Shift]:
        """What moves a broadcast's cell and so the sum of the period; or with a broadcast outside it."""
        for box in self._boxes_with_room(number, key, sign, done):
            yield _joined((number, box))
            if len(self.sums_of[number]) > 1 or number not in self.new.members:
                back = {corner: -its for corner, its in box.items()}
                outside = set.intersection(*(self.hidden_at[corner] for corner in box)) - members
                for partner in self._best(outside, back, sign, done):
                    yield _joined((number, box), (partner, back))

    def _cells_through(self, number: int, key: Key) -> list[dict[Key, int]]:
        found = self._boxes.get((number, key))
        if found is None:
            table, hidden = self.layout.table_of.get(key), self.bases[number].hidden
            boxes = table.boxes(key) if table else ()
            found = [dict(box) for box in boxes if all(corner in hidden for corner, _sign in box)]
            self._boxes[number, key] = found
        return found

    def _boxes_with_room(self, number: int, key: Key, sign: int, done: _Moves) -> list[dict[Key, int]]:
        """The boxes of a broadcast around a cell, those first that leave most to be moved after them."""
        rooms = [(self._room_down(number, box, sign, done), box) for box in self._cells_through(number, key)]
        return [box for room, box in sorted(rooms, key=lambda each: each[0], reverse=True) if room[0] > 0]

    def _room_down(self, number: int, box: Mapping[Key, int], sign: int, done: _Moves) -> tuple[int, int]:
        figures = self.bases[number].figures
        rooms = [
            min(figures.down(corner) + done.cells.get((number, corner), 0), self.k)
            for corner, its in box.items()
            if its * sign < 0
        ]
        return min(rooms, default=self.k), sum(rooms)

    def _best(self, partners: set[int], box: Mapping[Key, int], sign: int, done: _Moves) -> list[int]:
        """Those with whom a shift can go furthest; first those of the same periods."""
        found = []
        for partner in partners:
            room = self._room_down(partner, box, sign, done)
            if room[0] > 0:
                found.append((-len(self.sums_of[partner]), room, -partner))
        return [-each[2] for each in sorted(found, reverse=True)[:MOST_PARTNERS]]

    def _all_hidden(self) -> set[int]:
        return self.hidden_at[self.layout.total]

    def _messages(self, number: int, partner: int, key: Key, moved: Mapping[Place, int]) -> Iterator[Shift]:
        """One message through the cell that goes from one broadcast to another, counted in one place of each table."""
        for sign in (1, -1):
            corners: set[Key] = {self.layout.total}
            for table in self.layout.tables:
                units = table.units(key if key in self.layout.table_of and key in table.keys else self.layout.total)
                if units:
                    corners.update(max(units, key=lambda unit: self._flow(number, partner, unit, sign, moved)))
            # The cell goes up here, whichever way the places were chosen for: a shift is tried in both directions.
            yield {(number, each): 1 for each in corners} | {(partner, each): -1 for each in corners}

    def _flow(self, number: int, partner: int, cells: Iterable[Key], sign: int, moved: Mapping[Place, int]) -> float:
        """How many messages can go this way; ``sign`` is 1 where the first broadcast gets them."""
        to, giver = (number, partner) if sign > 0 else (partner, number)
        return min(
            min(
                self.bases[giver].figures.down(key) + moved.get((giver, key), 0),
                self.bases[to].figures.up(key) - moved.get((to, key), 0),
            )
            for key in cells
        )


def _joined(*parts: tuple[int, Mapping[Key, int]]) -> Shift:
    return {(number, corner): its for number, box in parts for corner, its in box.items()}


def _touched(period: Sum, key: Key, shift: Shift) -> bool:
    return any(number in period.members and at == key for number, at in shift)
