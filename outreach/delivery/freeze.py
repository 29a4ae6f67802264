"""Fixes a broadcast's audience: one set-based insert of a delivery per person, and a count of everybody left out."""

from collections import Counter
from datetime import datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from django.db.models import Case, F, Value, When

from outreach.broadcasts.audience import considered
from outreach.broadcasts.models import Broadcast

from .models import Cohort, Delivery, Exclusion, Freeze

SMALLEST_COHORT = 5
"""A cohort link must be shared by at least as many people as an evaluator's table shows."""

COUNTED_BY = ("channel", "reason", "segment", "gender", "language")
Dimensions = tuple[str | None, str | None, str | None, str | None]
EVERYBODY: Dimensions = (None, None, None, None)


def freeze(*, broadcast: Broadcast, now: datetime) -> Freeze:
    """Write the ledger's rows of ``broadcast``, due at ``now`` (UTC), its exclusions, its cohorts and the freeze."""
    with transaction.atomic():
        counts = _write_deliveries(broadcast, now)
        left_out: Counter[tuple[str, str]] = Counter()
        cohorts: Counter[Dimensions] = Counter()
        for channel, reason, segment, gender, language, count in counts:
            if reason:
                left_out[channel, reason] += count
            else:
                cohorts[segment, gender, language, channel] += count
        Exclusion.objects.bulk_create(
            Exclusion(broadcast=broadcast, channel=channel, reason=reason, count=count)
            for (channel, reason), count in sorted(left_out.items())
        )
        Cohort.objects.bulk_create(
            Cohort(broadcast=broadcast, segment=segment, gender=gender, language=language, channel=channel, size=size)
            for (segment, gender, language, channel), size in coarsened(cohorts, SMALLEST_COHORT).items()
        )
        return Freeze.objects.create(
            broadcast=broadcast,
            frozen_at=now,
            candidates=left_out.total() + cohorts.total(),
            segments={
                segment.code: {"name": segment.name, "rule": segment.rule} for segment in broadcast.segments.all()
            },
        )


def _write_deliveries(broadcast: Broadcast, now: datetime) -> list[tuple[str, str, str, str, str, int]]:
    """Write a delivery for everybody who gets a message; how many were considered, by what :data:`COUNTED_BY` names.

    They are read once, into a table that only this transaction sees, so that who is written and who is counted can't
    differ. No row passes through Python, so memory stays flat.
    """
    try:
        sql, params = considered(
            broadcast,
            now=now,
            group="subscriber__group",
            gender=Case(When(allows_gender_statistics=True, then=F("subscriber__gender")), default=Value("")),
            tracks_opens="allows_open_tracking",
            tracks_clicks="allows_click_tracking",
        )
    except EmptyResultSet:
        return []
    by = ", ".join(COUNTED_BY)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Each statement is run once: compiling it would take longer than it saves.
            cursor.execute("SET LOCAL jit = off")
        cursor.execute(f"CREATE TEMPORARY TABLE considered AS {sql}", params)
        if connection.vendor == "postgresql":
            # Nothing is known of a new table, so its rows would be sorted on disk to be counted. To have it read for
            # that takes as long as half of the counting.
            cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute(*_insert(broadcast, now))
        cursor.execute(f"SELECT {by}, COUNT(*) FROM considered GROUP BY {by}")  # noqa: S608
        counts = list(cursor.fetchall())
        cursor.execute("DROP TABLE considered")
    return counts


def _insert(broadcast: Broadcast, now: datetime) -> tuple[str, list[Any]]:
    """The ``INSERT … SELECT`` of the deliveries from the table ``considered``, and its parameters."""
    numbers = ("subscription", "subscriber", "message")
    copied = ("channel", "segment", "group", "gender", "language", "tracks_opens", "tracks_clicks")
    same_for_all: dict[str, Any] = {
        "broadcast_id": broadcast.pk,
        "status": Delivery.Status.QUEUED.value,
        "attempts": 0,
        "due_at": connection.ops.adapt_datetimefield_value(now),
        "lease_owner": "",
        "provider_id": "",
        "detail": "",
    }
    quote = connection.ops.quote_name
    written = [*(f"{name}_id" for name in numbers), *copied, *same_for_all, "slot"]
    read = [*map(quote, (*numbers, *copied)), *["%s"] * len(same_for_all)]
    slot = "channel" if broadcast.every_channel else "''"
    return (
        f"INSERT INTO {quote(Delivery._meta.db_table)} ({', '.join(map(quote, written))}) "  # noqa: S608
        f"SELECT {', '.join(read)}, {slot} FROM considered WHERE reason = ''"
    ), list(same_for_all.values())


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
