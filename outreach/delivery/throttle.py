"""How fast a channel may go, summed over all workers: a moment for each message, handed out in the database."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction

from outreach.channels.protocol import Channel

from .ledger import CLOCKS_DIFFER, LONGEST_PAUSE
from .models import Lease, Throttle

SHORTEST_QUEUE = timedelta(minutes=1)
LONGEST_TURN = timedelta(seconds=4)
"""More than one worker reserves at a time, which is one and a half of its chunks."""

TOLERANCE = timedelta(milliseconds=20)
"""On a strict channel a moment is good for so long: who comes later takes another one."""


def gap(channel: Channel) -> timedelta:
    """The time between two moments of a channel with a limit.

    On a strict channel no second may hold more than the limit, wherever it begins. Messages go out up to
    :data:`TOLERANCE` after their moments, so ``per_second`` gaps have to be as much longer than a second.
    """
    second = timedelta(seconds=1)
    return (second + TOLERANCE if channel.strict else second) / channel.per_second


def reserve(*, channel: Channel, count: int, now: datetime) -> datetime:
    """The moment (UTC) at which the first of ``count`` messages may go; each next one follows a :func:`gap` later.

    Moments are handed out once, to whichever worker asks, so however many workers there are, no second holds more than
    ``per_second`` of them. While the provider asked for a pause the first moment lies behind its end.
    """
    with transaction.atomic():
        row = _locked(channel.name, now)
        next_at = row.next_at if row.next_at - now < _longest_queue(channel.name, now) else now
        start = max(now, next_at, _true(row.paused_until, now) or now)
        row.next_at = start + count * gap(channel)
        row.save(update_fields=["next_at"])
    return start


def _longest_queue(channel: str, now: datetime) -> timedelta:
    """More than all workers together reserve: a moment further ahead was handed out before the clock was set back."""
    workers = Lease.objects.filter(channel=channel, until__gt=now).count()
    return max(SHORTEST_QUEUE, workers * LONGEST_TURN)


def wait_everyone(*, channel: str, until: datetime, now: datetime) -> None:
    """Let every worker wait: the provider asked for a pause until ``until`` (UTC). A shorter pause changes nothing."""
    with transaction.atomic():
        row = _locked(channel, until)
        row.paused_until = max(until, _true(row.paused_until, now) or until)
        row.save(update_fields=["paused_until"])


def paused_until(*, channel: str, now: datetime) -> datetime | None:
    """Until when (UTC) the provider asked for a pause, if it did."""
    return _true(Throttle.objects.filter(channel=channel).values_list("paused_until", flat=True).first(), now)


def pauses(*, channels: Collection[str], now: datetime) -> dict[str, datetime]:
    """Until when (UTC) the providers of some channels asked for a pause, where they did."""
    rows = Throttle.objects.filter(channel__in=channels).order_by("channel").values_list("channel", "paused_until")
    return {channel: until for channel, paused in rows if (until := _true(paused, now))}


def _true(pause: datetime | None, now: datetime) -> datetime | None:
    """A pause, unless it lies so far ahead that only a wrong clock can have set its end."""
    return pause if pause and pause - now <= LONGEST_PAUSE + CLOCKS_DIFFER else None


def _locked(channel: str, next_at: datetime) -> Throttle:
    Throttle.objects.get_or_create(channel=channel, defaults={"next_at": next_at})
    return Throttle.objects.select_for_update().get(channel=channel)
