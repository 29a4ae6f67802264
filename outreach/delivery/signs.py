"""Signs of life: whether somebody works on a broadcast, and which channels rest, by quiet hours or on request."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max

from outreach.audience.choices import ChannelName
from outreach.broadcasts.models import Broadcast
from outreach.broadcasts.quiet import all_hours

from . import throttle
from .models import Delivery, Lease
from .tallies import Tally

SILENCE = timedelta(minutes=2)
"""Work that was due for so long and that nobody took: probably no worker is running."""


@dataclass(frozen=True)
class Rest:
    """A channel on which nothing goes out until ``until`` (UTC): its provider asked for it, or hours are quiet."""

    channel: str
    until: datetime
    is_quiet: bool = False

    @property
    def channel_name(self) -> str:
        """The channel as people call it."""
        return str(ChannelName(self.channel).label)


@dataclass(frozen=True)
class Signs:
    """``seen_at`` is when a worker last gave a sign of life (UTC), ``silent`` how long nobody took due work."""

    seen_at: datetime | None
    rests: tuple[Rest, ...]
    silent: timedelta | None


def signs(broadcast: Broadcast, tallies: Sequence[Tally], *, since: datetime | None, now: datetime) -> Signs:
    """Look for signs of life; ``since`` is when the broadcast last went on, by a start, a resumption or a decision."""
    tried_at = max((tally.tried_at for tally in tallies if tally.tried_at), default=None)
    leased_at = Lease.objects.filter(channel__in=broadcast.channels).aggregate(at=Max("seen_at"))["at"]
    seen_at = max(filter(None, (tried_at, leased_at)), default=None)
    ends = throttle.pauses(channels=broadcast.channels, now=now)
    quiet, woke = _quiet(broadcast, now)
    rests = *(Rest(channel, until) for channel, until in ends.items() if until > now), *quiet
    resting = {rest.channel for rest in rests}
    due = [
        max([tally.first_due_at, *(found[tally.channel] for found in (ends, woke) if tally.channel in found)])
        for tally in tallies
        if tally.status in Delivery.WAITING and tally.channel not in resting
    ]
    silent = None
    if due and broadcast.state == Broadcast.State.SENDING:
        silent = now - max(filter(None, (min(due), seen_at, since)))
    return Signs(seen_at, rests, silent if silent and silent >= SILENCE else None)


def _quiet(broadcast: Broadcast, now: datetime) -> tuple[list[Rest], dict[str, datetime]]:
    """The channels of a sending broadcast whose hours are quiet, and when the quiet hours of each ended last."""
    if broadcast.state != Broadcast.State.SENDING or broadcast.ignores_quiet_hours:
        return [], {}
    kept = {name: found for name, found in all_hours().items() if name in broadcast.channels}
    rests = [Rest(name, until, is_quiet=True) for name, each in kept.items() if (until := each.until(now))]
    return rests, {name: ended for name, each in kept.items() if (ended := each.last_end(now))}


def late(broadcast: Broadcast, *, now: datetime) -> timedelta | None:
    """How long ago a scheduled broadcast should have begun; ``None`` while that is no cause for concern."""
    if broadcast.state != Broadcast.State.SCHEDULED or broadcast.send_at is None:
        return None
    passed = now - broadcast.send_at
    return passed if passed >= SILENCE else None
