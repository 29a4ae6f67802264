"""The counts of any set of broadcasts, as cells: from rollups and people sets only, never from the ledger.

A cell's key has a place on every one of :data:`AXES`; :data:`ALL` stands where an axis is summed over, and :data:`OPEN`
where a cohort left a dimension open. There are cells for each broadcast and for all of them together:

* by segment × gender, by group, by language, by channel, with their margins: everything in :data:`SUMMED`,
  :data:`OF_COHORTS` and :data:`OF_PEOPLE`;
* by day: ``planned``, ``attempted`` and ``accepted``;
* by reason and channel: ``excluded``, the considered subscriptions that got no message; where there are any, each
  reason and channel has a cell;
* by reason: ``machine_click_reasons`` and ``machine_open_reasons``, which add up to ``machine_clicks`` and
  ``machine_opened``;
* by times: ``times``, the people who got so many messages of the broadcast, or of all together;
* by story: ``story_clicked`` (accepted messages) and ``story_cohort_clicks`` (clicks);
* for the whole: ``candidates`` and ``machine_clicks``.

Different people do not add up: :data:`OF_PEOPLE` over broadcasts, and over places of one axis where a person fits
several. Neither does ``story_clicked``, nor ``times`` over broadcasts. Everything else adds up along every axis; over
the places of ``times`` so do the people, to ``people``.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import product

from django.db.models import Sum

from outreach.delivery.models import Exclusion, Freeze

from . import people
from .ledger_rows import REASONS
from .models import MACHINES, SHARED_MACHINES, Axis, CohortRollup, Counted, Margin, PeopleSet, StoryRollup

ALL, OPEN = "*", "?"
AXES = ("broadcast", "segment", "gender", "group", "language", "channel", "story", "reason", "times", "day")
TABLES = (("segment", "gender"), ("group",), ("language",), ("channel",))
"""The dimensions that stand together in a table."""

SUMMED = tuple(field.name for field in Counted._meta.get_fields() if field.name != "day")
OF_COHORTS = ("cohort_size", "cohort_clicks", "machine_clicks")
OF_PEOPLE = {
    "people": PeopleSet.Kind.REACHED,
    "trackable_people": PeopleSet.Kind.TRACKABLE,
    "clickers": PeopleSet.Kind.CLICKED,
}
BY_DAY = ("planned", "attempted", "accepted")
OTHER_REASON = REASONS[-1]
BY_REASON = ("machine_click_reasons", "machine_open_reasons")

GENDERS = {"woman": "woman", "man": "man", "another": "another", "undisclosed": "undisclosed", "": "not_asked"}
"""What the people of each gender are called among the counts of one cell."""

_ALL = (ALL,) * (len(AXES) - 1)
_AT = {axis: number for number, axis in enumerate(AXES) if number}

Key = tuple[int | str, ...]
Cells = defaultdict[str, Counter[Key]]


def key_of(broadcast: int | str = ALL, **places: str) -> Key:
    """The key of the cell with these places; every axis that is not named takes in all."""
    key: list[int | str] = [broadcast, *_ALL]
    for axis, place in places.items():
        key[_AT[axis]] = place
    return tuple(key)


def cells(broadcasts: Sequence[int]) -> Cells:
    """Every cell of these broadcasts, each for itself and all together."""
    found: Cells = defaultdict(Counter)
    _add_margins(found, broadcasts)
    _add_machines(found, broadcasts)
    _add_cohorts(found, broadcasts)
    _add_people(found, broadcasts)
    _add_times(found, broadcasts)
    _add_stories(found, broadcasts)
    _add_exclusions(found, broadcasts)
    numbers: tuple[int | str, ...] = (ALL, *broadcasts)
    for total in map(key_of, numbers):
        found["machine_clicks"][total] += found["machine_clicked"][total]
    return found


def at(found: Mapping[str, Mapping[Key, int]], broadcast: int | str = ALL, **places: str) -> dict[str, int]:
    """The counts of one cell by their names: what metrics are computed from.

    With them the people of each gender, unless the cell is one gender's.
    """
    here = {name: counts.get(key_of(broadcast, **places), 0) for name, counts in found.items()}
    if "gender" not in places:
        for gender, name in GENDERS.items():
            here[name] = found["people"].get(key_of(broadcast, **places, gender=gender), 0)
    return here


def totals(broadcasts: Sequence[int]) -> dict[str, int]:
    """The counts of these broadcasts together, without any breakdown: three short queries and three of bitmaps."""
    margins = Margin.objects.filter(broadcast__in=broadcasts, axis=Axis.ALL)
    found = {name: count or 0 for name, count in margins.aggregate(**{name: Sum(name) for name in SUMMED}).items()}
    shared = CohortRollup.objects.filter(cohort__broadcast__in=broadcasts).aggregate(
        cohort_size=Sum("cohort__size"), cohort_clicks=Sum("clicks"), by_machines=Sum("machine_clicks")
    )
    found["cohort_size"], found["cohort_clicks"] = shared["cohort_size"] or 0, shared["cohort_clicks"] or 0
    found["machine_clicks"] = found["machine_clicked"] + (shared["by_machines"] or 0)
    for name, kind in OF_PEOPLE.items():
        found[name] = people.unique(broadcasts=broadcasts, kind=kind)
    found["candidates"] = _candidates(broadcasts)
    return found


def _candidates(broadcasts: Sequence[int]) -> int:
    counted = Freeze.objects.filter(broadcast__in=broadcasts).aggregate(candidates=Sum("candidates"))
    return counted["candidates"] or 0


def _either(broadcast: int) -> tuple[int | str, int | str]:
    return broadcast, ALL


def _add_margins(found: Cells, broadcasts: Sequence[int]) -> None:
    rows = Margin.objects.filter(broadcast__in=broadcasts, axis__in=Axis.values)
    for broadcast, axis, place, *counts in rows.values_list("broadcast_id", "axis", "place", *SUMMED):
        for number, places in product(_either(broadcast), _places(axis, place)):
            key = key_of(number, **places)
            for name, count in zip(SUMMED, counts, strict=True):
                found[name][key] += count
    days = rows.filter(axis=Axis.ALL).values_list("broadcast_id", "day", *BY_DAY)
    for broadcast, day, *counts in days:
        for number, (name, count) in product(_either(broadcast), zip(BY_DAY, counts, strict=True)):
            found[name][key_of(number, day=day.isoformat())] += count


def _add_machines(found: Cells, broadcasts: Sequence[int]) -> None:
    rows = Margin.objects.filter(broadcast__in=broadcasts, axis__in=(MACHINES, SHARED_MACHINES))
    for broadcast, reason, *counts in rows.values_list("broadcast_id", "place", "machine_clicked", "machine_opened"):
        for number, (name, count) in product(_either(broadcast), zip(BY_REASON, counts, strict=True)):
            if count:
                found[name][key_of(number, reason=reason)] += count


def _places(axis: str, place: str) -> list[dict[str, str]]:
    """The cells to which a row along ``axis`` adds: its own and its margins, but the total only along no axis."""
    if axis == Axis.ALL:
        return [{}]
    if axis != Axis.SEGMENT_GENDER:
        return [{axis: place}]
    segment, gender = place.split("/")
    return [{"segment": segment, "gender": gender}, {"segment": segment}, {"gender": gender}]


def _add_cohorts(found: Cells, broadcasts: Sequence[int]) -> None:
    rows = CohortRollup.objects.filter(cohort__broadcast__in=broadcasts).order_by()
    for dimensions in ((), *TABLES):
        known = [name for name in dimensions if name != "group"]
        fields = ("cohort__broadcast", *(f"cohort__{name}" for name in known))
        sums = (Sum("cohort__size"), Sum("clicks"), Sum("machine_clicks"))
        for broadcast, *values in rows.values_list(*fields).annotate(size=sums[0], people=sums[1], machines=sums[2]):
            # No cohort knows a group: what it shares could be anybody's.
            places = dict.fromkeys(dimensions, OPEN) | {
                name: OPEN if value is None else value for name, value in zip(known, values, strict=False)
            }
            kept = [places] if len(places) < 2 else [places, *({name: places[name]} for name in places)]
            for number, each in product(_either(broadcast), kept):
                for name, count in zip(OF_COHORTS, values[len(known) :], strict=True):
                    found[name][key_of(number, **each)] += count


def _add_people(found: Cells, broadcasts: Sequence[int]) -> None:
    for axis, (name, kind) in product(Axis.values, OF_PEOPLE.items()):
        for (broadcast, place), count in people.by_place(broadcasts=broadcasts, axis=axis, kind=kind).items():
            named = {part: value for part, value in _people_place(axis, place).items() if value != ALL}
            found[name][key_of(ALL if broadcast is None else broadcast, **named)] = count


def _people_place(axis: str, place: str) -> dict[str, str]:
    return _places(axis, place)[0]


def _add_times(found: Cells, broadcasts: Sequence[int]) -> None:
    for broadcast, counts in people.times(broadcasts=broadcasts).items():
        for how_often in range(1, people.MOST_TIMES + 1) if counts else ():
            key = key_of(ALL if broadcast is None else broadcast, times=times_place(how_often))
            found["times"][key] = counts.get(how_often, 0)


def times_place(how_often: int) -> str:
    """The place of those who got so many messages: ``"1"`` … ``"4"``, and ``"5+"`` from five."""
    return str(how_often) if how_often < people.MOST_TIMES else f"{people.MOST_TIMES}+"


def _add_stories(found: Cells, broadcasts: Sequence[int]) -> None:
    rows = StoryRollup.objects.filter(broadcast__in=broadcasts)
    for broadcast, story, clicked, shared in rows.values_list("broadcast", "story", "clicked", "cohort_clicks"):
        for number in _either(broadcast):
            found["story_clicked"][key_of(number, story=story)] += clicked
            found["story_cohort_clicks"][key_of(number, story=story)] += shared


def _add_exclusions(found: Cells, broadcasts: Sequence[int]) -> None:
    for broadcast, count in Freeze.objects.filter(broadcast__in=broadcasts).values_list("broadcast", "candidates"):
        for number in _either(broadcast):
            found["candidates"][key_of(number)] += count
    excluded = Exclusion.objects.filter(broadcast__in=broadcasts)
    rows = list(excluded.values_list("broadcast", "reason", "channel", "count"))
    # With every reason and channel: that one is listed must not tell that it left somebody out.
    fields = Exclusion._meta.get_field("reason"), Exclusion._meta.get_field("channel")
    nobody = [
        (broadcast, reason, channel, 0)
        for broadcast in sorted({row[0] for row in rows})
        for (reason, _label), (channel, _name) in product(*(field.flatchoices for field in fields))
    ]
    for broadcast, reason, channel, count in [*rows, *nobody]:
        margins: tuple[dict[str, str], ...] = (
            {"reason": reason, "channel": channel},
            {"reason": reason},
            {"channel": channel},
            {},
        )
        for number, places in product(_either(broadcast), margins):
            found["excluded"][key_of(number, **places)] += count
