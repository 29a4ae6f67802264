"""Somebody who knows everything that is shown and computes what is hidden: exactly, with fractions."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import product

from outreach.reach.disclosure import Key, Line

ALL = "*"
KNOWN = ""
Equation = tuple[dict[str, int], int]
Row = dict[str, Fraction]


def table(axes: Sequence[Sequence[str]], counts: Mapping[Key, int]) -> tuple[dict[Key, int], list[Line]]:
    """Every cell and margin of a table, and its lines, from the counts of its inner cells."""
    cells: dict[Key, int] = {}
    for inner in product(*axes):
        for key in product(*((place, ALL) for place in inner)):
            cells[key] = cells.get(key, 0) + counts[inner]
    lines = []
    for axis, places in enumerate(axes):
        for rest in product(*(each if number == axis else (*each, ALL) for number, each in enumerate(axes))):
            if rest[axis] == places[0]:
                parts = tuple((*rest[:axis], place, *rest[axis + 1 :]) for place in places)
                lines.append(Line((*rest[:axis], ALL, *rest[axis + 1 :]), parts))
    return cells, lines


def equations(name: str, cells: Mapping[Key, int], lines: Iterable[Line], hidden: Iterable[Key]) -> list[Equation]:
    """What each line says about the hidden cells: their sum with signs, and what it amounts to."""
    unknown = set(hidden)
    found = []
    for line in lines:
        row = {f"{name}{part}": 1 for part in line.parts if part in unknown}
        known = -sum(cells.get(part, 0) for part in line.parts if part not in unknown)
        if line.total in unknown:
            row[f"{name}{line.total}"] = -1
        else:
            known += cells.get(line.total, 0)
        if row:
            found.append((row, known))
    return found


def determined(rows: Iterable[Equation]) -> set[str]:
    """The unknowns that the equations alone give away, by elimination over the rationals."""
    solved: list[dict[str, Fraction]] = []
    for row, _known in rows:
        left = {name: Fraction(factor) for name, factor in row.items()}
        for each in solved:
            _eliminate(left, each)
        if left:
            lead = next(iter(left.values()))
            left = {name: factor / lead for name, factor in left.items()}
            for each in solved:
                _eliminate(each, left)
            solved.append(left)
    return {next(iter(row)) for row in solved if len(row) == 1}


def _eliminate(row: dict[str, Fraction], by: dict[str, Fraction]) -> None:
    factor = row.get(next(iter(by)), Fraction(0))
    if factor:
        for name, each in by.items():
            row[name] = row.get(name, Fraction(0)) - factor * each
            if not row[name]:
                del row[name]


class Ranges:
    """How far apart the values are that equations allow an unknown if none is negative (simplex method)."""

    def __init__(self, rows: Sequence[Equation]) -> None:
        self.names = {name for row, _known in rows for name in row}
        self.rows: dict[str, Row] = {}
        for number, (row, known) in enumerate(rows):
            sign = -1 if known < 0 else 1
            line = {name: Fraction(sign * factor) for name, factor in row.items()}
            self.rows[f"artificial {number}"] = line | {KNOWN: Fraction(sign * known)}
        self._find_a_solution()

    def width(self, name: str) -> Fraction | None:
        """How far apart the ends are; ``None`` if there is no upper end."""
        top, bottom = self._most({name: Fraction(1)}), self._most({name: Fraction(-1)})
        assert bottom is not None
        return None if top is None else top + bottom

    def _find_a_solution(self) -> None:
        artificial = set(self.rows)
        goal: Row = {}
        for row in self.rows.values():
            _add(goal, row, Fraction(1))
        shortfall = self._climb(goal)
        assert shortfall == 0
        for name in artificial & set(self.rows):
            other = next((each for each in self.rows[name] if each != KNOWN and each not in artificial), None)
            if other is None:
                del self.rows[name]
            else:
                self._pivot(name, other, {})
        for row in self.rows.values():
            for name in artificial & set(row):
                del row[name]

    def _most(self, goal: Row) -> Fraction | None:
        goal = dict(goal)
        start = Fraction(0)
        for name in set(goal) & set(self.rows):
            factor = goal.pop(name)
            _add(goal, {each: -value for each, value in self.rows[name].items() if each != KNOWN}, factor)
            start += factor * self.rows[name].get(KNOWN, Fraction(0))
        goal[KNOWN] = -start
        left = self._climb(goal)
        return None if left is None else -left

    def _climb(self, goal: Row) -> Fraction | None:
        """Raise the goal by exchanging unknowns (Bland's rule, which always ends); what is left of its constant."""
        while True:
            entering = min((name for name, factor in goal.items() if name != KNOWN and factor > 0), default=None)
            if entering is None:
                return goal.get(KNOWN, Fraction(0))
            ratios = [
                (row.get(KNOWN, Fraction(0)) / row[entering], name)
                for name, row in self.rows.items()
                if row.get(entering, 0) > 0
            ]
            if not ratios:
                return None
            self._pivot(min(ratios)[1], entering, goal)

    def _pivot(self, leaving: str, entering: str, goal: Row) -> None:
        row = self.rows.pop(leaving)
        lead = row.pop(entering)
        row = {name: factor / lead for name, factor in row.items()}
        if not leaving.startswith("artificial"):
            row[leaving] = 1 / lead
        for other in (*self.rows.values(), goal):
            if entering in other:
                _add(other, row, -other.pop(entering))
        self.rows[entering] = row


def _add(row: Row, other: Row, factor: Fraction) -> None:
    for name, value in other.items():
        row[name] = row.get(name, Fraction(0)) + factor * value
        if not row[name]:
            del row[name]
