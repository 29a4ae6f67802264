"""Signs of life: whether somebody works on a broadcast, and which channels rest, by quiet hours or on request."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max

from outreach.audience.choices import ChannelName
from outreach.broadcasts.models import Broadcast
from outreach.broadcasts.quiet import Hours, all_hours

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
    """``seen_at`` is when a worker last gave a sign of life (UTC), ``silent`` how long nobody took due work.

    By channel, ``woke`` is when the last rest ended, where it has none now, and ``quiet`` the hours in which it rests.
    """

    seen_at: datetime | None
    rests: tuple[Rest, ...]
    woke: Mapping[str, datetime]
    quiet: Mapping[str, Hours]
    silent: timedelta | None


def signs(broadcast: Broadcast, tallies: Sequence[Tally], *, since: datetime | None, now: datetime) -> Signs:
    """Look for signs of life; ``since`` is when the broadcast last went on, by a start, a resumption or a decision."""
    tried_at = max((tally.tried_at for tally in tallies if tally.tried_at), default=None)
    leased_at = Lease.objects.filter(channel__in=broadcast.channels).aggregate(at=Max("seen_at"))["at"]
    seen_at = max(filter(None, (tried_at, leased_at)), default=None)
    ends = throttle.pauses(channels=broadcast.channels, now=now)
    quiet = _quiet(broadcast)
    rests = (
        *(Rest(channel, until) for channel, until in ends.items() if until > now),
        *(Rest(channel, until, is_quiet=True) for channel, hours in quiet.items() if (until := hours.until(now))),
    )
    resting = {rest.channel for rest in rests}
    woke = {
        channel: max(over)
        for channel in broadcast.channels
        if channel not in resting
        and (over := [end for end in (ends.get(channel), channel in quiet and quiet[channel].last_end(now)) if end])
    }
    due = [
        max(tally.first_due_at, woke.get(tally.channel, tally.first_due_at))
        for tally in tallies
        if tally.status in Delivery.WAITING and tally.channel not in resting
    ]
    silent = None
    if due and broadcast.state == Broadcast.State.SENDING:
        silent = now - max(filter(None, (min(due), seen_at, since)))
    return Signs(seen_at, rests, woke, quiet, silent if silent and silent >= SILENCE else None)


def _quiet(broadcast: Broadcast) -> dict[str, Hours]:
    """The quiet hours of the channels of a sending broadcast, where it keeps any."""
    if broadcast.state != Broadcast.State.SENDING or broadcast.is_urgent:
        return {}
    return {channel: hours for channel, hours in all_hours().items() if channel in broadcast.channels}


def late(broadcast: Broadcast, *, now: datetime) -> timedelta | None:
    """How long ago a scheduled broadcast should have begun; ``None`` while that is no cause for concern."""
    if broadcast.state != Broadcast.State.SCHEDULED or broadcast.send_at is None:
        return None
    passed = now - broadcast.send_at
    return passed if passed >= SILENCE else None
