"""What may be told of a count besides, without taking back what others hide.

Of some counts everybody knows that they lie between two others: who allows personal links is among the people reached,
and who clicked is among those. To show the one in the middle says something of the other two: the whole is no less, the
part no more. So the others are protected first, and a table of the one in the middle is told only if they are as safe
as before:

* while it stays what it is, with it as a floor of the whole and as a ceiling of the part; or
* while it moves along with what is shifted, where it is hidden in the same cells.

Where neither holds, its table is hidden: then it says nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from .keys import Counts, Key, Layout
from .population import Population
from .request import Published, Request, hidden_alike
from .within import Figures


@dataclass(frozen=True)
class Told:
    """What a scope tells of a population that yields: by name its counts, without the tables that are hidden wholly.

    ``scope`` has all counts of the scope.
    """

    population: Population
    counts: Mapping[str, Counts]
    scope: Mapping[str, Counts]

    def between(self, names: Sequence[str]) -> list[tuple[int, str, bool]]:
        """Each of its counts with the number of one of ``names``, and whether it is a part of that or has it as one."""
        found = []
        for name in self.counts:
            whole, part = self.population.whole_of(name), self.population.part_of(name)
            found += [(names.index(other), name, other == whole) for other in (whole, part) if other in names]
        return found


def told(population: Population, scope: Mapping[str, Counts], cells: Layout, hidden: frozenset[Key]) -> Told:
    """What a scope tells that hides these cells of the population: from a table hidden wholly nothing follows."""
    silent = {key for table in cells.tables if set(table.keys) <= hidden for key in table.keys}
    counts = {
        name: {key: value for key, value in scope[name].items() if key not in silent}
        for name in population.names
        if name in scope
    }
    return Told(population, counts, scope)


def beside(figures: Figures, names: Sequence[str], others: Sequence[Told]) -> Figures:
    """The figures of the counts with these names while what is told besides stays what it is."""
    floors = [list(each) for each in figures.floors]
    ceilings: list[list[Counts]] = [list(each) for each in figures.ceilings] or [[] for _name in names]
    for other in others:
        for number, name, is_part in other.between(names):
            (floors if is_part else ceilings)[number].append(other.counts[name])
    return replace(figures, floors=floors, ceilings=ceilings)


def along(figures: Figures, names: Sequence[str], moving: Told) -> Figures:
    """The figures while what is told besides moves along with them."""
    found = figures
    for number, name, is_part in moving.between(names):
        part, whole = (
            moving.scope.get(other(name), {}) for other in (moving.population.part_of, moving.population.whole_of)
        )
        place = len(found.counts)
        found = replace(
            found,
            counts=[*found.counts, moving.counts[name]],
            wholes=[*found.wholes, None if is_part else whole],
            floors=[*found.floors, [part] if is_part else []],
            ceilings=[*found.ceilings, []] if found.ceilings else (),
            parts=[*found.parts, None] if found.parts else (),
            distinct=found.distinct | ({place} if number in figures.distinct else set()),
            known_empty=found.known_empty | ({place} if moving.population.nobody_is_told else set()),
        )
    return found


@dataclass(frozen=True)
class _Besides:
    """What is told besides: the populations that yield, up to ``latest``, which hides ``found`` in the new scope.

    ``before`` has what the others hide there. ``moves`` says that the latest moves along.
    """

    request: Request
    latest: Population
    found: frozenset[Key]
    before: Mapping[str, frozenset[Key]]
    moves: bool

    def figures(
        self, plain: Figures, names: tuple[str, ...], counts: Mapping[str, Counts], stored: Published | None
    ) -> Figures:
        """The figures of the counts with these names in one scope."""
        others = [
            self._told(each, counts, stored)
            for each in self.request.populations
            if each.yields and each is not self.latest and self.before.keys() & set(each.names)
        ]
        latest = self._told(self.latest, counts, stored)
        if self.moves:
            return along(beside(plain, names, others), names, latest)
        return beside(plain, names, [*others, latest])

    def movable(self, hidden: frozenset[Key], stored: Published | None) -> frozenset[Key]:
        """Where the latest moves along, it has to be hidden as well."""
        return hidden & self._hidden(self.latest, stored) if self.moves else hidden

    def _hidden(self, population: Population, stored: Published | None) -> frozenset[Key]:
        if stored is not None:
            return hidden_alike(stored.hidden, population.names)
        return self.found if population is self.latest else hidden_alike(self.before, population.names)

    def _told(self, population: Population, scope: Mapping[str, Counts], stored: Published | None) -> Told:
        return told(population, scope, self.request.layout_of(population), self._hidden(population, stored))


def taken_back(
    *, request: Request, population: Population, found: frozenset[Key], before: Mapping[str, frozenset[Key]]
) -> frozenset[Key]:
    """The cells of those tables of a population by which one could compute what others hide.

    ``found`` is what the population hides anyway, ``before`` what was hidden of the populations before it.
    """
    cells = request.layout_of(population)
    if request.hides_people:
        return frozenset(cells.keys)
    between = {other(name) for name in population.names for other in (population.whole_of, population.part_of)}
    axes: set[tuple[int, ...]] = set()
    for other in request.populations:
        if cells.total not in found and between & before.keys() & set(other.names):
            axes |= _lost(request, other, before, _Besides(request, population, found, before, moves=False)) & _lost(
                request, other, before, _Besides(request, population, found, before, moves=True)
            )
    bad = [table for table in cells.tables if any(set(table.axes) <= set(each) for each in axes)]
    return frozenset(key for table in bad for key in table.keys)


def _lost(
    request: Request, population: Population, before: Mapping[str, frozenset[Key]], besides: _Besides
) -> set[tuple[int, ...]]:
    """The axes of the tables of a population in which more would have to be hidden now."""
    names, cells = request.names_of(population), request.layout_of(population)
    hidden = hidden_alike(before, names)
    if cells.total in hidden:
        # All of it is hidden, and what is told besides leaves each cell its whole range.
        return set()
    movable = besides.movable(hidden, None)
    more = request.completed(population, names, cells, movable, tells=False, besides=besides) - movable
    return {table.axes for table in cells.tables if more & set(table.keys)}
