"""The one reading of a broadcast's rows on which everything rests that its progress page tells."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Min, Q

from outreach.broadcasts.models import Broadcast

from .models import Delivery

LATELY = timedelta(minutes=1)
"""The time over which the present speed is measured."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many deliveries share a state, a channel and a reader's language. Times are UTC.

    ``unsettled`` have no time at which they ended; ``tried`` were tried at all, ``lately`` within :data:`LATELY`.
    """

    status: str
    channel: str
    language: str
    count: int
    unsettled: int
    tried: int
    lately: int
    tried_at: datetime | None
    first_due_at: datetime
    last_due_at: datetime

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done about them."""
        return self.status in Delivery.OPEN


def tallies(broadcast: Broadcast, *, since: datetime | None = None, now: datetime) -> list[Tally]:
    """All of them, in one pass over the broadcast's deliveries; what was tried up to ``since`` was not lately."""
    lately = max(filter(None, (now - LATELY, since)))
    rows = (
        Delivery.objects.filter(broadcast=broadcast)
        .order_by()
        .values_list("status", "channel", "language")
        .annotate(
            count=Count("pk"),
            unsettled=Count("pk", filter=Q(settled_at=None)),
            tried=Count("attempted_at"),
            lately=Count("pk", filter=Q(attempted_at__gt=lately)),
            tried_at=Max("attempted_at"),
            first_due_at=Min("due_at"),
            last_due_at=Max("due_at"),
        )
    )
    return [Tally(*row) for row in rows]
