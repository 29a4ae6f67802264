"""Somebody who knows everything that is shown, and all rules by which figures hang together, and computes the rest.

What they can know of a hidden cell is the interval of its possible values, given that nothing is negative, that every
sum adds up, that people in a part are no more than in the whole, and which broadcasts people got in which periods.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations, product
from typing import Any

from outreach.audience.choices import ChannelName
from outreach.broadcasts.audience import Reason
from outreach.reach.counts import ALL, AXES
from outreach.reach.disclosure import POPULATIONS
from outreach.reach.snapshots import payload
from outreach.reach.snapshots.sealed import REMAINDERS

from .unknowns import System, Term

Question = tuple[int, str, str]
"""A snapshot, a count and the name of a cell."""

PARTS = {
    name: population.whole_of(name)
    for population in POPULATIONS
    for name in population.names
    if population.whole_of(name)
}
PEOPLE = {name for population in POPULATIONS for name in population.distinct}
MESSAGES = {"people": "accepted", "clickers": "clicked", "trackable_people": "trackable"}
"""The messages by which people are counted: there are at least as many, and of one broadcast just as many."""

STORIES = {"story_clicked": "clicked", "story_cohort_clicks": "cohort_clicks"}
ADDED = [name for each in POPULATIONS for name in each.sums if name not in (*STORIES, "idle")]
WHOLES = {**REMAINDERS, "otherwise": ("unaccepted", "bounced")}
"""By what is left: of which total, without which part."""

MOST_PATTERNS = 10
"""Of more broadcasts it would take too long to look at every set of them that somebody may have got."""


class Reader:
    """Reads payloads for one k, and says to a :class:`System` all that follows from them.

    ``changes`` are cells of a snapshot and an earlier version of which the difference will be asked for. ``at_least``
    has bounds that were read elsewhere: of a snapshot's count and cell the lowest and the highest value.
    """

    def __init__(
        self,
        contents: Mapping[int, Mapping[str, Any]],
        k: int,
        changes: Iterable[tuple[Question, int]] = (),
        bounds: Mapping[Question, tuple[float, float]] | None = None,
    ) -> None:
        self.contents, self.k = contents, k
        self.system = System()
        self.figures = {number: content["figures"][str(k)] for number, content in contents.items()}
        self.members = {
            number: frozenset(content["members"])
            for number, content in contents.items()
            if content["members"] and set(content["members"]) <= contents.keys()
        }
        for number in contents:
            self._read(number)
        for number in self.members:
            self._add_up(number)
            self._compare(number)
        self._tell_patterns()
        for (number, count, cell), (low, high) in (bounds or {}).items():
            self.system.says([("", low), self.term(number, count, cell, -1)], at_most=True)
            self.system.says([self.term(number, count, cell), ("", -high)], at_most=True)
        for question, earlier in changes:
            one, other = self.term(*question), self.term(earlier, *question[1:])
            if one[0] and other[0]:
                self.system.difference(_change(question, earlier), one, other)
        self.system.solve()

    def widths(self, wanted: Mapping[Question, float]) -> dict[Question, float]:
        """What the attacker finds of hidden cells; no more is looked for than is wanted."""
        found = self.system.widths({self._name(*question): enough for question, enough in wanted.items()})
        return {question: found[self._name(*question)] for question in wanted}

    def changes(self, wanted: Mapping[tuple[Question, int], float]) -> dict[tuple[Question, int], float]:
        """What the attacker finds of how cells differ from an earlier version."""
        names: dict[tuple[Question, int], str] = {}
        for question, earlier in wanted:
            one, other = self.term(*question)[0], self.term(earlier, *question[1:])[0]
            names[question, earlier] = _change(question, earlier) if one and other else one or other
        asked = {names[each]: enough for each, enough in wanted.items() if names[each]}
        found = self.system.widths(asked)
        return {each: found.get(names[each], 0.0) for each in wanted}

    def left(self, number: int, count: str, part: str, cell: str, enough: float) -> float:
        """What the attacker finds of how many of a count are not in its part."""
        return self.system.apart(self.term(number, count, cell), self.term(number, part, cell), enough)

    def _name(self, number: int, count: str, cell: str) -> str:
        # Who writes to each person once reaches as many people as it has messages accepted.
        if not self.contents[number]["members"]:
            count = {**MESSAGES, "idle": "unclicked"}.get(count, count)
        return f"{number} {count} {cell}"

    def term(self, number: int, count: str, cell: str, factor: float = 1) -> Term:
        """A cell as a term: known, or an unknown; what is not there is 0, unless nobody is shown the count."""
        value = self.figures[number].get(count, {}).get(cell, 0 if count in self.figures[number] else None)
        if value is None:
            return self._name(number, count, cell), factor
        return "", factor * (value if value != "?" else 0)

    def _read(self, number: int) -> None:
        figures, says = self.figures[number], self.system.says

        def at_most(one: tuple[str, str], other: tuple[str, str]) -> None:
            says([self.term(number, *one), self.term(number, *other, -1)], at_most=True)

        for count in figures:
            for total, parts in lines(figures[count]) if count in {*ADDED, *PEOPLE} else ():
                together = [self.term(number, count, part) for part in parts]
                says([self.term(number, count, total), *((name, -value) for name, value in together)], at_most=True)
                if count in ADDED:
                    says([self.term(number, count, total, -1), *together])
                for part in parts if count in PEOPLE else ():
                    at_most((count, part), (count, total))
            for cell in figures[count]:
                for whole in {PARTS.get(count), MESSAGES.get(count)} & figures.keys():
                    at_most((count, cell), (whole, cell))
        for rest, (whole, part) in WHOLES.items():
            if {whole, part} <= figures.keys():
                says([self.term(number, rest, ""), self.term(number, part, ""), self.term(number, whole, "", -1)])
        if {"planned", "accepted", "unaccepted"} <= figures.keys():
            at_most(("unaccepted", ""), ("missed", ""))
        for story, total in STORIES.items():
            if {story, total} <= figures.keys() and figures[story]:
                every = [self.term(number, story, cell, -1) for cell in figures[story]]
                says([self.term(number, total, ""), *every], at_most=True)
                if story == "story_cohort_clicks":
                    says([self.term(number, total, ""), *every])
                for cell in figures[story]:
                    at_most((story, cell), (total, ""))
        for cell in set(figures.get("story_clicked", ())) | set(figures.get("story_cohort_clicks", ())):
            # There is a row only for what somebody followed.
            says([("", 1), *(self.term(number, story, cell, -1) for story in STORIES)], at_most=True)
        for count in ("excluded", "times"):
            for cell in self._listed(number, count) if figures.get(count) else ():
                says([("", 1), self.term(number, count, cell, -1)], at_most=True)

    def _listed(self, number: int, count: str) -> list[str]:
        """The cells of a table that are there only because somebody is in them: others of the same kind are not."""
        places = {
            "times": {"times": [*"1234", "5+"]},
            "excluded": {"reason": Reason.values, "channel": ChannelName.values},
        }[count]
        cells = self.figures[number][count]
        every = {axis: [payload.name_of(key(**{axis: place})) for place in all_of] for axis, all_of in places.items()}
        return [cell for names in every.values() if not set(names) <= cells.keys() for cell in names if cell in cells]

    def _add_up(self, number: int) -> None:
        members = self.members[number]
        for count, cells in self.figures[number].items():
            if not all(count in self.figures[each] for each in members) or count == "times":
                continue
            for cell in sorted({*cells, *(cell for each in members for cell in self.figures[each][count])}):
                whole = self.term(number, count, cell, -1)
                if count not in PEOPLE:
                    self.system.says([whole, *(self.term(each, count, cell) for each in members)])
                    continue
                for each in members:
                    self.system.says([self.term(each, count, cell), whole], at_most=True)

    def _compare(self, number: int) -> None:
        """People of a period are no fewer than in its parts, and no more than in parts that make it up together."""
        figures = self.figures[number]
        inner = [each for each, members in self.members.items() if each != number and members <= self.members[number]]
        covers = list(self._covers(number, [each for each in inner if self.members[each] < self.members[number]]))
        known = [self.figures[each].keys() for each in self.members[number]]
        for count in (PEOPLE & figures.keys()).intersection(*known):
            cells = {*figures[count], *(cell for each in self.members[number] for cell in self.figures[each][count])}
            for cell, each in product(cells, inner):
                self.system.says([self.term(each, count, cell), self.term(number, count, cell, -1)], at_most=True)
            for cell, (parts, twice) in product(cells, covers):
                together = [self.term(each, count, cell, -1) for each in parts]
                both = [self.term(twice, count, cell)] if twice else []
                self.system.says([self.term(number, count, cell), *both, *together], at_most=True)

    def _covers(self, number: int, inner: Sequence[int]) -> Iterator[tuple[tuple[int, ...], int]]:
        """Periods and broadcasts that make up a period, and of two that overlap what is in both of them."""
        members = self.members[number]
        for length in range(4):
            for some in combinations(inner, length):
                held = frozenset().union(*(self.members[each] for each in some))
                twice = sum(len(self.members[each]) for each in some) - len(held)
                rest = tuple(members - held)
                if not twice:
                    yield (*some, *rest), 0
                elif length == 2:
                    shared = self.members[some[0]] & self.members[some[1]]
                    named = [each for each, its in self.members.items() if its == shared]
                    for each in shared if len(shared) > 1 and not named else (named or shared):
                        yield (*some, *rest), each

    def _tell_patterns(self) -> None:
        """How many people got which broadcasts: every total of people, and who got how many, is a sum of these."""
        told = [each for each in self.members if "times" in self.figures[each]]
        for group in self._groups(told):
            broadcasts = sorted(set().union(*(self.members[each] for each in group)))
            if len(broadcasts) > MOST_PATTERNS:
                continue
            patterns = [frozenset(some) for n in range(len(broadcasts)) for some in combinations(broadcasts, n + 1)]
            names = {some: f"got {sorted(some)}" for some in patterns}
            for each in broadcasts:
                self.system.says(
                    [self.term(each, "people", "", -1), *((names[some], 1) for some in patterns if each in some)]
                )
            for period in group:
                shared = {some: len(some & self.members[period]) for some in patterns}
                self.system.says(
                    [self.term(period, "people", "", -1), *((names[some], 1) for some in patterns if shared[some])]
                )
                for times in ("1", "2", "3", "4", "5+"):
                    its = [(names[some], 1.0) for some in patterns if _times(shared[some]) == times]
                    self.system.says([self.term(period, "times", f"times={times.replace('+', '%2B')}", -1), *its])

    def _groups(self, periods: Iterable[int]) -> list[set[int]]:
        """Periods that share a broadcast, directly or through others."""
        groups: list[set[int]] = []
        for period in periods:
            near = [each for each in groups if any(self.members[one] & self.members[period] for one in each)]
            groups = [each for each in groups if each not in near] + [{period}.union(*near)]
        return groups


def _times(number: int) -> str:
    return "5+" if number >= 5 else str(number)


def _change(question: Question, earlier: int) -> str:
    return f"{question} since {earlier}"


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
