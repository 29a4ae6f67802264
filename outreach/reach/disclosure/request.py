"""What is asked of one new scope: its counts beside everything that was stored before, population by population."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

from .across import Base, Sum, hide_across
from .frequency import Limits, limits_of, still_hides, total_of, totals_tell
from .keys import ALL, Counts, Key, Layout, axes_of, layout
from .population import Population
from .within import GENDER_AXIS, Figures, hide_within, telling

GENDERS = ("woman", "man", "another", "undisclosed", "")
RECENT = 12
"""How many of the broadcasts before count for what is hidden as a habit."""

PEOPLE = "people"
FREQUENCY = "times"
"""The name of the count of people by how many messages they got."""


@dataclass(frozen=True)
class Published:
    """A scope that was stored: its true counts, what it hides, and the numbers of the broadcasts that it sums up.

    ``earlier`` are the counts of the versions before it, ``versions`` the numbers of all versions of its broadcasts.
    """

    number: int
    counts: Mapping[str, Counts]
    hidden: Mapping[str, frozenset[Key]]
    members: frozenset[int] = field(default_factory=frozenset)
    earlier: Sequence[Mapping[str, Counts]] = ()
    versions: frozenset[int] = field(default_factory=frozenset)


class Besides(Protocol):
    """What is told besides of counts that others were protected without."""

    def figures(
        self, plain: Figures, names: tuple[str, ...], counts: Mapping[str, Counts], stored: Published | None
    ) -> Figures:
        """The figures of the counts with these names, given that, in a stored scope or in the new one."""
        ...

    def movable(self, hidden: frozenset[Key], stored: Published | None) -> frozenset[Key]:
        """Those of the hidden cells that can still move."""
        ...


@dataclass(frozen=True)
class Request:
    """One new scope: see :func:`.protecting.protect` for what its fields are."""

    counts: Mapping[str, Counts]
    k: int
    members: frozenset[int]
    past: Sequence[Published]
    earlier: Sequence[Mapping[str, Counts]]
    already: Mapping[str, frozenset[Key]]
    populations: Sequence[Population]

    def hide(self, population: Population, before: Mapping[str, frozenset[Key]]) -> dict[str, frozenset[Key]]:
        """What the counts of one population hide: all of them alike, unless it is only the people that say too much."""
        names = self.names_of(population)
        if not population.of_people:
            return dict.fromkeys(names, frozenset())
        found, cells = self.hidden_alone(population, before, names, tells=self.hides_people)
        if not self.hides_people or population.totals_only:
            return dict.fromkeys(names, found)
        return self._with_sums(population, names, found, frozenset(cells.keys))

    def hidden_alone(
        self, population: Population, before: Mapping[str, frozenset[Key]], names: tuple[str, ...], *, tells: bool
    ) -> tuple[frozenset[Key], Layout]:
        """What one population hides, and its tables; ``tells`` as in :attr:`hides_people`."""
        wholes = self.wholes_of(population)
        cells = self.layout_of(population)
        wanted: set[Key] = set()
        for name in (*wholes, *names):
            wanted |= before.get(name, frozenset()) | self.already.get(name, frozenset())
        if cells.total in before.get(population.under, frozenset()):
            return frozenset(cells.keys), cells
        if population.margins_only:
            wanted.update(key for table in cells.tables if len(table.axes) > 1 for key in table.inner)
        return self.completed(population, names, cells, wanted, tells=tells), cells

    def completed(
        self,
        population: Population,
        names: tuple[str, ...],
        cells: Layout,
        wanted: Collection[Key],
        *,
        tells: bool,
        besides: "Besides | None" = None,
    ) -> frozenset[Key]:
        """``wanted``, and whatever else has to be hidden with it; given also what is told besides, if anything is."""

        def figures(counts: Mapping[str, Counts], stored: Published | None = None) -> Figures:
            plain = self.figures(counts, population, names)
            return besides.figures(plain, names, counts, stored) if besides else plain

        def hidden_of(each: Published) -> frozenset[Key]:
            theirs = hidden_alike(each.hidden, names)
            return besides.movable(theirs, each) if besides else theirs

        sensitive = self._sensitive(self.counts, self.earlier, tells, population, names, cells)
        if not self.members:
            return hide_within(
                layout=cells,
                figures=figures(self.counts),
                k=self.k,
                hidden=wanted,
                sensitive=sensitive,
                habits=self._habits(names),
                total_tells=population.nobody_is_told,
            )
        before = [
            (each, self._sensitive(each.counts, each.earlier, self._hid_people(each), population, names, cells))
            for each in self.past
        ]
        return hide_across(
            layout=cells,
            figures=figures(self.counts),
            k=self.k,
            members=self.members,
            bases={
                each.number: Base(figures(each.counts, each), hidden_of(each), theirs)
                for each, theirs in before
                if not each.members
            },
            sums=[
                Sum(figures(each.counts, each), each.members, theirs, set(hidden_of(each)))
                for each, theirs in before
                if each.members
            ],
            hidden=wanted,
            sensitive=sensitive,
            total_tells=population.nobody_is_told,
        )

    def names_of(self, population: Population) -> tuple[str, ...]:
        """The counts of a population that there are here."""
        return tuple(name for name in population.names if name in self.counts)

    def wholes_of(self, population: Population) -> set[str]:
        """The counts of which those of a population are parts."""
        return {population.whole_of(name) for name in self.names_of(population)} - {""}

    def layout_of(self, population: Population) -> Layout:
        """The tables of a population: every place that one of its counts, or its whole, has here or in a broadcast."""
        return _layout(self.counts, population, self._related(), self.wholes_of(population))

    def _with_sums(
        self, population: Population, names: tuple[str, ...], found: frozenset[Key], cells: frozenset[Key]
    ) -> dict[str, frozenset[Key]]:
        """What a period hides where only its people say too much.

        A sum is shown of what all broadcasts show: everybody could add it up. Of people reached nothing is shown,
        because who knows that a person is in one segment could add up these.
        """
        theirs = [
            hidden_alike(each.hidden, names) for each in self.past if each.number in self.members and not each.members
        ]
        kept = found & frozenset().union(*theirs)
        people = {name: cells if name == PEOPLE else found for name in names if name in population.distinct}
        return dict.fromkeys(names, kept) | people

    @cached_property
    def hides_people(self) -> bool:
        """Whether the people reached, which could be shown otherwise, say too much beside the messages accepted."""
        whole = next((each for each in self.populations if PEOPLE in each.names), None)
        tell = self._tell(self.counts, self.earlier, self.members) or self._tell_of_others()
        if whole is None or not tell:
            return False
        names = tuple(name for name in whole.names if name in self.counts)
        found, cells = self.hidden_alone(whole, {}, names, tells=False)
        return cells.total not in found

    def _hid_people(self, period: Published) -> bool:
        """Whether a stored period hides the people reached for what they and its messages would say together."""
        shown = self._shows_total("accepted", period), self._shows_total(PEOPLE, period)
        return shown == (True, False) and self._tell(period.counts, period.earlier, period.members)

    def _shows_total(self, name: str, period: Published) -> bool:
        return not any(key.count(ALL) == len(key) for key in period.hidden.get(name, ()))

    def _tell(
        self, counts: Mapping[str, Counts], earlier: Sequence[Mapping[str, Counts]], members: frozenset[int]
    ) -> bool:
        return bool(members) and totals_tell(
            people=counts.get(FREQUENCY, {}),
            messages=counts.get("accepted", {}),
            k=self.k,
            most=len(members),
            earlier=[each.get(FREQUENCY, {}) for each in earlier],
            limits=self.limits(members, counts),
        )

    def _tell_of_others(self) -> bool:
        """Whether the totals of two broadcasts say too much of a stored period in which these are."""
        if len(self.members) != 2:
            return False
        return any(
            self._shows_total(PEOPLE, each)
            and self._shows_total("accepted", each)
            and not still_hides(
                people=each.counts.get(FREQUENCY, {}),
                messages=each.counts.get("accepted", {}),
                k=self.k,
                most=len(each.members),
                hidden=each.hidden.get(FREQUENCY, frozenset()),
                limits=self.limits(each.members, each.counts, alone=True),
            )
            for each in self.past
            if each.members > self.members
        )

    def limits(self, members: frozenset[int], counts: Mapping[str, Counts], *, alone: bool = False) -> Limits:
        """What broadcasts and other periods say of how many people got how many of some messages.

        With ``alone`` as if this new period already showed its totals.
        """
        sizes = {each.number: total_of(each.counts.get(PEOPLE, {})) for each in self.past if each.number in members}
        sent = [total_of(each.counts.get("accepted", {})) for each in self.past if each.number in members]
        if len(sizes) < len(members) or sent != list(sizes.values()):
            return {}
        shown = {
            each.members: total_of(each.counts.get(PEOPLE, {}))
            for each in self.past
            if each.members and all(self._shows_total(name, each) for name in (PEOPLE, "accepted"))
        }
        if alone:
            shown[self.members] = total_of(self.counts.get(PEOPLE, {}))
        inner = {some: people for some, people in shown.items() if some < members}
        everybody = total_of(counts.get(PEOPLE, {}))
        return limits_of(
            sizes=sizes,
            shared={
                some: sum(map(sizes.__getitem__, some)) - people for some, people in inner.items() if len(some) == 2
            },
            joint=[
                people + sum(sizes[one] for one in members - some) - everybody
                for some, people in inner.items()
                if len(members - some) == 1
            ],
        )

    def _habits(self, names: tuple[str, ...]) -> dict[Key, float]:
        before = [each for each in self.past if not each.members][-RECENT:]
        found = Counter(key for each in before for key in each.hidden.get(names[0], ()))
        return {key: number / len(before) for key, number in found.items()}

    def _related(self) -> list[Mapping[str, Counts]]:
        return [each.counts for each in self.past if not each.members] if self.members else []

    def _sensitive(
        self,
        counts: Mapping[str, Counts],
        earlier: Sequence[Mapping[str, Counts]],
        totals_tell: bool,
        population: Population,
        names: tuple[str, ...],
        cells: Layout,
    ) -> frozenset[Key]:
        """The cells that may not be read for their own sake, here or in the whole of which these are a part."""
        figures = self.figures(counts, population, names)
        found = {key for key in cells.keys if figures.is_small(key, self.k)}
        if totals_tell and PEOPLE in names:
            found.add(cells.total)
        if population.telling:
            found.update(key for table in cells.tables for key in telling(table, figures))
        for name in names:
            now = counts.get(name, {})
            for before in (each.get(name, {}) for each in earlier):
                found.update(key for key in cells.keys if 0 < abs(now.get(key, 0) - before.get(key, 0)) < self.k)
        for whole in self.populations:
            if set(whole.names) & {population.whole_of(name) for name in names}:
                theirs = tuple(name for name in whole.names if name in self.counts)
                found |= self._sensitive(counts, earlier, totals_tell, whole, theirs, cells)
        return frozenset(found)

    def figures(self, counts: Mapping[str, Counts], population: Population, names: tuple[str, ...]) -> Figures:
        """The counts of a population in any scope, with those that are known to be more or less."""

        def parts(name: str) -> list[Counts]:
            return [
                counts.get(other, {})
                for each in self.populations
                if not each.totals_only and not each.yields
                for other in each.names
                if each.whole_of(other) == name
            ]

        wholes = [population.whole_of(name) for name in names]
        inner = [population.part_of(name) for name in names]
        return Figures(
            counts=[counts.get(name, {}) for name in names],
            wholes=[counts.get(whole, {}) if whole else None for whole in wholes],
            floors=[
                [*parts(name), *([counts.get(part, {})] if part else [])]
                for name, part in zip(names, inner, strict=True)
            ],
            distinct=frozenset(number for number, name in enumerate(names) if name in population.distinct),
            parts=[counts.get(part, {}) if part else None for part in inner],
            known_empty=frozenset(range(len(names))) if population.nobody_is_told else frozenset(),
        )


def _layout(
    counts: Mapping[str, Counts], population: Population, others: Sequence[Mapping[str, Counts]], wholes: set[str]
) -> Layout:
    """The tables of a population: every place that one of its counts, or its whole, has here or in a broadcast."""

    def keys_of(names: Collection[str]) -> set[Key]:
        return {key for each in (counts, *others) for name in names for key in each.get(name, ())}

    keys = keys_of(population.names)
    axes = {axes_of(key) for key in keys}
    keys |= {key for key in keys_of(wholes) if axes_of(key) in axes or not keys}
    width = len(next(iter(keys))) if keys else 1
    total: Key = (ALL,) * width
    if population.totals_only:
        return layout(frozenset({total}))
    if population.telling and width > GENDER_AXIS and any(key[GENDER_AXIS] != ALL for key in keys):
        keys |= {(*total[:GENDER_AXIS], gender, *total[GENDER_AXIS + 1 :]) for gender in GENDERS}
    return layout(frozenset({total, *keys}))


def hidden_alike(hidden: Mapping[str, frozenset[Key]], names: Collection[str]) -> frozenset[Key]:
    """What a scope hides of a population; a place that was not there is known to be 0."""
    return frozenset().union(*(hidden.get(name, frozenset()) for name in names))
