"""When the editions of a series go out: the same local time whatever the clocks do."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from outreach.broadcasts.office_time import first_moment

from .models import Series

FARTHEST_DAYS = 400
"""No series is planned further ahead; the next time of each lies within it."""


def occurrences(series: Series, *, zone: ZoneInfo, after: datetime) -> Iterator[datetime]:
    """The times (UTC) of ``series`` after ``after``, in order, by the clocks of ``zone``.

    A time that the clocks skip is when they jump; of a time that they show twice it is the first.
    """
    first_day = after.astimezone(zone).date() - timedelta(days=1)
    for number in range(FARTHEST_DAYS):
        day = first_day + timedelta(days=number)
        if _is_day(series, day):
            moment = first_moment(datetime.combine(day, series.local_time), zone)
            if moment > after:
                yield moment


def next_occurrences(series: Series, *, zone: ZoneInfo, after: datetime, count: int) -> list[datetime]:
    """The next ``count`` times."""
    return list(islice(occurrences(series, zone=zone, after=after), count))


def shortest_gap(series: Series) -> timedelta:
    """The least time between two editions, by the calendar."""
    if series.rhythm == Series.Rhythm.MONTHLY:
        return timedelta(days=28)
    days = sorted(series.weekdays)
    return timedelta(days=min((later - sooner for sooner, later in zip(days, [*days[1:], days[0] + 7], strict=True))))


def _is_day(series: Series, day: date) -> bool:
    if series.rhythm == Series.Rhythm.MONTHLY:
        return day.day == min(series.month_day, monthrange(day.year, day.month)[1])
    return day.weekday() in series.weekdays
