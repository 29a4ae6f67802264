"""Somebody who knows everything that is shown, and all rules by which figures hang together, and computes the rest.

What they can know of a hidden cell is the interval of its possible values, given that nothing is negative, that every
sum adds up, and that people in a part are no more than in the whole. Linear programming finds both ends (HiGHS).
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from math import inf
from typing import Any

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from outreach.reach.counts import ALL, AXES
from outreach.reach.disclosure import POPULATIONS
from outreach.reach.snapshots import payload

Term = tuple[str, float]
"""An unknown by its name, or an empty name, with its factor or value."""

NEARLY = 1e-6
AT_ONCE = 12
PARTS = {
    name: population.whole_of(name)
    for population in POPULATIONS
    for name in population.names
    if population.whole_of(name)
}
PEOPLE = {name for population in POPULATIONS for name in population.distinct}
INNER = {
    name: population.part_of(name)
    for population in POPULATIONS
    for name in population.names
    if population.part_of(name)
}
"""Of some counts, the one that is a part of it."""

SEEN = {"clicked": "trackable", "clickers": "trackable_people"}
"""Where the first is unknown, everybody reads that there is nobody of the second."""

REASONS = {"machine_click_reasons": "machine_clicks", "machine_open_reasons": "machine_opened"}
"""Counts by reason, and where their total stands."""

ADDED = [
    name
    for population in POPULATIONS
    for name in population.sums
    if not name.startswith("story") and name not in REASONS
]
PLANNED = ("accepted", "bounced", "failed", "unsent")


class System:
    """Linear equations and inequalities over unknowns that are not negative."""

    def __init__(self) -> None:
        self.unknown: dict[str, int] = {}
        self.equal: list[tuple[dict[int, float], float]] = []
        self.less: list[tuple[dict[int, float], float]] = []

    def says(self, terms: Iterable[Term], *, at_most: bool = False) -> None:
        """The terms add up to 0, or to no more than that."""
        row: dict[int, float] = {}
        known = 0.0
        for name, factor in terms:
            if name:
                number = self.unknown.setdefault(name, len(self.unknown))
                row[number] = row.get(number, 0) + factor
            else:
                known += factor
        if row:
            (self.less if at_most else self.equal).append((row, -known))
        else:
            assert known <= NEARLY if at_most else abs(known) < NEARLY, known

    def solve(self) -> None:
        """Divide the unknowns into those that hang together; after this, nothing more can be said."""
        size = len(self.unknown)
        self.low, self.high = np.full(size, inf), np.full(size, -inf)
        rows = [(row, known, False) for row, known in self.equal] + [(row, known, True) for row, known in self.less]
        links = [(next(iter(row)), column) for row, _known, _at_most in rows for column in row]
        at = ([one for one, _other in links], [other for _one, other in links])
        _count, self.part = connected_components(
            coo_array((np.ones(len(links)), at), shape=(size, size)), directed=False
        )
        self.rows: dict[int, list[tuple[dict[int, float], float, bool]]] = {}
        for row in rows:
            self.rows.setdefault(int(self.part[next(iter(row[0]))]), []).append(row)
        self.programs: dict[int, tuple[Any, dict[str, Any]]] = {}
        self.seen: dict[int, list[Any]] = {}

    def _program(self, part: int) -> tuple[Any, dict[str, Any]]:
        """The unknowns of a part, and what is said of them as the solver wants it; made once."""
        if part not in self.programs:
            columns = np.flatnonzero(self.part == part)
            place = {int(column): number for number, column in enumerate(columns)}
            said: dict[str, Any] = {}
            for at_most, matrix, side in ((False, "A_eq", "b_eq"), (True, "A_ub", "b_ub")):
                rows = [(row, known) for row, known, which in self.rows.get(part, ()) if which is at_most]
                cells = [
                    (n, place[column], value) for n, (row, _known) in enumerate(rows) for column, value in row.items()
                ]
                if rows:
                    where = ([each[0] for each in cells], [each[1] for each in cells])
                    said[matrix] = csr_array(([each[2] for each in cells], where), shape=(len(rows), len(columns)))
                    said[side] = np.array([known for _row, known in rows])
            self.programs[part] = columns, said
            # Solutions that lie far apart show of most unknowns at once that they are wide.
            chance = np.random.default_rng(part)
            for _each in range(AT_ONCE if len(columns) > AT_ONCE else 0):
                goal = chance.integers(-1, 2, len(columns))
                self._found(part, goal)
                self._found(part, -goal)
        return self.programs[part]

    def width(self, name: str, enough: float) -> float:
        """How far apart the values are that the unknown can have; no more is looked for than ``enough``.

        Every solution tells something about every unknown, so most are wide before they are asked for.
        """
        if name not in self.unknown:
            return inf
        number = self.unknown[name]
        self._program(int(self.part[number]))
        for sign in (1, -1):
            if not self.high[number] - self.low[number] >= enough:
                self._solve(number, sign)
        return float(self.high[number] - self.low[number])

    def _solve(self, number: int, sign: int) -> None:
        part = int(self.part[number])
        columns, _said = self._program(part)
        self._found(part, np.where(columns == number, sign, 0))

    def _found(self, part: int, goal: Any) -> Any:
        """The solution that has least of the goal."""
        columns, said = self._program(part)
        found = linprog(goal, **said, bounds=(0, 1e6), method="highs")
        assert found.status == 0, found.message
        self.low[columns] = np.minimum(self.low[columns], found.x)
        self.high[columns] = np.maximum(self.high[columns], found.x)
        self.seen.setdefault(part, []).append(found.x)
        return found.x

    def apart(self, one: Term, other: Term, enough: float) -> float:
        """How far apart the values are that the difference of two terms can have; see :meth:`width`."""
        names = [name for name, _factor in (one, other) if name]
        parts = [int(self.part[self.unknown[name]]) for name in names if name in self.unknown]
        if len(set(parts)) == len(names):
            return sum(self.width(name, enough) for name in names)
        if len(parts) < len(names):
            return inf
        columns, _said = self._program(parts[0])
        goal = (columns == self.unknown[one[0]]) * one[1] - (columns == self.unknown[other[0]]) * other[1]
        for sign in (1, -1):
            differences = [goal @ solution for solution in self.seen.get(parts[0], ())]
            if not differences or max(differences) - min(differences) < enough:
                self._found(parts[0], sign * goal)
        differences = [goal @ solution for solution in self.seen[parts[0]]]
        return float(max(differences) - min(differences))


class Reader:
    """Reads payloads for one k, and says to a :class:`System` all that follows from them."""

    def __init__(self, contents: Mapping[int, Mapping[str, Any]], k: int) -> None:
        self.contents, self.k = contents, k
        self.system = System()
        self.figures = {number: content["figures"][str(k)] for number, content in contents.items()}
        for number in contents:
            self._read(number)
        for number, content in contents.items():
            if content["members"]:
                self._add_up(number, [each for each in content["members"] if each in contents])
        self.system.solve()

    def hidden(self) -> list[tuple[int, str, str]]:
        """Every hidden cell: snapshot, count and name of the cell."""
        return [
            (number, count, cell)
            for number, counts in self.figures.items()
            for count, cells in counts.items()
            for cell, value in cells.items()
            if value is None
        ]

    def width(self, number: int, count: str, cell: str, enough: float) -> float:
        """What the attacker finds of one hidden cell."""
        return self.system.width(self._name(number, count, cell), enough)

    def change(self, number: int, earlier: int, count: str, cell: str, enough: float) -> float:
        """What the attacker finds of how a cell differs from an earlier version."""
        return self.system.apart(self.term(number, count, cell), self.term(earlier, count, cell), enough)

    def left(self, number: int, count: str, part: str, cell: str, enough: float) -> float:
        """What the attacker finds of how many of a count are not in its part."""
        return self.system.apart(self.term(number, count, cell), self.term(number, part, cell), enough)

    def _name(self, number: int, count: str, cell: str) -> str:
        # Who writes to each person once reaches as many people as it has messages accepted.
        if not self.contents[number]["members"]:
            count = {"people": "accepted", "clickers": "clicked", "trackable_people": "trackable"}.get(count, count)
        return f"{number} {count} {cell}"

    def term(self, number: int, count: str, cell: str, factor: float = 1) -> Term:
        """A cell as a term: known, or an unknown; what is not there is 0."""
        cells = self.figures[number][count]
        value = cells.get(cell, 0)
        return (
            (self._name(number, count, cell), factor)
            if value is None
            else ("", factor * (value if value != "?" else 0))
        )

    def _read(self, number: int) -> None:
        figures = self.figures[number]
        for count in figures:
            if count in ADDED:
                for total, parts in lines(figures[count]):
                    self.system.says(
                        [self.term(number, count, total, -1), *(self.term(number, count, part) for part in parts)]
                    )
            if count in PEOPLE:
                for total, parts in lines(figures[count]):
                    for part in parts:
                        self.system.says(
                            [self.term(number, count, part), self.term(number, count, total, -1)], at_most=True
                        )
                    together = [self.term(number, count, part, -1) for part in parts]
                    self.system.says([self.term(number, count, total), *together], at_most=True)
            if PARTS.get(count) in figures:
                for cell in figures[count]:
                    self.system.says(
                        [self.term(number, count, cell), self.term(number, PARTS[count], cell, -1)], at_most=True
                    )
            if INNER.get(count) in figures:
                for cell in figures[count]:
                    self.system.says(
                        [self.term(number, INNER[count], cell), self.term(number, count, cell, -1)], at_most=True
                    )
            if SEEN.get(count) in figures:
                for cell in (cell for cell, value in figures[count].items() if value == "?"):
                    self.system.says([self.term(number, SEEN[count], cell)])
        for count, total in REASONS.items():
            if count in figures and total in figures and figures[count]:
                parts = [self.term(number, count, cell) for cell in figures[count]]
                self.system.says([self.term(number, total, "", -1), *parts])
        if {"planned", *PLANNED} <= figures.keys():
            self.system.says([self.term(number, "planned", "", -1), *(self.term(number, name, "") for name in PLANNED)])
        if "people" in figures and "accepted" in figures:
            for cell in figures["people"]:
                self.system.says(
                    [self.term(number, "people", cell), self.term(number, "accepted", cell, -1)], at_most=True
                )
        for story, total in (("story_clicked", "clicked"), ("story_cohort_clicks", "cohort_clicks")):
            for cell in figures.get(story, ()) if total in figures else ():
                self.system.says([self.term(number, story, cell), self.term(number, total, "", -1)], at_most=True)
        if figures.get("times"):
            cells = [payload.name_of(key) for key in map(payload.key_of, figures["times"])]
            self.system.says(
                [self.term(number, "people", "", -1), *(self.term(number, "times", cell) for cell in cells)]
            )
            often = [self.term(number, "times", cell, int(cell.split("=")[1][0])) for cell in cells]
            self.system.says([*often, self.term(number, "accepted", "", -1)], at_most=True)
            for cell in cells:
                if int(cell.split("=")[1][0]) > len(self.contents[number]["members"]):
                    self.system.says([self.term(number, "times", cell)])
            if len(self.contents[number]["members"]) <= 5:
                self.system.says([*often, self.term(number, "accepted", "", -1)])

    def _add_up(self, number: int, members: Sequence[int]) -> None:
        for count, cells in self.figures[number].items():
            if not all(count in self.figures[each] for each in members) or count == "times":
                continue
            names = {*cells, *(cell for each in members for cell in self.figures[each][count])}
            for cell in sorted(names):
                whole = self.term(number, count, cell, -1)
                if count in PEOPLE:
                    parts = [self.term(each, count, cell) for each in members]
                    for part in parts:
                        self.system.says([part, whole], at_most=True)
                    self.system.says([(whole[0], -whole[1]), *((part[0], -part[1]) for part in parts)], at_most=True)
                else:
                    self.system.says([whole, *(self.term(each, count, cell) for each in members)])
        for other, content in self.contents.items():
            if (
                other != number
                and content["members"]
                and set(content["members"]) < set(self.contents[number]["members"])
            ):
                # Who got many messages in a part of a period got no fewer in all of it.
                for least in (
                    range(2, 6) if {"times"} <= self.figures[number].keys() & self.figures[other].keys() else ()
                ):
                    self.system.says([*self._often(other, least, 1), *self._often(number, least, -1)], at_most=True)
                for count in PEOPLE & self.figures[number].keys() & self.figures[other].keys():
                    for cell in self.figures[other][count]:
                        self.system.says(
                            [self.term(other, count, cell), self.term(number, count, cell, -1)], at_most=True
                        )

    def _often(self, number: int, least: int, factor: float) -> list[Term]:
        cells = self.figures[number]["times"]
        return [self.term(number, "times", cell, factor) for cell in cells if int(cell.split("=")[1][0]) >= least]


def sensitive(counts: Mapping[str, Mapping[str, int]], k: int) -> dict[tuple[str, str], int]:
    """What may not be read for its own sake, by count and name of the cell, and how wide its interval has to be.

    That is, of what is not 0: few; a part that leaves few others, or none; what is left few of, or nothing, without
    its own part; a stated gender that holds everybody of a
    line, or everybody in a segment who stated one.
    """
    found: dict[tuple[str, str], int] = {}
    for count, cells in counts.items():
        whole = counts.get(PARTS.get(count, ""), {}) if count in PARTS else None
        for cell, value in cells.items():
            rest = None if whole is None else whole.get(cell, 0) - value
            left = value - counts.get(INNER[count], {}).get(cell, 0) if count in INNER else None
            if value and (
                value < k
                or (rest is not None and rest < k)
                or (left is not None and left < k)
                or (count in ("accepted", "people") and says_a_gender(cells, cell))
            ):
                found[count, cell] = k if whole is None else min(k, whole.get(cell, 0))
    return found


def left(counts: Mapping[str, Mapping[str, int]], k: int) -> dict[tuple[str, str, str], int]:
    """What few are left of without their part, as who allows personal links and did not click: both counts, the cell,
    and how wide the interval of the difference has to be."""
    return {
        (count, part, cell): min(k, counts.get(PARTS[count], {}).get(cell, 0))
        for count, part in INNER.items()
        for cell, value in counts.get(count, {}).items()
        if 0 < value - counts.get(part, {}).get(cell, 0) < k
    }


def changed(
    counts: Mapping[str, Mapping[str, int]], earlier: Mapping[str, Mapping[str, int]], k: int
) -> dict[tuple[str, str], int]:
    """What differs from an earlier version by few, and how wide the interval of the difference has to be."""
    found = {}
    for count, cells in counts.items():
        whole = counts.get(PARTS.get(count, ""), {}) if count in PARTS else None
        for cell in {*cells, *earlier.get(count, {})}:
            value, before = cells.get(cell, 0), earlier.get(count, {}).get(cell, 0)
            if 0 < abs(value - before) < k:
                found[count, cell] = k if whole is None else min(k, whole.get(cell, 0))
    return found


def says_a_gender(cells: Mapping[str, int], cell: str) -> bool:
    """Whether everybody of a segment, or of those in it who stated a gender, is of one gender."""
    places = dict(zip(AXES, payload.key_of(cell), strict=True))
    if places["gender"] in (ALL, "", "undisclosed"):
        return False

    def value(**others: str) -> int:
        return cells.get(payload.name_of(tuple({**places, **others}.values())), 0)

    stated = sum(value(gender=gender) for gender in ("woman", "man", "another"))
    return cells[cell] in (value(gender=ALL), stated)


def lines(cells: Iterable[str]) -> list[tuple[str, list[str]]]:
    """Every total with the cells that add up to it, along each axis of each table."""
    found: dict[tuple[Any, ...], set[Any]] = {}
    for key in map(payload.key_of, cells):
        for axis, place in enumerate(key):
            if place != ALL:
                found.setdefault((axis, (*key[:axis], ALL, *key[axis + 1 :])), set()).add(key)
    return [
        (payload.name_of(total), sorted(payload.name_of(part) for part in parts))
        for (_axis, total), parts in found.items()
    ]


def key(**places: str) -> tuple[Any, ...]:
    """The cell with these places."""
    return tuple(places.get(axis, ALL) for axis in AXES)


def table(axes: Mapping[str, Sequence[str]], counts: Mapping[tuple[str, ...], int]) -> dict[Any, int]:
    """Every cell and margin of a table from the counts of its inner cells."""
    cells: dict[Any, int] = {}
    for inner in product(*axes.values()):
        for places in product(*((place, ALL) for place in inner)):
            at = key(**dict(zip(axes, places, strict=True)))
            cells[at] = cells.get(at, 0) + counts.get(inner, 0)
    return cells
