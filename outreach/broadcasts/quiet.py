"""Quiet hours: when no message begins its way, by the clocks of a named zone.

Where clocks are set back, a quiet hour begins when its time is shown first and ends when its time is shown last;
where they skip a time, it counts as reached when they jump.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from outreach.audience.choices import ChannelName

from .models import Broadcast, QuietHours
from .office_time import first_moment, last_moment

LONGEST_LOOK = 400
"""So many days are looked at for a finish; whatever takes longer is said to take longer."""


@dataclass(frozen=True)
class Hours:
    """Every day from ``start`` to ``end`` on the clocks of ``zone``, over midnight where ``end`` is not later."""

    start: time
    end: time
    zone: ZoneInfo

    def until(self, now: datetime) -> datetime | None:
        """When the quiet hours that hold at ``now`` end (UTC); ``None`` if none do."""
        end = None
        for window_start, window_end in self._around(now):
            # Where clocks are set back, one window may reach into the next.
            if window_start <= (end or now) < window_end:
                end = window_end
        return end

    def next_start(self, now: datetime) -> datetime | None:
        """When quiet hours begin next after ``now`` (UTC); ``None`` where there are none."""
        return next((start for start, end in self._around(now) if start > now and start < end), None)

    def last_end(self, now: datetime) -> datetime | None:
        """When quiet hours ended last, up to ``now`` (UTC); ``None`` where there are none."""
        return max((end for start, end in self._around(now) if start < end <= now), default=None)

    def _around(self, now: datetime) -> Iterator[tuple[datetime, datetime]]:
        if self.start == self.end:
            return
        today = now.astimezone(self.zone).date()
        for day in (today + timedelta(days=number) for number in range(-2, 4)):
            last_day = day if self.start < self.end else day + timedelta(days=1)
            yield (
                first_moment(datetime.combine(day, self.start), self.zone),
                last_moment(datetime.combine(last_day, self.end), self.zone),
            )


def all_hours() -> dict[str, Hours]:
    """The quiet hours of each channel that has some, as the administrators set them."""
    found = QuietHours.objects.first()
    if found is None or found.start == found.end:
        return {}
    kept = Hours(found.start, found.end, ZoneInfo(found.zone or settings.OFFICE_TIME_ZONE))
    return {name: kept for name in ChannelName.values if getattr(found, name)}


def hours(*, channel: str) -> Hours | None:
    """The quiet hours of a channel; ``None`` where there are none."""
    return all_hours().get(channel)


def quiet_until(*, channel: str, now: datetime) -> datetime | None:
    """Until when (UTC) no message may begin its way on ``channel``; ``None`` if it may now."""
    found = hours(channel=channel)
    return found.until(now) if found else None


def resting(*, broadcast: Broadcast, now: datetime) -> list[tuple[str, datetime]]:
    """The channels on which a sending broadcast waits for the end of quiet hours: their names, and until when (UTC)."""
    return resting_at(broadcast=broadcast, moment=now) if broadcast.state == Broadcast.State.SENDING else []


def resting_at(*, broadcast: Broadcast, moment: datetime) -> list[tuple[str, datetime]]:
    """The channels on which quiet hours hold up what may go from ``moment`` on: their names, and until when (UTC)."""
    if broadcast.ignores_quiet_hours:
        return []
    names = [name for name in ChannelName if name.value in broadcast.channels]
    found = ((name, quiet_until(channel=name.value, now=moment)) for name in names)
    return [(str(name.label), until) for name, until in found if until]


def end_of_work(*, start: datetime, work: timedelta, quiet: Hours | None) -> datetime | None:
    """When ``work`` that begins at ``start`` and rests in the quiet hours is done; ``None`` beyond 400 days."""
    moment = start
    for _day in range(LONGEST_LOOK):
        moment = (quiet and quiet.until(moment)) or moment
        rest = quiet.next_start(moment) if quiet else None
        if rest is None or moment + work <= rest:
            return moment + work
        work -= rest - moment
        moment = rest
    return None
