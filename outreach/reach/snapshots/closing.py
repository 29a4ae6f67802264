"""Closing broadcasts: once its window is over, a broadcast's figures are stored and never change again."""

from datetime import datetime

from django.db.models import QuerySet

from outreach.broadcasts.models import Broadcast
from outreach.broadcasts.office_time import office_zone
from outreach.reach.models import Rebuild
from outreach.reach.rollups import rebuild
from outreach.reach.window import ENDED, attribution_window

from .models import Snapshot
from .sealed import count_broadcast
from .taking import Cover, TakenMeanwhile, take


def due(*, now: datetime) -> QuerySet[Broadcast]:
    """The broadcasts whose window is over at ``now`` (UTC) and of which there is no snapshot yet, oldest first."""
    return (
        Broadcast.objects.filter(
            kind=Broadcast.Kind.CAMPAIGN,
            state__in=ENDED,
            freeze__isnull=False,
            finished_at__lte=now - attribution_window(),
            snapshots__isnull=True,
        )
        .select_related("freeze", "campaign")
        .order_by("finished_at", "pk")
    )


def close_due(*, now: datetime) -> list[Snapshot]:
    """Take the first snapshot of every broadcast whose window is over; ``now`` is UTC."""
    taken = []
    for broadcast in due(now=now):
        last = Rebuild.objects.filter(broadcast=broadcast).first()
        if last is None or not last.settled:
            rebuild(broadcast=broadcast, now=now)
        try:
            taken.append(
                take(
                    cover=cover_of(broadcast),
                    sealed=count_broadcast(broadcast.pk),
                    version=1,
                    reason="",
                    user=None,
                    now=now,
                )
            )
        except TakenMeanwhile:
            continue
    return taken


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
