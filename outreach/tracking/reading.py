"""What was read on the site, of the days of the office: for the metrics W1 (page views) and E3 (completion).

A period goes from the day ``since`` to before the day ``until``. Visits are no people: see :mod:`.web.visitors`.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet, Sum
from django.db.models.functions import Coalesce

from .models import PageDay


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


def visits(*, since: date, until: date, **only: Any) -> Visits:
    """What was shown in a period. ``only`` names a ``page``, ``language``, ``source``, ``broadcast`` or ``device``."""
    return Visits(**_sums(_days(since, until, only), "views", "visits", "machine_views"))


def completion(*, since: date, until: date, **only: Any) -> Completion:
    """How many of those whose browser told it read to the end in a period; ``only`` as for :func:`visits`."""
    return Completion(**_sums(_days(since, until, only), "completed", "beacons"))


def _days(since: date, until: date, only: dict[str, Any]) -> QuerySet[PageDay]:
    if unknown := set(only) - {"page", "language", "source", "broadcast", "device"}:
        raise TypeError(f"visits are not told apart by {', '.join(sorted(unknown))}")
    return PageDay.objects.filter(day__gte=since, day__lt=until, **only)


def _sums(days: QuerySet[PageDay], *names: str) -> dict[str, int]:
    return days.aggregate(**{name: Coalesce(Sum(name), 0) for name in names})
