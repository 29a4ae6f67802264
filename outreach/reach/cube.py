"""The counts behind every table, as one system of cells and lines: hidden once, and then only read.

A cell's key names its broadcast, segment, gender, channel and language; :data:`ALL` stands for any of them, and
:data:`OPEN` for what a cohort left open. Cells exist for segment × gender, for channel and for language, of each
broadcast and of all together: what one table hides, no other table, sum or difference may show.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import chain, combinations, product

from django.core.cache import cache
from django.db.models import Sum

from outreach.broadcasts.models import Broadcast

from . import disclosure
from .disclosure import Cell, Counts, Key, Line, Population
from .metrics import DEFINITIONS_VERSION, Count, Share
from .models import CohortRollup, Rebuild, Rollup
from .people import count_people

ALL = "*"
OPEN = "?"
AXES = ("broadcast", "segment", "gender", "channel", "language")
TABLES = (("segment", "gender"), ("channel",), ("language",))
NOWHERE = (ALL, ALL, ALL)
SUMMED = ("attempted", "accepted", "bounced", "unsubscribed", "trackable", "clicked", "machine_clicked")
OF_COHORTS = ("cohort_size", "cohort_clicks", "machine_clicks")

CACHE_SECONDS = 3600

Cells = defaultdict[str, Counter[Key]]


class Cube:
    """Every cell of broadcasts that may be compared with each other, protected with threshold ``k``."""

    def __init__(self, *, broadcasts: Sequence[Broadcast], k: int) -> None:
        self.broadcasts, self.k = broadcasts, k
        self._numbers = [broadcast.pk for broadcast in broadcasts]

    def count(self, metric: Count, key: Key) -> Cell:
        """The figure of a count in one cell, as it may be read."""
        counts, hidden = self._protected
        names = filter(None, (metric.slug, metric.known_by))
        value = metric.value({name: counts[name].get(key, 0) for name in names})
        return disclosure.cell(value=value, hidden=key in hidden[metric.slug])

    def share(self, metric: Share, broadcast: int | str) -> Cell:
        """The figure of a share over a whole broadcast, or over all of them, as it may be read."""
        parts = [self._total(name, broadcast) for name in metric.numerator]
        whole = disclosure.added([self._total(name, broadcast) for name in metric.denominator])
        return disclosure.share(parts=parts, whole=whole)

    def places(self, broadcast: int | str, axis: str) -> set[str]:
        """Which segments, genders, channels or languages the ledger of a broadcast, or of all of them, knows."""
        at = AXES.index(axis)
        return {str(key[at]) for key in self._protected[0]["attempted"] if key[0] == broadcast} - {ALL}

    def _total(self, name: str, broadcast: int | str) -> Cell:
        if name == "attempted":
            return disclosure.added([self._total(each, broadcast) for each in ("accepted", "unaccepted")])
        counts, hidden = self._protected
        key = cell_key(broadcast)
        return disclosure.cell(value=counts[name].get(key, 0), hidden=key in hidden[name])

    @cached_property
    def _protected(self) -> tuple[dict[str, Counts], dict[str, frozenset[Key]]]:
        """All counts, and for each which cells are hidden; made again when a broadcast's rollups were."""
        rebuilds = Rebuild.objects.filter(broadcast__in=self._numbers).order_by("broadcast_id")
        state = repr((DEFINITIONS_VERSION, self.k, list(rebuilds.values_list("broadcast_id", "rebuilt_at"))))
        name = f"outreach.reach.cube.{hashlib.sha256(state.encode()).hexdigest()}"
        found: tuple[dict[str, Counts], dict[str, frozenset[Key]]] | None = cache.get(name)
        if found is None:
            cells = self._cells()
            found = {name: dict(counts) for name, counts in cells.items()}, _hidden(cells, self._numbers, self.k)
            cache.set(name, found, CACHE_SECONDS)
        return found

    def _cells(self) -> Cells:
        cells: Cells = defaultdict(Counter, {name: Counter() for name in (*SUMMED, *OF_COHORTS)})
        rollups = Rollup.objects.filter(broadcast__in=self._numbers).order_by()
        for dimensions in TABLES:
            sums = {f"sum_{name}": Sum(name) for name in SUMMED}
            for row in rollups.values("broadcast_id", *dimensions).annotate(**sums):
                for key in _cells_of(row["broadcast_id"], {each: row[each] for each in dimensions}):
                    for name in SUMMED:
                        cells[name][key] += row[f"sum_{name}"]
        self._add_cohorts(cells)
        self._add_people(cells["people"])
        for total in _totals(self._numbers):
            cells["unaccepted"][total] = cells["attempted"][total] - cells["accepted"][total]
            cells["otherwise"][total] = cells["unaccepted"][total] - cells["bounced"][total]
            cells["machine_clicks"][total] += cells["machine_clicked"][total]
        return cells

    def _add_cohorts(self, cells: Cells) -> None:
        rows = CohortRollup.objects.filter(cohort__broadcast__in=self._numbers).values_list(
            *(f"cohort__{axis}" for axis in AXES), "cohort__size", "clicks", "machine_clicks"
        )
        for row in rows:
            places = {axis: OPEN if row[place] is None else str(row[place]) for place, axis in enumerate(AXES) if place}
            for dimensions in TABLES:
                for key in _cells_of(int(row[0]), {each: places[each] for each in dimensions}):
                    for name, count in zip(OF_COHORTS, row[-3:], strict=True):
                        cells[name][key] += count

    def _add_people(self, people: Counter[Key]) -> None:
        """Distinct people do not add up: each margin is counted for itself."""
        some = (combinations(dimensions, length) for dimensions in TABLES for length in range(len(dimensions) + 1))
        for by in sorted(set(chain.from_iterable(some))):
            for first in ((), ("broadcast",)):
                fields = (*first, *by)
                for place, count in count_people(broadcasts=self._numbers, by=fields).items():
                    places: dict[str, int | str] = dict(zip(fields, place, strict=True))
                    people[cell_key(places.pop("broadcast", ALL), places)] = count


