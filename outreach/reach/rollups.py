"""Counts of the ledger by its frozen dimensions: rebuilt whole, so that the same ledger gives the same figures."""

import time
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from outreach.broadcasts.models import Broadcast
from outreach.delivery.models import Cohort, Delivery
from outreach.tracking.models import TrackingEvent

from .models import CohortRollup, Rebuild, Rollup

DIMENSIONS = ("segment", "group", "gender", "language", "channel")

ENDED = (Broadcast.State.FINISHED, Broadcast.State.CANCELLED, Broadcast.State.EXPIRED)
"""The states in which a broadcast sends nothing any more; late clicks and bounces may still come."""

REACHED = Q(status__in=Delivery.REACHED)
ATTEMPTED = ~Q(status__in=[Delivery.Status.QUEUED, Delivery.Status.CANCELLED, Delivery.Status.EXPIRED])

SHORTEST_PAUSE = timedelta(seconds=5)
PAUSE_PER_COST = 20
"""A rebuild is followed by a pause this many times as long as it took: at most a twentieth of a worker counts."""


def rebuild(*, broadcast: Broadcast, now: datetime | None = None) -> int:
    """Count the ledger of ``broadcast`` anew and return how many rollups there are now; ``now`` is UTC."""
    started = time.monotonic()
    with transaction.atomic():
        last, _made = Rebuild.objects.get_or_create(broadcast=broadcast, defaults={"rebuilt_at": timezone.now()})
        last = Rebuild.objects.select_for_update().get(pk=last.pk)
        events = TrackingEvent.objects.filter(broadcast=broadcast)
        newest = events.aggregate(newest=Coalesce(Max("pk"), 0))["newest"]
        Rollup.objects.filter(broadcast=broadcast).delete()
        rollups = Rollup.objects.bulk_create(_rollups(broadcast, events), batch_size=1000)
        CohortRollup.objects.filter(cohort__broadcast=broadcast).delete()
        CohortRollup.objects.bulk_create(_cohort_rollups(broadcast), batch_size=1000)
        last.settled = broadcast.state in ENDED and newest == last.newest_event and not _made
        last.newest_event = newest
        last.rebuilt_at = now or timezone.now()
        last.took_ms = round((time.monotonic() - started) * 1000)
        last.save()
    return len(rollups)


def _rollups(broadcast: Broadcast, events: QuerySet[TrackingEvent]) -> Iterator[Rollup]:
    """One aggregate of the ledger; an event counts once per delivery because deliveries are counted, not events."""
    personal = events.filter(delivery__isnull=False)
    clicks = personal.filter(kind=TrackingEvent.Kind.CLICK)

    def having(found: QuerySet[TrackingEvent]) -> Q:
        return REACHED & Q(pk__in=found.values("delivery"))

    rows = (
        Delivery.objects.filter(broadcast=broadcast)
        .order_by(*DIMENSIONS)
        .values(*DIMENSIONS)
        .annotate(
            attempted=Count("pk", filter=ATTEMPTED),
            accepted=Count("pk", filter=REACHED),
            bounced=Count("pk", filter=Q(status=Delivery.Status.BOUNCED)),
            unsubscribed=Count("pk", filter=having(personal.filter(kind=TrackingEvent.Kind.UNSUBSCRIBE))),
            trackable=Count("pk", filter=REACHED & Q(tracks_clicks=True)),
            clicked=Count("pk", filter=Q(tracks_clicks=True) & having(clicks.filter(machine_reason=""))),
            machine_clicked=Count("pk", filter=having(clicks.exclude(machine_reason=""))),
        )
    )
    return (Rollup(broadcast=broadcast, **row) for row in rows)


def _cohort_rollups(broadcast: Broadcast) -> Iterator[CohortRollup]:
    shared = Q(events__kind=TrackingEvent.Kind.CLICK, events__delivery__isnull=True)
    rows = Cohort.objects.filter(broadcast=broadcast).annotate(
        clicks=Count("events", filter=shared & Q(events__machine_reason="")),
        machine_clicks=Count("events", filter=shared & ~Q(events__machine_reason="")),
    )
    return (
        CohortRollup(cohort_id=pk, clicks=clicks, machine_clicks=machine_clicks)
        for pk, clicks, machine_clicks in rows.order_by("pk").values_list("pk", "clicks", "machine_clicks")
    )


def rebuild_stale(*, now: datetime) -> int:
    """Rebuild every broadcast whose ledger or events may have changed, and return how many; ``now`` is UTC.

    Cheap to ask often: a broadcast that ended and got no new event costs one look into an index.
    """
    rebuilt = 0
    for broadcast in _stale():
        last = Rebuild.objects.filter(broadcast=broadcast).first()
        if last is None or last.rebuilt_at + _pause(last) <= now:
            rebuild(broadcast=broadcast, now=now)
            rebuilt += 1
    return rebuilt


def _pause(last: Rebuild) -> timedelta:
    return max(SHORTEST_PAUSE, timedelta(milliseconds=PAUSE_PER_COST * last.took_ms))


def _stale() -> QuerySet[Broadcast]:
    newer = TrackingEvent.objects.filter(broadcast=OuterRef("pk"), pk__gt=OuterRef("rebuild__newest_event"))
    # A welcome message is no campaign: whom it reached says nothing of a campaign's reach.
    frozen = Broadcast.objects.filter(freeze__isnull=False, kind=Broadcast.Kind.CAMPAIGN)
    return frozen.filter(~Q(state__in=ENDED) | Q(rebuild__isnull=True) | Q(rebuild__settled=False) | Exists(newer))


def count_people(*, broadcasts: Collection[int], by: Sequence[str] = ()) -> dict[tuple[int | str, ...], int]:
    """Distinct people reached by these broadcasts together, exact, for each combination of the fields in ``by``.

    A field is ``"broadcast"`` or one of :data:`DIMENSIONS`. Who fits several combinations counts in each, so parts may
    add up to more than the whole.
    """
    reached = Delivery.objects.filter(REACHED, broadcast__in=broadcasts).order_by()
    if not by:
        return {(): reached.aggregate(people=Count("subscriber", distinct=True))["people"]}
    rows = reached.values_list(*by).annotate(people=Count("subscriber", distinct=True))
    return {tuple(row[:-1]): row[-1] for row in rows}
