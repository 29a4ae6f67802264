"""Local times on clocks that change: which moments a local time names, where clocks skip it or show it twice."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.formats import date_format


def office_zone() -> ZoneInfo:
    """The time zone of the office."""
    return ZoneInfo(settings.OFFICE_TIME_ZONE)


def office_day(moment: datetime) -> date:
    """The day that it is in the office at a moment, whatever the zone of whoever asks."""
    return moment.astimezone(office_zone()).date()


def office_text(moment: datetime) -> str:
    """A moment as people in the office write it, without the name of their zone."""
    return str(date_format(moment.astimezone(office_zone()), "DATETIME_FORMAT"))


def moments(local: datetime, zone: ZoneInfo) -> tuple[datetime, ...]:
    """The moments (UTC) at which clocks in ``zone`` show ``local``, which has no zone of its own.

    One as a rule, none where the clocks skip that time, two where they are set back and show it twice.
    """
    found = {local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
    return tuple(sorted(moment for moment in found if moment.astimezone(zone).replace(tzinfo=None) == local))


def first_moment(local: datetime, zone: ZoneInfo) -> datetime:
    """The first moment (UTC) at which clocks in ``zone`` show ``local``, or at which they have skipped it."""
    found = moments(local, zone)
    return found[0] if found else _skip(local, zone)


def last_moment(local: datetime, zone: ZoneInfo) -> datetime:
    """The last moment (UTC) at which clocks in ``zone`` show ``local``, or at which they have skipped it."""
    found = moments(local, zone)
    return found[-1] if found else _skip(local, zone)


def _skip(local: datetime, zone: ZoneInfo) -> datetime:
    """The moment at which the clocks jump over ``local``, to the second."""
    # In a gap, the later reading falls before the jump and the earlier one after it.
    before, after = (local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (1, 0))
    offset = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=int((after - before).total_seconds()) // 2)
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)
