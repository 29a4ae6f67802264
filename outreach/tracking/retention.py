"""Raw events go after some time; what was counted from them stays."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction

from outreach.broadcasts.attribution import ENDED
from outreach.broadcasts.models import Broadcast

from .models import Forgotten, TrackingEvent

RAW_EVENTS_DAYS = 90


def forget_events(*, settled: Collection[int], now: datetime) -> int:
    """Remove the raw events of broadcasts that ended at least :data:`RAW_EVENTS_DAYS` ago; how many. ``now`` is UTC.

    ``settled`` are the broadcasts whose counts are complete; others wait. All events of a broadcast go at once, and
    :class:`Forgotten` says so: it can't be counted anew, and what comes after that is dropped by name.
    """
    before = now - timedelta(days=RAW_EVENTS_DAYS)
    over = Broadcast.objects.filter(
        pk__in=settled, state__in=ENDED, finished_at__lt=before, forgotten__isnull=True
    ).order_by("pk")
    removed = 0
    for broadcast in over:
        with transaction.atomic():
            Forgotten.objects.get_or_create(broadcast=broadcast, defaults={"before": now})
            removed += TrackingEvent.objects.filter(broadcast=broadcast).delete()[0]
    return removed
