"""Exact counts of different people, over any broadcasts, days and places: roaring bitmaps of subscribers' numbers.

The sets of a broadcast are built with its rollups, from the same rows, and hold numbers only. They may be dropped once
nobody asks for new combinations any more (:func:`drop`): what was frozen into a snapshot stays.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models import QuerySet
from pyroaring import BitMap

from outreach.broadcasts.models import Broadcast

from .ledger_rows import Alike
from .models import Axis, PeopleSet

Kind = PeopleSet.Kind

MOST_TIMES = 5
"""Who got at least so many messages is counted together."""

_READ_AT_ONCE = 50
_ASKED_AT_ONCE = 10
"""So many broadcasts' sets are asked for with one query, so that none reads more, however many broadcasts there are."""


def place_of(axis: str, segment: str, group: str, gender: str, language: str, channel: str) -> str:
    """The place of a combination of dimensions along an axis."""
    places = {
        Axis.ALL.value: "",
        Axis.SEGMENT_GENDER.value: f"{segment}/{gender}",
        Axis.GROUP.value: group,
        Axis.LANGUAGE.value: language,
        Axis.CHANNEL.value: channel,
    }
    return places[axis]


# --- Building --------------------------------------------------------------------------------------------------------


COUNTED_AS = {Kind.REACHED: "accepted", Kind.TRACKABLE: "trackable", Kind.CLICKED: "clicked"}
"""In which count of deliveries somebody has to be to be in a set."""


class Collected:
    """The people of a broadcast's days while they are being collected; add to it what its ledger has."""

    def __init__(self) -> None:
        self._found: defaultdict[tuple[str, date, tuple[str, ...]], BitMap] = defaultdict(BitMap)

    def add(self, alike: Alike) -> None:
        """Put the people of alike deliveries where they belong."""
        for kind, count in COUNTED_AS.items():
            if count in alike.counts:
                self._found[kind, alike.day, alike.dimensions] |= alike.people

    def sets(self, broadcast: Broadcast) -> Iterator[PeopleSet]:
        """The sets along every axis, as they are stored."""
        joined: defaultdict[tuple[str, str, date, str], BitMap] = defaultdict(BitMap)
        for (kind, day, dimensions), people in self._found.items():
            for axis in Axis.values:
                joined[axis, kind, day, place_of(axis, *dimensions)] |= people
        for (axis, kind, day, place), people in sorted(joined.items(), key=itemgetter(0)):
            people.run_optimize()
            yield PeopleSet(
                broadcast=broadcast,
                day=day,
                axis=axis,
                place=place,
                kind=kind,
                size=len(people),
                numbers=people.serialize(),
            )


def drop(*, broadcast: Broadcast) -> int:
    """Remove the sets of a broadcast and return how many there were.

    For the time when its raw data go: its people can then be counted with those of other broadcasts no longer, and what
    was frozen before stays as it is.
    """
    return PeopleSet.objects.filter(broadcast=broadcast).delete()[0]


# --- Counting --------------------------------------------------------------------------------------------------------


def unique(
    *,
    broadcasts: Collection[int],
    kind: str = Kind.REACHED,
    axis: str = Axis.ALL,
    place: str = "",
    since: date | None = None,
    until: date | None = None,
) -> int:
    """How many different people all of these broadcasts reached together, at one place and in one period.

    ``since`` and ``until`` are days of the office's zone, both included.
    """
    found = _stored(axis, kind).filter(place=place)
    if since:
        found = found.filter(day__gte=since)
    if until:
        found = found.filter(day__lte=until)
    return len(
        BitMap.union(
            BitMap(), *(BitMap.deserialize(bytes(raw)) for _broadcast, _place, raw in _rows(found, broadcasts))
        )
    )


def growing(parts: Sequence[Collection[int]]) -> list[tuple[int, int]]:
    """Of each part, which is some broadcasts: how many different people it reached, and all parts up to it together."""
    together, found = BitMap(), []
    for part in parts:
        sets = _stored(Axis.ALL, Kind.REACHED)
        own = BitMap.union(BitMap(), *(BitMap.deserialize(bytes(raw)) for *_where, raw in _rows(sets, part)))
        together |= own
        found.append((len(own), len(together)))
    return found


def by_place(*, broadcasts: Collection[int], axis: str, kind: str = Kind.REACHED) -> dict[tuple[int | None, str], int]:
    """Different people by broadcast and place, and over all the broadcasts, where the broadcast is ``None``.

    For :attr:`Axis.SEGMENT_GENDER` also by segment (``"workers/"`` …) and gender alone: see :func:`margins`.
    """
    counted: dict[tuple[int | None, str], int] = {}
    together: defaultdict[str, BitMap] = defaultdict(BitMap)
    for broadcast, sets in _by_broadcast(_stored(axis, kind), broadcasts):
        for place, people in _with_margins(axis, sets).items():
            counted[broadcast, place] = len(people)
        for place, people in sets.items():
            together[place] |= people
    for place, people in _with_margins(axis, together).items():
        counted[None, place] = len(people)
    return counted


