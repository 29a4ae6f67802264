"""What was not counted, and why."""

from collections import Counter
from datetime import date, datetime

from django.db.models import Sum

from outreach.broadcasts.office_time import office_zone
from outreach.tracking.models import Drop

from .counting import add


def count_drops(drops: Counter[str], *, now: datetime) -> None:
    """Add to the drops of the office's day at ``now``."""
    day = now.astimezone(office_zone()).date()
    known = {reason: number for reason, number in drops.items() if reason in Drop.Reason.values and number}
    add(Drop, ["day", "reason"], {(day, reason): Counter(count=number) for reason, number in known.items()})


def drops(*, since: date, until: date) -> dict[Drop.Reason, int]:
    """How many hits were not counted, by reason, from the office's day ``since`` to before ``until``.

    By the day on which the worker met them. Every reason is there, in the order of the list; 0 where there was none.
    """
    rows = Drop.objects.filter(day__gte=since, day__lt=until).order_by().values("reason").annotate(total=Sum("count"))
    found = {row["reason"]: row["total"] for row in rows}
    return {reason: found.get(reason.value, 0) for reason in Drop.Reason}
