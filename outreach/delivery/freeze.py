"""Fixes a broadcast's audience: one set-based insert of a delivery per person, and a count of everybody left out.

Errors: :class:`AudienceMoved` where the audience changed between the insert and the count; nothing is written then.
"""

from collections import Counter
from datetime import datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from django.db.models import Case, Count, F, Value, When

from outreach.broadcasts.audience import considered, tally
from outreach.broadcasts.models import Broadcast

from .models import Cohort, Delivery, Exclusion, Freeze

SMALLEST_COHORT = 5
"""A cohort link must be shared by at least as many people as an evaluator's table shows."""

Dimensions = tuple[str | None, str | None, str | None, str | None]
EVERYBODY: Dimensions = (None, None, None, None)


class AudienceMoved(Exception):
    """Somebody joined or left while the audience was being fixed: try again."""


def freeze(*, broadcast: Broadcast, now: datetime) -> Freeze:
    """Write the ledger's rows of ``broadcast``, due at ``now`` (UTC), its exclusions, its cohorts and the freeze."""
    with transaction.atomic():
        inserted = _insert_deliveries(broadcast, now)
        counts = tally(broadcast)
        candidates = sum(counts.values())
        if inserted != sum(count for (_channel, reason), count in counts.items() if not reason):
            raise AudienceMoved(broadcast.pk)
        Exclusion.objects.bulk_create(
            Exclusion(broadcast=broadcast, channel=channel, reason=reason, count=count)
            for (channel, reason), count in sorted(counts.items())
            if reason
        )
        _make_cohorts(broadcast)
        return Freeze.objects.create(
            broadcast=broadcast,
            frozen_at=now,
            candidates=candidates,
            segments={
                segment.code: {"name": segment.name, "rule": segment.rule} for segment in broadcast.segments.all()
            },
        )


def _insert_deliveries(broadcast: Broadcast, now: datetime) -> int:
    """``INSERT … SELECT`` of everybody who gets a message; no row passes through Python, so memory stays flat."""
    asked = Case(When(allows_gender_statistics=True, then=F("subscriber__gender")), default=Value(""))
    found = {
        "subscription_id": "pk",
        "subscriber_id": "subscriber",
        "message_id": "message",
        "channel": "channel",
        "segment": "segment",
        "group": "subscriber__group",
        "gender": "asked_gender",
        "language": "subscriber__language",
        "tracks_opens": "allows_open_tracking",
        "tracks_clicks": "allows_click_tracking",
    }
    same_for_all: dict[str, Any] = {
        "broadcast_id": broadcast.pk,
        "status": Delivery.Status.QUEUED.value,
        "attempts": 0,
        "due_at": connection.ops.adapt_datetimefield_value(now),
        "lease_owner": "",
        "provider_id": "",
        "detail": "",
    }
    rows = considered(broadcast).filter(reason="").order_by().annotate(asked_gender=asked).values_list(*found.values())
    try:
        sql, params = rows.query.sql_with_params()
    except EmptyResultSet:
        return 0
    quoted = [connection.ops.quote_name(name) for name in found]
    fixed = [connection.ops.quote_name(name) for name in same_for_all]
    slot = "channel" if broadcast.every_channel else "''"
    statement = (
        f"INSERT INTO {connection.ops.quote_name(Delivery._meta.db_table)} ({', '.join([*quoted, *fixed])}, slot) "  # noqa: S608
        f"WITH found({', '.join(quoted)}) AS ({sql}) "
        f"SELECT {', '.join(quoted)}, {', '.join(['%s'] * len(fixed))}, {slot} FROM found"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [*params, *same_for_all.values()])
        return int(cursor.rowcount)


def _make_cohorts(broadcast: Broadcast) -> None:
    rows = (
        Delivery.objects.filter(broadcast=broadcast)
        .values_list("segment", "gender", "language", "channel")
        .annotate(size=Count("pk"))
        .order_by()
    )
    buckets: dict[Dimensions, int] = {(row[0], row[1], row[2], row[3]): row[4] for row in rows}
    Cohort.objects.bulk_create(
        Cohort(broadcast=broadcast, segment=segment, gender=gender, language=language, channel=channel, size=size)
        for (segment, gender, language, channel), size in coarsened(buckets, SMALLEST_COHORT).items()
    )


def ladder(exact: Dimensions) -> list[Dimensions]:
    """From the exact cohort to the one of everybody: what is left open at each step down."""
    segment, gender, _language, channel = exact
    return [
        exact,
        (segment, gender, None, channel),
        (None, gender, None, channel),
        (None, None, None, channel),
        (None, None, None, None),
    ]


def coarsened(buckets: dict[Dimensions, int], smallest: int) -> dict[Dimensions, int]:
    """Merge buckets of fewer than ``smallest`` people into coarser ones, until no cohort is smaller.

    The finest cohort that is too small is given up, and its people belong to the next coarser one, until all are
    large enough; where the cohort of everybody is the only small one left, the smallest of the others joins it. Only
    a broadcast to fewer than ``smallest`` people keeps one smaller cohort, which says nothing but that it is of that
    broadcast.
    """
    offered = {place for exact in buckets for place in ladder(exact)}
    while True:
        sizes: Counter[Dimensions] = Counter()
        for exact, size in buckets.items():
            sizes[next(place for place in ladder(exact) if place in offered)] += size
        small = [place for place, size in sizes.items() if size < smallest and place != EVERYBODY]
        if not small and sizes.get(EVERYBODY, smallest) < smallest:
            small = sorted(
                (place for place in sizes if place != EVERYBODY), key=lambda place: (sizes[place], str(place))
            )[:1]
        if not small:
            return dict(sizes)
        finest = min(place.count(None) for place in small)
        offered -= {place for place in small if place.count(None) == finest}


def cohort_index(broadcast_id: int) -> dict[Dimensions, int]:
    """The number of each cohort of a broadcast, by its dimensions: segment, gender, language, channel."""
    rows = Cohort.objects.filter(broadcast_id=broadcast_id).values_list(
        "segment", "gender", "language", "channel", "pk"
    )
    return {(row[0], row[1], row[2], row[3]): row[4] for row in rows}


def cohort_of(exact: Dimensions, index: dict[Dimensions, int]) -> int:
    """The number of the finest cohort that fits ``exact``; raises ``LookupError`` where there is none."""
    for place in ladder(exact):
        if place in index:
            return index[place]
    raise LookupError(exact)
