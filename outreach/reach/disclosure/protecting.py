"""What a new scope has to hide, given everything that was stored before."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from .across import Base, Sum, hide_across
from .frequency import Limits, hide_frequencies, limits_of, still_hides, total_of, totals_tell
from .keys import ALL, Counts, Key, Layout, axes_of, layout
from .population import POPULATIONS, Population
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


def protect(
    *,
    counts: Mapping[str, Counts],
    k: int,
    members: frozenset[int] = frozenset(),
    past: Sequence[Published] = (),
    earlier: Sequence[Mapping[str, Counts]] = (),
    already: Mapping[str, frozenset[Key]] | None = None,
    populations: Sequence[Population] = POPULATIONS,
) -> dict[str, frozenset[Key]]:
    """For the name of each count, the cells to hide. A cell that is missing in a count is 0.

    A scope without ``members`` is a broadcast; a period sums up broadcasts that are all in the ``past``. ``earlier``
    are the counts of its earlier versions: what changed by 1 to k − 1 is hidden. ``already`` is hidden anyway, as what
    the evaluators may not read is in public.
    """
    known = {name for population in populations for name in population.names}
    rest = tuple(Population(sums=(name,)) for name in sorted(counts) if name not in known | {FREQUENCY})
    chosen = [each for each in (*populations, *rest) if any(name in counts for name in each.names)]
    request = _Request(counts, k, members, past, earlier, already or {}, chosen)
    hidden: dict[str, frozenset[Key]] = {}
    for population in chosen:
        hidden |= request.hide(population, hidden)
    if counts.get(FREQUENCY):
        hidden[FREQUENCY] = _hide_frequencies(request, hidden)
    return hidden


@dataclass(frozen=True)
class _Request:
    counts: Mapping[str, Counts]
    k: int
    members: frozenset[int]
    past: Sequence[Published]
    earlier: Sequence[Mapping[str, Counts]]
    already: Mapping[str, frozenset[Key]]
    populations: Sequence[Population]

    def hide(self, population: Population, before: Mapping[str, frozenset[Key]]) -> dict[str, frozenset[Key]]:
        """What the counts of one population hide: all of them alike, unless it is only the people that say too much."""
        names = tuple(name for name in population.names if name in self.counts)
        if not population.of_people:
            return dict.fromkeys(names, frozenset())
        found, cells = self._hide(population, before, names, tells=self._hides_people)
        if not self._hides_people or population.totals_only:
            return dict.fromkeys(names, found)
        return self._with_sums(population, names, found, frozenset(cells.keys))

    def _hide(
        self, population: Population, before: Mapping[str, frozenset[Key]], names: tuple[str, ...], *, tells: bool
    ) -> tuple[frozenset[Key], Layout]:
        wholes = {population.whole_of(name) for name in names} - {""}
        cells = _layout(self.counts, population, self._related(), wholes)
        wanted: set[Key] = set()
        for name in (*wholes, *names):
            wanted |= before.get(name, frozenset()) | self.already.get(name, frozenset())
        figures = self._figures(self.counts, population, names)
        if cells.total in before.get(population.under, frozenset()):
            found = frozenset(cells.keys)
        elif self.members:
            found = hide_across(
                layout=cells,
                figures=figures,
                k=self.k,
                members=self.members,
                bases={
                    each.number: Base(
                        self._figures(each.counts, population, names),
                        _hidden_of(each, names),
                        self._sensitive(each.counts, each.earlier, self._hid_people(each), population, names, cells),
                    )
                    for each in self.past
                    if not each.members
                },
                sums=[
                    Sum(
                        self._figures(each.counts, population, names),
                        each.members,
                        self._sensitive(each.counts, each.earlier, self._hid_people(each), population, names, cells),
                        set(_hidden_of(each, names)),
                    )
                    for each in self.past
                    if each.members
                ],
                hidden=wanted,
                sensitive=self._sensitive(self.counts, self.earlier, tells, population, names, cells),
            )
        else:
            found = hide_within(
                layout=cells,
                figures=figures,
                k=self.k,
                hidden=wanted,
                sensitive=self._sensitive(self.counts, self.earlier, tells, population, names, cells),
                habits=self._habits(names),
            )
        return found, cells

    def _with_sums(
        self, population: Population, names: tuple[str, ...], found: frozenset[Key], cells: frozenset[Key]
    ) -> dict[str, frozenset[Key]]:
        """What a period hides where only its people say too much.

        A sum is shown of what all broadcasts show: everybody could add it up. Of people reached nothing is shown,
        because who knows that a person is in one segment could add up these.
        """
        theirs = [_hidden_of(each, names) for each in self.past if each.number in self.members and not each.members]
        kept = found & frozenset().union(*theirs)
        people = {name: cells if name == PEOPLE else found for name in names if name in population.distinct}
        return dict.fromkeys(names, kept) | people

    @cached_property
    def _hides_people(self) -> bool:
        """Whether the people reached, which could be shown otherwise, say too much beside the messages accepted."""
        whole = next((each for each in self.populations if PEOPLE in each.names), None)
        tell = self._tell(self.counts, self.earlier, self.members) or self._tell_of_others()
        if whole is None or not tell:
            return False
        names = tuple(name for name in whole.names if name in self.counts)
        found, cells = self._hide(whole, {}, names, tells=False)
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
        figures = self._figures(counts, population, names)
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

    def _figures(self, counts: Mapping[str, Counts], population: Population, names: tuple[str, ...]) -> Figures:
        def parts(name: str) -> list[Counts]:
            return [
                counts.get(other, {})
                for each in self.populations
                if not each.totals_only
                for other in each.names
                if each.whole_of(other) == name
            ]

        wholes = [population.whole_of(name) for name in names]
        return Figures(
            counts=[counts.get(name, {}) for name in names],
            wholes=[counts.get(whole, {}) if whole else None for whole in wholes],
            floors=[parts(name) for name in names],
            distinct=frozenset(number for number, name in enumerate(names) if name in population.distinct),
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


def _hidden_of(published: Published, names: tuple[str, ...]) -> frozenset[Key]:
    """What a stored scope hides of a population; a place that was not there is known to be 0."""
    return frozenset().union(*(published.hidden.get(name, frozenset()) for name in names))


def _hide_frequencies(request: _Request, hidden: Mapping[str, frozenset[Key]]) -> frozenset[Key]:
    """What is shown of how many messages people got; nothing if a period with the same broadcasts showed it before.

    A later version with the same counts shows the same.
    """
    counts, already = request.counts[FREQUENCY], request.already.get(FREQUENCY, frozenset())
    for each in request.past:
        told = each.hidden.get(FREQUENCY, frozenset())
        shared = request.members & (each.members | each.versions)
        if shared and not told >= each.counts.get(FREQUENCY, {}).keys():
            return told if _same_frequencies(request.counts, each.counts) and already <= told else frozenset(counts)
    return hide_frequencies(
        people=counts,
        messages=request.counts.get("accepted", {}),
        k=request.k,
        hidden=already,
        totals_hidden=any(
            key.count(ALL) == len(key) for name in ("people", "accepted") for key in hidden.get(name, ())
        ),
        most=len(request.members) or 1,
        limits=request.limits(request.members, request.counts),
    )


def _same_frequencies(some: Mapping[str, Counts], others: Mapping[str, Counts]) -> bool:
    def told(counts: Mapping[str, Counts]) -> tuple[Counts, int]:
        totals = [value for key, value in counts.get("accepted", {}).items() if key.count(ALL) == len(key)]
        return counts.get(FREQUENCY, {}), sum(totals)

    return told(some) == told(others)
