"""Reach over time within a long period: the people of each month and quarter, and all up to its end, each once.

The people of a part are what its own snapshot shows, so that they say nothing new; as long as there is none, they are
rounded down like all figures that can still change (:mod:`~outreach.reach.provisional`), or kept back like these. A
part is told of the broadcasts that ended in it, as in its own snapshot.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from outreach.broadcasts.campaign import Campaign
from outreach.broadcasts.models import Broadcast
from outreach.broadcasts.office_time import office_day
from outreach.reach import people, provisional
from outreach.reach.disclosure.growth import hide_growth
from outreach.reach.periods import Period, parse

from .models import Snapshot
from .payload import THRESHOLDS
from .reading import content_of, newest_in
from .scopes import scope_of

UNITS = {"month": 1, "quarter": 3}
"""The parts of a period, in months."""

LONGER = {
    Snapshot.Kind.QUARTER: ("month",),
    Snapshot.Kind.YEAR: ("month", "quarter"),
    Snapshot.Kind.CAMPAIGN: ("month", "quarter"),
}
"""Of which kinds of period there are which parts."""

Stored = dict[str, dict[str, list[dict[str, Any]]]]
"""By k and unit, for each part: its ``code``, ``people`` (``None`` where hidden), whether these are a ``least``, and
the people up to its end (``None`` where hidden, and for the last, whose total is that of the period)."""


def over_time(
    *,
    kind: str,
    broadcasts: Sequence[Broadcast],
    campaign: Campaign | None,
    earlier: Sequence[Mapping[str, Any]],
    silent: Collection[int],
) -> Stored:
    """What a snapshot keeps; ``earlier`` are the payloads of the versions before, of which what is hidden stays so.

    ``silent`` are the k for which the people of the whole period are hidden: then so are those up to any part.
    """
    found: Stored = {str(k): {} for k in THRESHOLDS}
    for unit in LONGER.get(Snapshot.Kind(kind), ()):
        parts = _parts(unit, broadcasts)
        if len(parts) < 2:
            continue
        counted = people.growing([numbers for _part, numbers in parts])
        sizes, totals = [own for own, _total in counted], [total for _own, total in counted]
        for k in THRESHOLDS:
            kept = _kept(unit, k, [part.code for part, _numbers in parts], totals, earlier)
            everything = frozenset(range(len(parts)))
            hidden = everything if k in silent else hide_growth(parts=sizes, totals=totals, k=k, hidden=kept)
            found[str(k)][unit] = [
                {
                    "code": part.code,
                    **_own(part, campaign, k, [each for each in broadcasts if each.pk in numbers]),
                    "total": None if at in hidden or at == len(parts) - 1 else totals[at],
                }
                for at, (part, numbers) in enumerate(parts)
            ]
    return found


def _parts(unit: str, broadcasts: Sequence[Broadcast]) -> list[tuple[Period, list[int]]]:
    """The parts from the first to the last in which a broadcast ended, each with the broadcasts' numbers."""
    first_days = dict(
        Snapshot.objects.filter(broadcast__in=broadcasts, version=1).values_list("broadcast_id", "last_day")
    )
    months = UNITS[unit]
    found: dict[int, list[int]] = {}
    for each in broadcasts:
        if each.finished_at is not None:
            day = first_days.get(each.pk) or office_day(each.finished_at)
            found.setdefault((day.year * 12 + day.month - 1) // months, []).append(each.pk)
    return [(_part(at * months, unit), found.get(at, [])) for at in range(min(found), max(found) + 1)] if found else []


def _part(month: int, unit: str) -> Period:
    year, at = divmod(month, 12)
    return parse(f"{year}-{at + 1:02}" if unit == "month" else f"{year}-Q{at // 3 + 1}")


def _own(part: Period, campaign: Campaign | None, k: int, broadcasts: Sequence[Broadcast]) -> dict[str, Any]:
    if not broadcasts:
        return {"people": 0, "least": False}
    frozen = newest_in(scope_of(period=part, campaign=campaign))
    if frozen is not None:
        content = content_of(frozen)
        if {each["number"] for each in content["broadcasts"]} == {each.pk for each in broadcasts}:
            return {"people": content["figures"][str(k)]["people"].get(""), "least": False}
    least = provisional.known(broadcasts=broadcasts, names=(), k=k)["people"]
    return {"people": least, "least": least is not None}


def _kept(
    unit: str, k: int, codes: Sequence[str], totals: Sequence[int], earlier: Sequence[Mapping[str, Any]]
) -> set[int]:
    """What a version before hid, or what changed by few since."""
    found: set[int] = set()
    for content in earlier:
        rows = (content.get("over_time") or {}).get(str(k), {}).get(unit, [])
        before = {each["code"]: each["total"] for each in rows}
        for at, (code, total) in enumerate(zip(codes, totals, strict=True)):
            told = before.get(code)
            if code in before and (told is None or 0 < abs(told - total) < k):
                found.add(at)
    return found
