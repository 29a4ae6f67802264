"""Which day and which events belong to a broadcast: the days in which it was sent, and the attribution window after.

Only what happened before the window's end counts for a broadcast. What comes later is recorded and belongs to no
figure, so that a figure is final once the window is over.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from outreach.broadcasts.attribution import ENDED, attribution_window, is_closed, window_end
from outreach.broadcasts.models import Broadcast
from outreach.broadcasts.office_time import first_moment, office_zone

__all__ = ["ENDED", "Days", "attribution_window", "days_of", "is_closed", "window_end"]


@dataclass(frozen=True)
class Days:
    """The days of the office's zone in which a broadcast was sent, in their order.

    ``starts`` are the moments (UTC) at which they begin. What happened before the first day counts on it, and what
    happened after the last counts on that.
    """

    days: Sequence[date]
    starts: Sequence[datetime]

    def bounds(self, day: date) -> tuple[datetime | None, datetime | None]:
        """From when (included) until when (not included) something counts on ``day``; ``None`` for an open end."""
        place = self.days.index(day)
        return (
            self.starts[place] if place else None,
            self.starts[place + 1] if place + 1 < len(self.days) else None,
        )


def days_of(broadcast: Broadcast, *, now: datetime) -> Days:
    """The days of a broadcast whose audience was fixed; one that still sends has those until ``now`` (UTC)."""
    zone = office_zone()
    begun = broadcast.started_at or broadcast.freeze.frozen_at
    first = begun.astimezone(zone).date()
    last = max(first, (broadcast.finished_at or now).astimezone(zone).date())
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return Days(days, [first_moment(datetime.combine(day, time.min), zone) for day in days])
