"""Where a cell stands: its place on every axis, the tables that cells make, and the boxes in a table."""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import product
from typing import TypeAlias

ALL = "*"
"""The place of a cell on an axis over which it is summed."""

Key: TypeAlias = tuple[int | str, ...]
Counts: TypeAlias = Mapping[Key, int]
Box: TypeAlias = tuple[tuple[Key, int], ...]
"""Cells with signs: if one goes up by an amount, those with the same sign go up too, and the others down."""


def axes_of(key: Key) -> tuple[int, ...]:
    """The axes along which a cell is not a sum."""
    return tuple(axis for axis, place in enumerate(key) if place != ALL)


class Table:
    """The cells by one axis, or by two with their margins; ``keys`` are all of them but the total."""

    def __init__(self, axes: tuple[int, ...], places: Mapping[int, Iterable[int | str]], total: Key) -> None:
        self.axes, self.total = axes, total
        self.places = [sorted(places[axis], key=str) for axis in axes]
        either = [(*each, ALL) for each in self.places] if len(axes) > 1 else self.places
        self.keys = tuple(key for key in (self._key(at) for at in product(*either)) if key != total)
        self._units: dict[Key, list[tuple[Key, ...]]] = {}
        self._boxes: dict[Key, tuple[Box, ...]] = {}
        self.inner = tuple(self._key(at) for at in product(*self.places))

    def _key(self, at: Iterable[int | str]) -> Key:
        key = list(self.total)
        for axis, place in zip(self.axes, at, strict=True):
            key[axis] = place
        return tuple(key)

    def margins(self, key: Key) -> tuple[Key, ...]:
        """The sums that the cell is a part of, without the total."""
        if len(self.axes) == 1 or ALL in (key[self.axes[0]], key[self.axes[1]]):
            return ()
        return tuple((*key[:axis], ALL, *key[axis + 1 :]) for axis in self.axes)

    def lines(self, key: Key) -> list[tuple[Key, tuple[Key, ...]]]:
        """The sums that the cell is, or is a part of, each with its parts along one axis."""
        if len(self.axes) == 1:
            return [(self.total, self.keys)]
        margins = self.margins(key)
        if margins:
            return [(line, self._parts(line)) for line in margins]
        (axis,) = axes_of(key)
        return [(key, self._parts(key)), (self.total, tuple(each for each in self.keys if axes_of(each) == (axis,)))]

    def _parts(self, line: Key) -> tuple[Key, ...]:
        return tuple(inner for inner in self.inner if all(line[axis] in (ALL, inner[axis]) for axis in self.axes))

    def level(self, key: Key) -> int:
        """0 for a cell that is no sum, 1 for a margin."""
        return sum(key[axis] == ALL for axis in self.axes)

    def boxes(self, key: Key) -> tuple[Box, ...]:
        """Every box around a cell that leaves the total alone: it and another cell, or four corners."""
        found = self._boxes.get(key)
        if found is None:
            found = self._boxes[key] = tuple(self._made(key))
        return found

    def _made(self, key: Key) -> Iterator[Box]:
        at = [key[axis] for axis in self.axes]
        if len(at) == 1:
            yield from (((key, 1), (other, -1)) for other in self.keys if other != key)
            return
        for first in (*self.places[0], ALL):
            for second in (*self.places[1], ALL):
                if first == at[0] or second == at[1]:
                    continue
                # A margin follows its part, another part makes up for it.
                one = 1 if ALL in (first, at[0]) else -1
                two = 1 if ALL in (second, at[1]) else -1
                box = (
                    (key, 1),
                    (self._key((first, at[1])), one),
                    (self._key((at[0], second)), two),
                    (self._key((first, second)), one * two),
                )
                if all(corner != self.total for corner, _sign in box):
                    yield box

    def units(self, key: Key) -> list[tuple[Key, ...]]:
        """The cells among which one message through the cell counts, for each inner cell where it may stand."""
        found = self._units.get(key)
        if found is None:
            found = self._units[key] = self._units_through(key)
        return found

    def _units_through(self, key: Key) -> list[tuple[Key, ...]]:
        return [
            (inner, *self.margins(inner))
            for inner in self.inner
            if all(key[axis] in (ALL, inner[axis]) for axis in self.axes)
        ]


class Layout:
    """The tables of one count; they share only the total."""

    def __init__(self, keys: Iterable[Key]) -> None:
        keys = list(keys)
        self.total: Key = (ALL,) * (len(keys[0]) if keys else 1)
        by_axes: dict[tuple[int, ...], dict[int, set[int | str]]] = {}
        for key in keys:
            axes = axes_of(key)
            for axis in axes:
                by_axes.setdefault(axes, {}).setdefault(axis, set()).add(key[axis])
        # A table of one axis that is also one of a table of two is its margin.
        pairs = [axes for axes in by_axes if len(axes) == 2]
        for axes in [axes for axes in by_axes if len(axes) == 1]:
            for pair in pairs:
                if axes[0] in pair:
                    by_axes[pair].setdefault(axes[0], set()).update(by_axes[axes][axes[0]])
                    by_axes.pop(axes, None)
        self.tables = [Table(axes, places, self.total) for axes, places in sorted(by_axes.items()) if axes]
        self.table_of = {key: table for table in self.tables for key in table.keys}
        self.keys = (self.total, *self.table_of)


@lru_cache(maxsize=64)
def layout(keys: frozenset[Key]) -> Layout:
    """The layout of these keys, made once."""
    return Layout(keys)
