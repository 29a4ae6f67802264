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

from .sensitive import INNER, PARTS
from .unknowns import System, Term

Question = tuple[int, str, str]
"""A snapshot, a count and the name of a cell."""

PEOPLE = {name for population in POPULATIONS for name in population.distinct}
MESSAGES = {"people": "accepted", "clickers": "clicked", "trackable_people": "trackable"}
"""The messages by which people are counted: there are at least as many, and of one broadcast just as many."""

WITHIN = {"machine_opened": "open_trackable"}
"""A count that is known to be no more than another, besides those that are hidden as parts of each other."""

SEEN = {"clicked": ("trackable_people", "trackable"), "clickers": ("trackable_people", "trackable")}
"""Where the first is unknown, everybody reads that there is nobody of the others; where it is a number, that there is
somebody."""

STORIES = {"story_clicked": "clicked", "story_cohort_clicks": "cohort_clicks"}
REASONS = {"machine_click_reasons": "machine_clicks", "machine_open_reasons": "machine_opened"}
"""Counts by reason, and the total to which they add up."""

ADDED = [name for each in POPULATIONS for name in each.sums if name not in (*STORIES, *REASONS)]
PLANNED = ("accepted", "bounced", "failed", "unsent")
"""What became of everything that was planned."""

MOST_PATTERNS = 10
"""Of more broadcasts it would take too long to look at every set of them that somebody may have got."""


class Reader:
    """Reads payloads for one k, and says to a :class:`System` all that follows from them.

    ``pairs`` are questions of which the difference will be asked for: a cell of a snapshot and of an earlier version,
    or of a count and of its part.
    """

    def __init__(
        self, contents: Mapping[int, Mapping[str, Any]], k: int, pairs: Iterable[tuple[Question, Question]] = ()
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
        for one, other in pairs:
            terms = self.term(*one), self.term(*other)
            if all(name for name, _factor in terms):
                self.system.difference(_difference(one, other), *terms)
        self.system.solve()

    def widths(self, wanted: Mapping[Question, float]) -> dict[Question, float]:
        """What the attacker finds of hidden cells; no more is looked for than is wanted."""
        found = self.system.widths({self._name(*question): enough for question, enough in wanted.items()})
        return {question: found[self._name(*question)] for question in wanted}

    def differences(self, wanted: Mapping[tuple[Question, Question], float]) -> dict[tuple[Question, Question], float]:
        """What the attacker finds of how much one cell is more than another; these pairs were announced."""
        names: dict[tuple[Question, Question], str] = {}
        for one, other in wanted:
            first, second = self.term(*one)[0], self.term(*other)[0]
            names[one, other] = _difference(one, other) if first and second else first or second
        asked = {names[each]: enough for each, enough in wanted.items() if names[each]}
        found = self.system.widths(asked)
        return {each: found.get(names[each], 0.0) for each in wanted}

    def _name(self, number: int, count: str, cell: str) -> str:
        # Who writes to each person once reaches as many people as it has messages accepted.
        if not self.contents[number]["members"]:
            count = MESSAGES.get(count, count)
        return f"{number} {count} {cell}"

    def term(self, number: int, count: str, cell: str, factor: float = 1) -> Term:
        """A cell as a term: known, or an unknown; what is not there is 0, unless nobody is shown the count."""
        value = self.figures[number].get(count, {}).get(cell, 0 if count in self.figures[number] else None)
        if value is None:
            return self._name(number, count, cell), factor
        return "", factor * (value if value != "?" else 0)

    def _read(self, number: int) -> None:
        figures, says = self.figures[number], self.system.says

        tables = {count: {_axes(cell) for cell in cells} for count, cells in figures.items()}

        def at_most(one: tuple[str, str], other: tuple[str, str]) -> None:
            if _axes(one[1]) in tables[one[0]] & tables[other[0]]:
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
                for whole in {PARTS.get(count), MESSAGES.get(count), WITHIN.get(count)} & figures.keys():
                    at_most((count, cell), (whole, cell))
                for part in {INNER.get(count)} & figures.keys():
                    at_most((part, cell), (count, cell))
        for count, total in REASONS.items():
            if {count, total} <= figures.keys() and figures[count]:
                says([self.term(number, total, "", -1), *(self.term(number, count, cell) for cell in figures[count])])
        if {"planned", *PLANNED} <= figures.keys():
            says([self.term(number, "planned", "", -1), *(self.term(number, name, "") for name in PLANNED)])
        for count in SEEN.keys() & figures.keys():
            self._read_who_can_be_seen(number, count)
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

    def _read_who_can_be_seen(self, number: int, count: str) -> None:
        for cell, value in self.figures[number][count].items():
            for other in SEEN[count] if value is not None else ():
                if other not in self.figures[number] or (other not in PEOPLE and cell):
                    continue
                if value == payload.UNKNOWN:
                    self.system.says([self.term(number, other, cell)])
                else:
                    self.system.says([("", 1), self.term(number, other, cell, -1)], at_most=True)

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


def _axes(cell: str) -> frozenset[str]:
    return frozenset(axis for axis, place in zip(AXES, payload.key_of(cell), strict=True) if place != ALL)


def _times(number: int) -> str:
    return "5+" if number >= 5 else str(number)


def _difference(one: Question, other: Question) -> str:
    return f"{one} without {other}"


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
