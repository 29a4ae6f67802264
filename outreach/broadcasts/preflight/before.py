"""Broadcasts that are planned so shortly before another that some people get that one in place of the other."""

from dataclasses import dataclass
from datetime import datetime

from outreach.broadcasts.audience import APART
from outreach.broadcasts.models import Broadcast


@dataclass(frozen=True)
class Before:
    """A broadcast to be sent at ``send_at`` (UTC): who wants one of ``frequencies`` does not get the later one too."""

    title: str
    send_at: datetime
    frequencies: tuple[str, ...]


def planned_before(broadcast: Broadcast, *, now: datetime) -> list[Before]:
    """What is scheduled between ``now`` (UTC) and ``broadcast``, in order, for as long as it matters.

    What was sent already, the audience knows from the ledger. Nothing comes too soon before what is urgent, or before
    what has no time yet.
    """
    start = broadcast.send_at
    if start is None or broadcast.is_urgent:
        return []
    others = Broadcast.objects.filter(
        kind=Broadcast.Kind.CAMPAIGN,
        state=Broadcast.State.SCHEDULED,
        send_at__gt=max(now, start - max(APART.values())),
        send_at__lte=start,
    ).exclude(pk=broadcast.pk)
    return [
        Before(title, send_at, tuple(name for name, apart in APART.items() if send_at > start - apart))
        for title, send_at in others.order_by("send_at", "pk").values_list("title", "send_at")
        if send_at is not None
    ]
