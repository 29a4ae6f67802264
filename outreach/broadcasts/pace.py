"""How long a broadcast takes on its channels: from the throttles, the quiet hours and what else shares a channel."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from outreach.audience.choices import ChannelName
from outreach.channels.registry import channel

from .models import Broadcast
from .quiet import end_of_work, hours, quiet_until

SHARES_WITHIN = timedelta(days=1)
"""A broadcast that begins so long before another may still be on its way when that one begins."""

State = Broadcast.State


@dataclass(frozen=True)
class Pace:
    """One channel's part of a broadcast: times are UTC, ``per_second`` is 0 where there is no limit.

    ``rests_until`` is when quiet hours that hold at its beginning end. ``done_at`` is when the last message goes if
    nothing else is sent; ``None`` without a limit, and beyond 400 days. ``others`` share the channel meanwhile.
    """

    channel: str
    messages: int
    per_second: float
    begins_at: datetime
    rests_until: datetime | None
    done_at: datetime | None
    others: tuple[str, ...]

    @property
    def label(self) -> str:
        """The channel's name for people."""
        return str(ChannelName(self.channel).label)

    def ends_after(self, moment: datetime) -> bool:
        """Whether its last message is likely to go after ``moment`` (UTC), if nothing else is sent."""
        if not self.per_second:
            return (self.rests_until or self.begins_at) > moment
        return self.done_at is None or self.done_at > moment


def paces(broadcast: Broadcast, *, messages: Mapping[str, int], now: datetime) -> list[Pace]:
    """The pace on each of the broadcast's channels, with ``messages`` to send on each, from its time on or from now."""
    begins_at = max(broadcast.send_at or now, now)
    return [
        _pace(broadcast, name, messages.get(name, 0), begins_at)
        for name in ChannelName.values
        if name in broadcast.channels
    ]


def _pace(broadcast: Broadcast, name: str, messages: int, begins_at: datetime) -> Pace:
    per_second = channel(name).per_second
    done_at = None
    if per_second:
        quiet = None if broadcast.ignores_quiet_hours else hours(channel=name)
        done_at = end_of_work(start=begins_at, work=timedelta(seconds=messages / per_second), quiet=quiet)
    rests_until = None if broadcast.ignores_quiet_hours else quiet_until(channel=name, now=begins_at)
    others = _sharing(broadcast, name, begins_at, done_at or begins_at)
    return Pace(name, messages, per_second, begins_at, rests_until, done_at, others)


def _sharing(broadcast: Broadcast, name: str, begins_at: datetime, done_at: datetime) -> tuple[str, ...]:
    """The titles of the other broadcasts that are likely to be sent on the channel in the same time."""
    near = Q(state=State.SCHEDULED, send_at__lte=done_at, send_at__gt=begins_at - SHARES_WITHIN)
    # A running one may be done by then; nobody can tell, so it is named where it began not long before.
    running = Q(state__in=[State.SENDING, State.PAUSED], started_at__gt=begins_at - SHARES_WITHIN)
    others = Broadcast.objects.filter(near | running, kind=Broadcast.Kind.CAMPAIGN).exclude(pk=broadcast.pk)
    return tuple(
        title for title, channels in others.order_by("pk").values_list("title", "channels") if name in channels
    )
