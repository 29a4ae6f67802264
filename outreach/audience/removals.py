"""How many of what were removed, by day: so that retention can be shown to have happened."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import F

from .models import Removal


def count_removed(*, kind: str, number: int, now: datetime) -> None:
    """Add ``number`` of ``kind`` to the day of the office in which ``now`` (UTC) lies; nothing where it is 0.

    Call it in the transaction that removes them.
    """
    if number:
        removal, _made = Removal.objects.get_or_create(day=office_day(now), kind=kind)
        Removal.objects.filter(pk=removal.pk).update(count=F("count") + number)


def office_day(now: datetime) -> date:
    """The day in the office's zone."""
    return now.astimezone(ZoneInfo(settings.OFFICE_TIME_ZONE)).date()


def removed_on(day: date) -> Counter[str]:
    """How many of each kind went on a day of the office."""
    rows: Iterable[tuple[str, int]] = Removal.objects.filter(day=day).values_list("kind", "count")
    return Counter(dict(rows))
