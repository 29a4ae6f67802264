"""One month of broadcasts by the clocks of the office: past, scheduled, and the editions that are still to be made."""

from calendar import Calendar
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.formats import get_format

from .models import Broadcast
from .office_time import first_moment
from .series.models import Series
from .series.occurrences import occurrences

EARLIEST, LATEST = date(2000, 1, 1), date(2199, 12, 1)
"""The months that can be asked for."""
PLANNED_AHEAD = timedelta(days=366)
"""Editions that are still to be made are shown so far ahead."""

PLANNED = "planned"
"""The state of an edition for which there is no broadcast yet."""


@dataclass(frozen=True)
class Entry:
    """One broadcast, or with ``series`` an edition that is still to be made; ``moment`` is UTC."""

    moment: datetime
    title: str
    state: str
    broadcast: Broadcast | None = None
    series: Series | None = None


@dataclass(frozen=True)
class Day:
    """One day with what goes out on it, in order; ``in_month`` is false for days of the months beside."""

    date: date
    in_month: bool
    is_today: bool
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Month:
    """Whole weeks, beginning on the day on which weeks begin in the reader's language."""

    first: date
    weeks: tuple[tuple[Day, ...], ...]

    @property
    def previous(self) -> date:
        """The first day of the month before."""
        return (self.first - timedelta(days=1)).replace(day=1)

    @property
    def next(self) -> date:
        """The first day of the month after."""
        return (self.first + timedelta(days=31)).replace(day=1)

    @property
    def is_empty(self) -> bool:
        """Whether nothing goes out in it."""
        return not any(day.entries for week in self.weeks for day in week)


def month(*, first: date, zone: ZoneInfo, now: datetime) -> Month:
    """The month that begins on ``first``, by the clocks of ``zone``. Raises ``ValueError`` for one out of range."""
    if not EARLIEST <= first <= LATEST or first.day != 1:
        raise ValueError(first)
    # Python counts days from Monday, Django's formats from Sunday.
    weeks = Calendar((int(get_format("FIRST_DAY_OF_WEEK")) - 1) % 7).monthdatescalendar(first.year, first.month)
    begin = first_moment(datetime.combine(weeks[0][0], time.min), zone)
    end = first_moment(datetime.combine(weeks[-1][-1] + timedelta(days=1), time.min), zone)
    by_day: dict[date, list[Entry]] = defaultdict(list)
    for entry in sorted((*_broadcasts(begin, end), *_planned(begin, end, zone, now)), key=lambda entry: entry.moment):
        by_day[entry.moment.astimezone(zone).date()].append(entry)
    today = now.astimezone(zone).date()
    return Month(
        first,
        tuple(
            tuple(Day(day, day.month == first.month, day == today, tuple(by_day[day])) for day in week)
            for week in weeks
        ),
    )


def _broadcasts(begin: datetime, end: datetime) -> Iterator[Entry]:
    """What was sent, when it began; what is planned, at its time. A draft has a time only as an edition."""
    timed = Broadcast.objects.filter(kind=Broadcast.Kind.CAMPAIGN).annotate(moment=Coalesce("started_at", "send_at"))
    for broadcast in timed.filter(Q(moment__gte=begin) & Q(moment__lt=end)).select_related("series"):
        yield Entry(broadcast.moment, broadcast.title, broadcast.state, broadcast)


def _planned(begin: datetime, end: datetime, zone: ZoneInfo, now: datetime) -> Iterator[Entry]:
    for series in Series.objects.filter(is_paused=False):
        after = max(begin - timedelta(seconds=1), series.handled_until, now)
        if after >= end or after > now + PLANNED_AHEAD:
            continue
        # Paused and resumed, or moved to a later hour, it looks again at a day whose edition is there.
        editions = series.editions.filter(occurrence__gte=begin - timedelta(days=1))
        made = {each.astimezone(zone).date() for each in editions.values_list("occurrence", flat=True) if each}
        for occurrence in occurrences(series, zone=zone, after=after):
            if occurrence >= end:
                break
            if occurrence.astimezone(zone).date() in made:
                continue
            yield Entry(occurrence.astimezone(UTC), series.title, PLANNED, series=series)
