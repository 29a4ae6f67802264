"""What was read on the site, of the days of the office: for the metrics W1 (page views) and E3 (completion).

A period goes from the day ``since`` to before the day ``until``. Visits are no people: see :mod:`.web.visitors`.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, TypeAlias

from django.db.models import F, Max, Min, QuerySet, Sum
from django.db.models.functions import Coalesce, TruncMonth

from .models import PageDay

By: TypeAlias = Literal["page", "language", "source", "broadcast", "device", "day", "month"]
Key: TypeAlias = int | str | date | None

SEEN = ("views", "visits", "machine_views")
TOLD = ("completed", "beacons")


@dataclass(frozen=True)
class Visits:
    """``views`` are pages shown, without staff and declared machines; ``machine_views`` those to the latter.

    ``visits`` are different visitors, counted once for each page and day.
    """

    views: int
    visits: int
    machine_views: int


@dataclass(frozen=True)
class Completion:
    """``beacons`` are visits whose browser told how far they came, ``completed`` those that reached the end of a story
    or an infographic after a plausible time.
    """

    completed: int
    beacons: int

    @property
    def share(self) -> float | None:
        """Completed of those who told, from 0 to 1; ``None``, which is not 0, where nobody told."""
        return self.completed / self.beacons if self.beacons else None


@dataclass(frozen=True)
class Reading:
    """What was read, and how far."""

    seen: Visits
    told: Completion


def visits(*, since: date, until: date, **only: Any) -> Visits:
    """What was shown in a period. ``only`` names a ``page``, ``language``, ``source``, ``broadcast`` or ``device``."""
    return Visits(**_sums(_days(since, until, only), *SEEN))


def completion(*, since: date, until: date, **only: Any) -> Completion:
    """How many of those whose browser told it read to the end in a period; ``only`` as for :func:`visits`."""
    return Completion(**_sums(_days(since, until, only), *TOLD))


def grouped(*, since: date, until: date, by: By, **only: Any) -> dict[Key, Reading]:
    """Both of a period, told apart: one query, and nothing for what was never counted.

    The keys are numbers of pages and broadcasts, codes of languages, sources and devices, days, or the first days of
    months. ``None`` is what no broadcast led to. ``only`` as for :func:`visits`.
    """
    key = TruncMonth("day") if by == "month" else F({"page": "page_id", "broadcast": "broadcast_id"}.get(by, by))
    sums = {f"sum_{name}": Sum(name) for name in (*SEEN, *TOLD)}
    rows = _days(since, until, only).order_by().values(key=key).annotate(**sums).values_list("key", *sums)
    return {key: _reading(dict(zip((*SEEN, *TOLD), numbers, strict=True))) for key, *numbers in rows}


def _reading(numbers: dict[str, int]) -> Reading:
    return Reading(
        Visits(**{name: numbers[name] for name in SEEN}), Completion(**{name: numbers[name] for name in TOLD})
    )


def counted_days() -> tuple[date, date] | None:
    """The first and the last day of which anything was counted."""
    found = PageDay.objects.aggregate(first=Min("day"), last=Max("day"))
    return (found["first"], found["last"]) if found["first"] else None


def counted_months() -> list[date]:
    """The first day of each month of which anything was counted, the oldest first."""
    return list(PageDay.objects.dates("day", "month"))


def has_demo(*, since: date, until: date) -> bool:
    """Whether a broadcast of the demo led readers to the site in a period. One query."""
    return PageDay.objects.filter(day__gte=since, day__lt=until, broadcast__is_demo=True).exists()


def _days(since: date, until: date, only: dict[str, Any]) -> QuerySet[PageDay]:
    if unknown := set(only) - {"page", "language", "source", "broadcast", "device"}:
        raise TypeError(f"visits are not told apart by {', '.join(sorted(unknown))}")
    return PageDay.objects.filter(day__gte=since, day__lt=until, **only)


def _sums(days: QuerySet[PageDay], *names: str) -> dict[str, int]:
    return days.aggregate(**{name: Coalesce(Sum(name), 0) for name in names})
