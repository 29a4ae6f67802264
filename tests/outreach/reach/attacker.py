"""Somebody who knows everything that is shown and computes what is hidden: exactly, with fractions."""

from collections.abc import Callable, Iterable, Mapping, Sequence
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
    """How far apart the values are that equations allow an unknown if none is negative (simplex method).

    Each solution on the way to an end tells something about every unknown, so few ends have to be gone to.
    """

    def __init__(self, rows: Sequence[Equation]) -> None:
        self.names = {name for row, _known in rows for name in row}
        self.rows: dict[str, Row] = {}
        for number, (row, known) in enumerate(rows):
            sign = -1 if known < 0 else 1
            line = {name: Fraction(sign * factor) for name, factor in row.items()}
            self.rows[f"artificial {number}"] = line | {KNOWN: Fraction(sign * known)}
        self._find_a_solution()
        self._lowest, self._highest = self._solution(), self._solution()

    def differ_by(self, name: str, least: int) -> bool:
        """Whether two of the values that ``name`` may have are at least that far apart."""

        def enough() -> bool:
            return self._highest[name] - self._lowest[name] >= least

        return enough() or any(self._climb_to(name, sign, enough) or enough() for sign in (1, -1))

    def _climb_to(self, name: str, sign: int, enough: Callable[[], bool]) -> bool:
        """Go to the upper or the lower end, or until it is far enough; whether there is no end."""
        goal: Row = {name: Fraction(sign)}
        if name in self.rows:
            goal = {each: -sign * value for each, value in self.rows[name].items() if each != KNOWN}
        return self._climb(goal, enough) is None

    def _solution(self) -> Row:
        """What each unknown amounts to where the climb stands."""
        return {name: self.rows.get(name, {}).get(KNOWN, Fraction(0)) for name in self.names}

    def _remember(self) -> None:
        for name, value in self._solution().items():
            self._lowest[name] = min(self._lowest[name], value)
            self._highest[name] = max(self._highest[name], value)

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

    def _climb(self, goal: Row, enough: Callable[[], bool] | None = None) -> Fraction | None:
        """Raise the goal by exchanging unknowns (Bland's rule, which always ends); what is left of its constant."""
        while True:
            if enough:
                self._remember()
                if enough():
                    return goal.get(KNOWN, Fraction(0))
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
