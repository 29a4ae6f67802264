"""How far apart the values are that unknown numbers can have, given all that is said of them: linear programming."""

from collections.abc import Iterable, Mapping
from math import inf
from typing import Any

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

Term = tuple[str, float]
"""An unknown by its name, or an empty name, with its factor or value."""

NEARLY = 1e-6
MOST = 1e6
PATIENCE = 3
"""So many pairs of programs in turn may move nothing further before each unknown is looked at by itself."""


class System:
    """Linear equations and inequalities over unknowns that are not negative, but for those of a difference."""

    def __init__(self) -> None:
        self.unknown: dict[str, int] = {}
        self.rows: list[tuple[dict[int, float], float, bool]] = []
        self.signed: set[int] = set()

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
            self.rows.append((row, -known, at_most))
        else:
            assert known <= NEARLY if at_most else abs(known) < NEARLY, known

    def difference(self, name: str, one: Term, other: Term) -> None:
        """Call the difference of two terms by a name."""
        self.says([(name, -1), one, (other[0], -other[1])])
        self.signed.add(self.unknown[name])

    def solve(self) -> None:
        """Divide the unknowns into those that hang together; after this, nothing more can be said."""
        size = len(self.unknown)
        self.low, self.high = np.full(size, inf), np.full(size, -inf)
        links = [(next(iter(row)), column) for row, _known, _at_most in self.rows for column in row]
        at = ([one for one, _other in links], [other for _one, other in links])
        _count, self.part = connected_components(
            coo_array((np.ones(len(links)), at), shape=(size, size)), directed=False
        )
        self.rows_of: dict[int, list[tuple[dict[int, float], float, bool]]] = {}
        for row in self.rows:
            self.rows_of.setdefault(int(self.part[next(iter(row[0]))]), []).append(row)
        self.programs: dict[int, tuple[Any, dict[str, Any]]] = {}

    def widths(self, wanted: Mapping[str, float]) -> dict[str, float]:
        """How far apart the values are that each unknown can have; no more is looked for than is wanted.

        First a few programs move all that are still too narrow at once; only what stays narrow is asked for by itself.
        """
        least = {self.unknown[name]: enough for name, enough in wanted.items() if name in self.unknown}
        for part in {int(self.part[number]) for number in least}:
            self._widen(part, {number: enough for number, enough in least.items() if self.part[number] == part})
        for number, enough in least.items():
            for sign in (1, -1):
                if self._width(number) < enough - NEARLY:
                    self._run(int(self.part[number]), {number: sign})
        return {name: self._width(self.unknown[name]) if name in self.unknown else inf for name in wanted}

    def _width(self, number: int) -> float:
        return float(self.high[number] - self.low[number])

    def _widen(self, part: int, wanted: Mapping[int, float]) -> None:
        """Move all that are still too narrow at once, each in a direction by chance, and then back."""
        chance, idle = np.random.default_rng(0), 0
        self._run(part, {})
        while idle < PATIENCE:
            narrow = [number for number, enough in wanted.items() if self._width(number) < enough - NEARLY]
            if not narrow:
                return
            before = sum(self._width(number) for number in narrow)
            goal = dict(zip(narrow, chance.normal(size=len(narrow)), strict=True))
            for sign in (1, -1):
                self._run(part, {number: sign * value for number, value in goal.items()})
            after = sum(min(self._width(number), wanted[number]) for number in narrow)
            idle = 0 if after > before + NEARLY else idle + 1

    def _run(self, part: int, goal: Mapping[int, float]) -> None:
        columns, said = self._program(part)
        self._see(columns, linprog(np.array([goal.get(int(column), 0) for column in columns]), **said))

    def _see(self, columns: Any, found: Any) -> None:
        assert found.status == 0, found.message
        self.low[columns] = np.minimum(self.low[columns], found.x)
        self.high[columns] = np.maximum(self.high[columns], found.x)

    def _program(self, part: int) -> tuple[Any, dict[str, Any]]:
        """The unknowns of a part, and what is said of them as the solver wants it; made once."""
        if part not in self.programs:
            columns = np.flatnonzero(self.part == part)
            place = {int(column): number for number, column in enumerate(columns)}
            said: dict[str, Any] = {
                "bounds": np.array([(-MOST if int(column) in self.signed else 0, MOST) for column in columns])
            }
            for at_most, matrix, side in ((False, "A_eq", "b_eq"), (True, "A_ub", "b_ub")):
                rows = [(row, known) for row, known, which in self.rows_of.get(part, ()) if which is at_most]
                cells = [
                    (n, place[column], value) for n, (row, _known) in enumerate(rows) for column, value in row.items()
                ]
                where = ([each[0] for each in cells], [each[1] for each in cells])
                said[matrix] = csr_array(([each[2] for each in cells], where), shape=(len(rows), len(columns)))
                said[side] = np.array([known for _row, known in rows])
            self.programs[part] = columns, said
        return self.programs[part]