def cell_key(broadcast: int | str, places: Mapping[str, int | str] | None = None) -> Key:
    """The key of the cell with these places; every axis that is not named takes in all."""
    return (broadcast, *((places or {}).get(axis, ALL) for axis in AXES[1:]))


def _totals(numbers: Iterable[int]) -> list[Key]:
    return [cell_key(ALL), *map(cell_key, numbers)]


def _cells_of(broadcast: int, places: Mapping[str, str]) -> list[Key]:
    """The cells to which a row of one table adds: its own and every margin; only the first table adds to the totals."""
    least = 0 if tuple(places) == TABLES[0] else 1
    kept = chain.from_iterable(combinations(places.items(), length) for length in range(least, len(places) + 1))
    either: tuple[int | str, ...] = (broadcast, ALL)
    return [cell_key(number, dict(some)) for some, number in product(kept, either)]


def _hidden(cells: Cells, numbers: Sequence[int], k: int) -> dict[str, frozenset[Key]]:
    lines = lines_through(cells["attempted"])
    telling = lines_through(cells["attempted"], telling=True)
    shared = lines_through(cells["cohort_size"])
    totals = _totals(numbers)
    over_broadcasts = lines_through(totals)

    def of_totals(name: str) -> Counts:
        return {key: cells[name][key] for key in totals}

    return disclosure.protect(
        populations=[
            Population({"accepted": cells["accepted"], "people": cells["people"]}, telling),
            Population({"bounced": cells["bounced"]}, lines),
            Population({"unsubscribed": cells["unsubscribed"]}, lines, part_of="accepted"),
            Population({"clicked": cells["clicked"]}, lines, part_of="accepted"),
            Population({"cohort_clicks": cells["cohort_clicks"]}, shared),
            Population({"machine_clicks": of_totals("machine_clicks")}, over_broadcasts),
            Population({"trackable": of_totals("trackable")}, over_broadcasts, part_of="accepted"),
            Population({name: of_totals(name) for name in ("unaccepted", "otherwise")}, over_broadcasts),
        ],
        k=k,
    )


def lines_through(keys: Iterable[Key], *, telling: bool = False) -> list[Line]:
    """Every line that has a part among ``keys``, along each axis; ``telling`` marks the parts that could tell."""
    parts: dict[tuple[int, Key], list[Key]] = defaultdict(list)
    for key in sorted(keys, key=str):
        for axis, place in enumerate(key):
            if place != ALL:
                parts[axis, (*key[:axis], ALL, *key[axis + 1 :])].append(key)
    by_segment = AXES.index("segment")
    segments = {
        total[0]: len(found) for (axis, total), found in parts.items() if (axis, total[2:]) == (by_segment, NOWHERE)
    }
    return [
        Line(total, tuple(found), frozenset(key for key in found if telling and _tells(key, axis, segments)))
        for (axis, total), found in parts.items()
    ]


def _tells(key: Key, axis: int, segments: Mapping[int | str, int]) -> bool:
    """Whether all of a total being in this part would say something of each person.

    It does if the part is a gender that was stated or kept back, and if it is one of several segments of such a gender.
    """
    broadcast, _segment, gender = key[:3]
    stated = gender not in ("", ALL)
    return stated and (AXES[axis] == "gender" or (AXES[axis] == "segment" and segments.get(broadcast, 0) > 1))