def _with_margins(axis: str, sets: dict[str, BitMap]) -> dict[str, BitMap]:
    """The sets, and of segment × gender also each segment's and each gender's, with ``*`` in the other's place."""
    if axis != Axis.SEGMENT_GENDER:
        return sets
    found: defaultdict[str, BitMap] = defaultdict(BitMap, sets)
    for place, people in sets.items():
        segment, gender = place.split("/")
        found[f"{segment}/*"] |= people
        found[f"*/{gender}"] |= people
    return found


def times(*, broadcasts: Collection[int], most: int = MOST_TIMES) -> dict[int | None, dict[int, int]]:
    """How many people got one message, two, …, and at least ``most``; nobody is counted twice.

    By broadcast, and over all of them where the broadcast is ``None``. A message on another channel is another message.
    """
    levels: dict[int | None, list[BitMap]] = {None: [BitMap() for _number in range(most)]}
    for broadcast, _place, raw in _rows(_stored(Axis.CHANNEL, Kind.REACHED), broadcasts):
        people = BitMap.deserialize(bytes(raw))
        for at_least in (levels[None], levels.setdefault(broadcast, [BitMap() for _number in range(most)])):
            for number in range(most - 1, 0, -1):
                at_least[number] |= at_least[number - 1] & people
            at_least[0] |= people
    return {broadcast: _exactly([*map(len, at_least)]) for broadcast, at_least in levels.items()}


def _exactly(at_least: Sequence[int]) -> dict[int, int]:
    """From how many got at least one, two, … to how many got just so many; who got most, got at least so many."""
    following = [*at_least[1:], 0]
    return {
        number: count - more
        for number, (count, more) in enumerate(zip(at_least, following, strict=True), start=1)
        if count > more
    }


def count_people(*, broadcasts: Collection[int], by: Sequence[str] = ()) -> dict[tuple[int | str, ...], int]:
    """Distinct people reached by these broadcasts together, exact, for each combination of the fields in ``by``.

    The fields are ``"broadcast"`` and after it those of one table: segment and gender or one of them, else one
    dimension. Who fits several combinations counts in each, so parts may add up to more than the whole.
    """
    places = [field for field in by if field != "broadcast"]
    pair = bool(places) and set(places) <= {"segment", "gender"}
    axis = Axis.SEGMENT_GENDER if pair else Axis(places[0]) if places else Axis.ALL
    found: Counter[tuple[int | str, ...]] = Counter()
    for (broadcast, place), count in by_place(broadcasts=broadcasts, axis=axis).items():
        named = dict(zip(("segment", "gender"), place.split("/"), strict=True)) if pair else {axis.value: place}
        is_asked = all((named[name] != "*") == (name in places) for name in named) if pair else True
        if is_asked and (broadcast is not None) == ("broadcast" in by):
            start: tuple[int | str, ...] = () if broadcast is None else (broadcast,)
            found[(*start, *(named[field] for field in places))] = count
    return dict(found) if by else {(): found[()]}


def _stored(axis: str, kind: str) -> QuerySet[PeopleSet]:
    return PeopleSet.objects.filter(axis=axis, kind=kind)


def _rows(sets: QuerySet[PeopleSet], broadcasts: Collection[int]) -> Iterator[tuple[int, str, Any]]:
    """Broadcast, place and stored bitmap of the sets that belong to ``broadcasts``, those of one after each other."""
    rows = sets.order_by("broadcast", "day", "place").values_list("broadcast", "place", "numbers")
    asked = sorted(set(broadcasts))
    for first in range(0, len(asked), _ASKED_AT_ONCE):
        some = rows.filter(broadcast__in=asked[first : first + _ASKED_AT_ONCE])
        yield from some.iterator(chunk_size=_READ_AT_ONCE)


def _by_broadcast(sets: QuerySet[PeopleSet], broadcasts: Collection[int]) -> Iterator[tuple[int, dict[str, BitMap]]]:
    """Each broadcast with the people of each place, on all its days together."""
    for broadcast, rows in groupby(_rows(sets, broadcasts), key=itemgetter(0)):
        found: defaultdict[str, BitMap] = defaultdict(BitMap)
        for _broadcast, place, raw in rows:
            found[place] |= BitMap.deserialize(bytes(raw))
        yield broadcast, found
