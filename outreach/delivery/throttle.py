"""How fast a channel may go, summed over all workers: a moment for each message, handed out in the database."""

from datetime import datetime, timedelta

from django.db import transaction

from outreach.channels.protocol import Channel

from .models import Throttle

LONGEST_QUEUE = timedelta(minutes=10)
"""More than all workers' chunks together ever reserve: a next moment beyond it means that the clock went back."""


def reserve(*, channel: Channel, count: int, now: datetime) -> datetime:
    """The moment (UTC) at which the first of ``count`` messages may go; each next one follows ``1 / per_second`` later.

    Moments are handed out once, to whichever worker asks, so however many workers there are, no second holds more than
    ``per_second`` of them. While the provider asked for a pause the first moment lies behind its end.
    """
    with transaction.atomic():
        Throttle.objects.get_or_create(channel=channel.name, defaults={"next_at": now})
        row = Throttle.objects.select_for_update().get(channel=channel.name)
        next_at = row.next_at if row.next_at - now < LONGEST_QUEUE else now
        start = max(now, next_at, row.paused_until or now)
        row.next_at = start + timedelta(seconds=count / channel.per_second)
        row.save(update_fields=["next_at"])
    return start


def wait_everyone(*, channel: str, until: datetime) -> None:
    """Let every worker wait: the provider asked for a pause until ``until`` (UTC). A shorter pause changes nothing."""
    with transaction.atomic():
        Throttle.objects.get_or_create(channel=channel, defaults={"next_at": until})
        row = Throttle.objects.select_for_update().get(channel=channel)
        row.paused_until = max(until, row.paused_until or until)
        row.save(update_fields=["paused_until"])


def paused_until(*, channel: str) -> datetime | None:
    """Until when the provider asked for a pause, if it did."""
    return Throttle.objects.filter(channel=channel).values_list("paused_until", flat=True).first()
