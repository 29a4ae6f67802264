"""Closing broadcasts: once its window is over, a broadcast's figures are stored and never change again."""

import logging
from contextlib import suppress
from datetime import datetime

from django.db.models import QuerySet

from outreach.broadcasts.models import Broadcast
from outreach.broadcasts.office_time import office_zone
from outreach.one_by_one import alone
from outreach.reach.rollups import LATEST_RECORD, EventsGone, rebuild
from outreach.reach.window import ENDED, attribution_window
from outreach.tracking.hits import shared_links
from outreach.tracking.hits.scanners import mark_soon

from .models import Snapshot
from .sealed import count_broadcast
from .taking import Cover, TakenMeanwhile, take

logger = logging.getLogger(__name__)


def due(*, now: datetime) -> QuerySet[Broadcast]:
    """The broadcasts of which there is no snapshot yet and whose window is over at ``now`` (UTC), oldest first.

    Some time later, since what happened within the window may be written after it.
    """
    return (
        Broadcast.objects.filter(
            kind=Broadcast.Kind.CAMPAIGN,
            state__in=ENDED,
            freeze__isnull=False,
            finished_at__lte=now - attribution_window() - LATEST_RECORD,
            snapshots__isnull=True,
        )
        .select_related("freeze", "campaign")
        .order_by("finished_at", "pk")
    )


def close_due(*, now: datetime) -> list[Snapshot]:
    """Take the first snapshot of every broadcast whose window is over; ``now`` is UTC.

    Each is counted anew first, so that nothing is missing that was written since the last count. One that can't be
    closed does not keep the others waiting.
    """
    taken = []
    for broadcast in due(now=now):
        with alone("broadcast %s could not be closed", broadcast.pk), suppress(TakenMeanwhile):
            taken.append(_close(broadcast, now))
    return taken


def _close(broadcast: Broadcast, now: datetime) -> Snapshot:
    mark_soon(broadcast=broadcast.pk)
    shared_links.mark_whole(broadcast=broadcast.pk)
    try:
        rebuild(broadcast=broadcast, now=now)
    except EventsGone:
        logger.warning("broadcast %s is closed as it was counted before its raw events were removed", broadcast.pk)
    sealed = count_broadcast(broadcast.pk)
    return take(cover=cover_of(broadcast), sealed=sealed, version=1, reason="", user=None, now=now)


def place_of(broadcast: int) -> str:
    """What the snapshots of a broadcast are found by."""
    return f"broadcast/{broadcast}"


def cover_of(broadcast: Broadcast) -> Cover:
    """What a snapshot of one broadcast covers: the days from its start to its end."""
    assert broadcast.finished_at is not None
    ended = broadcast.finished_at.astimezone(office_zone()).date()
    begun = (broadcast.started_at or broadcast.freeze.frozen_at).astimezone(office_zone()).date()
    return Cover(
        kind=Snapshot.Kind.BROADCAST,
        place=place_of(broadcast.pk),
        first_day=min(begun, ended),
        last_day=ended,
        broadcasts=[broadcast],
        broadcast=broadcast,
        campaign=broadcast.campaign,
    )
