"""Which shifts there are around a hidden cell: between two broadcasts, and around one alone."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from .keys import Key
from .rooms import Moves, Place, Rooms, Shift

MOST_PARTNERS = 12
"""How many other broadcasts are tried for one box: of the first dozen that fit, some nearly always do."""


class Shifts(Rooms):
    """What could move a cell of a broadcast while everything that is shown stays as it is."""

    def _most(self, number: int, key: Key) -> int:
        return self.bases[number].figures.most(key)

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

    def _cells_through(self, number: int, key: Key) -> list[dict[Key, int]]:
        found = self._boxes.get((number, key))
        if found is None:
            table, hidden = self.layout.table_of.get(key), self.bases[number].hidden
            boxes = table.boxes(key) if table else ()
            found = [dict(box) for box in boxes if all(corner in hidden for corner, _sign in box)]
            self._boxes[number, key] = found
        return found

    def _boxes_with_room(self, number: int, key: Key, sign: int, done: Moves) -> list[dict[Key, int]]:
        """The boxes of a broadcast around a cell, those first that leave most to be moved after them."""
        rooms = [(self._room_down(number, box, sign, done), box) for box in self._cells_through(number, key)]
        return [box for room, box in sorted(rooms, key=lambda each: each[0], reverse=True) if room[0] > 0]

    def _room_down(self, number: int, box: Mapping[Key, int], sign: int, done: Moves) -> tuple[int, int]:
        figures = self.bases[number].figures
        rooms = [
            min(figures.down(corner) + done.cells.get((number, corner), 0), self.k)
            for corner, its in box.items()
            if its * sign < 0
        ]
        return min(rooms, default=self.k), sum(rooms)

    def _best(self, partners: set[int], box: Mapping[Key, int], sign: int, done: Moves) -> list[int]:
        """Those with whom a shift can go furthest; first those of the same periods."""
        found = []
        for partner in partners:
            room = self._room_down(partner, box, sign, done)
            if room[0] > 0:
                found.append((-len(self.sums_of[partner]), room, -partner))
        return [-each[2] for each in sorted(found, reverse=True)[:MOST_PARTNERS]]

    def _all_hidden(self) -> set[int]:
        return self.hidden_at[self.layout.total]

    def _answers(
        self, wanted: Mapping[Key, int], among: frozenset[int], sign: int, done: Moves
    ) -> Iterator[tuple[int, dict[Key, int]]]:
        """Broadcasts with a box that does to the cells that the period shows what is wanted, and nothing else."""
        key, its = next(iter(wanted.items()))
        partners = set.intersection(*(self.hidden_at[corner] for corner in wanted)) & among
        for partner in self._best(partners, wanted, sign, done):
            for box in self._cells_through(partner, key):
                turned = {corner: each * its for corner, each in box.items()}
                if {corner: each for corner, each in turned.items() if corner not in self.new.hidden} == wanted:
                    yield partner, turned

    def _alone(self, number: int, key: Key, members: frozenset[int], sign: int, done: Moves) -> Iterator[Shift]:
        """What moves a broadcast's cell and so the sum of the period; or with a broadcast outside it."""
        for box in self._boxes_with_room(number, key, sign, done):
            yield _joined((number, box))
            if len(self.sums_of[number]) > 1 or number not in self.new.members:
                back = {corner: -its for corner, its in box.items()}
                outside = set.intersection(*(self.hidden_at[corner] for corner in box)) - members
                for partner in self._best(outside, back, sign, done):
                    yield _joined((number, box), (partner, back))

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

    def _shifts(self, number: int, key: Key, sign: int, done: Moves) -> Iterator[Shift]:
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


def _joined(*parts: tuple[int, Mapping[Key, int]]) -> Shift:
    return {(number, corner): its for number, box in parts for corner, its in box.items()}
