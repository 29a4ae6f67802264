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
LOOKED_AT = 10 * WINDOW
"""So many rows of the ledger at most, among which may be those of other channels, and such as are tried again later."""


def stop_what_mostly_fails(*, broadcasts: Collection[int], now: datetime) -> None:
    """Pause those of ``broadcasts`` that are being sent and of whose last mails too many failed. ``now`` is UTC."""
    if not broadcasts:
        return
    for broadcast in Broadcast.objects.filter(pk__in=broadcasts, state=Broadcast.State.SENDING).order_by("pk"):
        if reason := _why(broadcast):
            services.pause(broadcast=broadcast, reason=reason, now=now)


def _why(broadcast: Broadcast) -> str:
    """Why it should pause; empty while it may go on, or where nothing waits any more.

    The last mails are those before the first that was not tried, in the order of the ledger, in which they are sent;
    what was tried before somebody let it go on was judged then.
    """
    still_open = Delivery.objects.filter(broadcast=broadcast, channel=ChannelName.EMAIL, settled_at__isnull=True)
    waiting = still_open.filter(status__in=Delivery.WAITING)
    untried = still_open.filter(status__in=[Status.QUEUED, Status.ATTEMPTING])
    since = went_on_at(broadcast)
    last_waiting = waiting.order_by("-pk").values_list("pk", flat=True).first()
    if since is None or last_waiting is None:
        return ""
    first = untried.order_by("pk").values_list("pk", flat=True).first() or last_waiting
    # Read by their numbers: the last of a million would be sorted out anew for each report. A broadcast's rows lie
    # together, so there are enough of them.
    before = Delivery.objects.filter(pk__in=range(first - LOOKED_AT, first)).order_by("-pk")
    settled = [
        (status, attempted_at)
        for number, channel, status, attempted_at, settled_at in before.values_list(
            "broadcast", "channel", "status", "attempted_at", "settled_at"
        )
        if number == broadcast.pk and channel == ChannelName.EMAIL and settled_at
    ]
    counts = Counter(status for status, attempted_at in settled[:WINDOW] if attempted_at and attempted_at >= since)
    return next((BAD[status] for status in WATCHED if counts[status] >= TOO_MANY), "")
