"""Stops a broadcast of whose messages too many come back after a provider took them.

A worker sees only what it is answered (:class:`~.answers.Trouble`). Over a web API, or a mail server that passes mails
on, the answer is always yes, and the truth comes later as reports.
"""

from collections import Counter
from collections.abc import Collection
from datetime import datetime

from outreach.audience.choices import ChannelName
from outreach.broadcasts import services
from outreach.broadcasts.models import Broadcast

from .answers import BAD, TOO_MANY, WINDOW
from .models import Delivery
from .progress import went_on_at

Status = Delivery.Status
WATCHED = (Status.BOUNCED, Status.FAILED, Status.REJECTED)
"""What reports may say that is bad."""


def stop_what_mostly_fails(*, broadcasts: Collection[int], now: datetime) -> None:
    """Pause those of ``broadcasts`` that are being sent and of whose last mails too many failed. ``now`` is UTC."""
    if not broadcasts:
        return
    for broadcast in Broadcast.objects.filter(pk__in=broadcasts, state=Broadcast.State.SENDING).order_by("pk"):
        if reason := _why(broadcast):
            services.pause(broadcast=broadcast, reason=reason, now=now)


def _why(broadcast: Broadcast) -> str:
    """Why it should pause; empty while it may go on, or where nothing waits any more.

    The last mails are those before the first that waits, in the order of the ledger, in which they are sent; what was
    tried before somebody let it go on was judged then.
    """
    mails = Delivery.objects.filter(broadcast=broadcast, channel=ChannelName.EMAIL)
    waiting = mails.filter(settled_at__isnull=True, status__in=Delivery.WAITING)
    first = waiting.filter(status=Status.QUEUED).order_by("pk").values_list("pk", flat=True).first()
    first = first or waiting.order_by("-pk").values_list("pk", flat=True).first()
    since = went_on_at(broadcast)
    if first is None or since is None:
        return ""
    last = mails.filter(pk__lt=first, settled_at__isnull=False).order_by("-pk")
    counts = Counter(
        status
        for status, attempted_at in last.values_list("status", "attempted_at")[:WINDOW]
        if attempted_at and attempted_at >= since
    )
    return next((BAD[status] for status in WATCHED if counts[status] >= TOO_MANY), "")
