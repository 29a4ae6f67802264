"""Signs of life: whether somebody works on a broadcast, and which channels rest because their provider asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max

from outreach.audience.choices import ChannelName
from outreach.broadcasts.models import Broadcast

from .models import Delivery, Lease, Throttle
from .tallies import Tally

SILENCE = timedelta(minutes=2)
"""Work that was due for so long and that nobody took: probably no worker is running."""


@dataclass(frozen=True)
class Rest:
    """A channel on which nothing goes out until ``until`` (UTC)."""

    channel: str
    until: datetime

    @property
    def channel_name(self) -> str:
        """The channel as people call it."""
        return str(ChannelName(self.channel).label)


@dataclass(frozen=True)
class Signs:
    """``seen_at`` is a worker's last sign of life (UTC). ``silent`` is how long nobody took work that was due."""

    seen_at: datetime | None
    rests: tuple[Rest, ...]
    silent: timedelta | None


def signs(broadcast: Broadcast, tallies: Sequence[Tally], *, since: datetime | None, now: datetime) -> Signs:
    """Look for signs of life; ``since`` is when the broadcast last went on, by a start, a resumption or a decision."""
    tried_at = max((tally.tried_at for tally in tallies if tally.tried_at), default=None)
    leased_at = Lease.objects.filter(channel__in=broadcast.channels).aggregate(at=Max("seen_at"))["at"]
    seen_at = max(filter(None, (tried_at, leased_at)), default=None)
    found = Throttle.objects.filter(channel__in=broadcast.channels).exclude(paused_until=None).order_by("channel")
    ends = {row.channel: row.paused_until for row in found if row.paused_until}
    rests = tuple(Rest(channel, until) for channel, until in ends.items() if until > now)
    resting = {rest.channel for rest in rests}
    due = [
        max(tally.first_due_at, ends.get(tally.channel, tally.first_due_at))
        for tally in tallies
        if tally.status in Delivery.WAITING and tally.channel not in resting
    ]
    silent = None
    if due and broadcast.state == Broadcast.State.SENDING:
        silent = now - max(filter(None, (min(due), seen_at, since)))
    return Signs(seen_at, rests, silent if silent and silent >= SILENCE else None)


def late(broadcast: Broadcast, *, now: datetime) -> timedelta | None:
    """How long ago a scheduled broadcast should have begun; ``None`` while that is no cause for concern."""
    if broadcast.state != Broadcast.State.SCHEDULED or broadcast.send_at is None:
        return None
    passed = now - broadcast.send_at
    return passed if passed >= SILENCE else None
