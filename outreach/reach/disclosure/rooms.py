"""How far a shift can go: the room that broadcasts and periods leave, given everything that is shown of them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import TypeAlias

from .keys import Counts, Key, Layout
from .within import Figures, price

Place: TypeAlias = tuple[int, Key]
Shift: TypeAlias = dict[Place, int]
"""By broadcast and cell, whether it goes up (1) or down (-1)."""


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


@dataclass
class Moves:
    """What the shifts in one direction did: to broadcasts' cells, and to the messages and people of periods."""

    cells: dict[Place, int] = field(default_factory=lambda: defaultdict(int))
    people: dict[tuple[int, Key], int] = field(default_factory=lambda: defaultdict(int))
    messages: dict[tuple[int, Key], int] = field(default_factory=lambda: defaultdict(int))


class Rooms:
    """The broadcasts and the periods, of which the last is new; what it hides grows."""

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

    def _lines(self, key: Key) -> tuple[Key, ...]:
        table = self.layout.table_of.get(key)
        return (*table.margins(key), self.layout.total) if table else ()

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

    def _room_if_people_stay(
        self,
        at: int,
        nets: Mapping[Key, int],
        done: Moves,
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
                parts += [floor.get(key, 0) for floor in each.figures.floors[count]]
                room = min(room, value - max(parts, default=0))
            else:
                room = min(room, each.figures.up_of(count, key) - moved.get((at, key), 0))
                for other in self.sums:
                    if other is not each and other.members >= each.members and key not in other.hidden:
                        room = min(room, other.distinct[count].get(key, 0) - value)
                for line in self._lines(key):
                    if not any(line == other for _number, other in shift):
                        room = min(room, people.get(line, 0) - value)
        return room

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
        done: Moves,
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

    def _move(
        self,
        shift: Shift,
        sign: int,
        amount: int,
        done: Moves,
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


def _touched(period: Sum, key: Key, shift: Shift) -> bool:
    return any(number in period.members and at == key for number, at in shift)
