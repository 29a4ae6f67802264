"""Counts of the ledger by day and frozen dimensions: rebuilt whole, so that the same ledger gives the same figures.

Errors: :class:`EventsGone` where the raw events are no longer all there, so that counting anew would count less;
:class:`NoSuchDay` where a broadcast was not sent on the day that is asked for.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from outreach.broadcasts.carried_links import pages_of_links
from outreach.broadcasts.models import Broadcast
from outreach.delivery.models import Cohort
from outreach.one_by_one import alone
from outreach.tracking.models import Forgotten, TrackingEvent

from .ledger_rows import DIMENSIONS, LedgerRows
from .models import MACHINES, SHARED_MACHINES, Axis, CohortRollup, Margin, PeopleSet, Rebuild, Rollup, StoryRollup
from .people import Collected, place_of
from .window import ENDED, attribution_window, days_of

__all__ = [
    "DIMENSIONS",
    "ENDED",
    "EventsGone",
    "NoSuchDay",
    "counted",
    "events_are_whole",
    "rebuild",
    "rebuild_stale",
    "sent_on",
]

SHORTEST_PAUSE = timedelta(seconds=5)
PAUSE_WHILE_SENDING = timedelta(seconds=30)
"""A ledger that changes all the time is counted less often: how sending goes, its own page shows."""
PAUSE_PER_COST = 20
"""A rebuild is followed by a pause this many times as long as it took: at most a twentieth of a worker counts."""

LATEST_RECORD = timedelta(hours=1)
"""How long after the attribution window an event that happened within it may still be written."""

REPORT_TAKES = timedelta(minutes=1)
"""How long it takes at most to write down what a provider reported of messages."""

SETS_AT_ONCE = 50
"""So many people sets are written at once: each may take some hundred kilobytes."""


class EventsGone(Exception):
    """Raw events of the broadcast were deleted: counted anew, it would lose clicks. What was counted stays."""


class NoSuchDay(ValueError):
    """The broadcast was not sent on that day."""


def counted() -> QuerySet[Broadcast]:
    """The broadcasts of the campaign whose audience was ever fixed, in their order.

    A welcome message is no campaign: whom it reached says nothing of a campaign's reach.
    """
    return Broadcast.objects.filter(freeze__isnull=False, kind=Broadcast.Kind.CAMPAIGN).order_by("pk")


def sent_on(day: date, broadcasts: Iterable[Broadcast], *, now: datetime) -> list[Broadcast]:
    """Those of some broadcasts whose days, in the office's zone, ``day`` is among; ``now`` is UTC."""
    return [broadcast for broadcast in broadcasts if day in days_of(broadcast, now=now).days]


def events_are_whole(broadcast: Broadcast) -> bool:
    """Whether every event of the broadcast that was ever recorded is still there."""
    return not Forgotten.objects.filter(broadcast=broadcast).exists()


def rebuild(*, broadcast: Broadcast, day: date | None = None, now: datetime | None = None) -> int:
    """Count the ledger of ``broadcast`` anew and return how many rollups there are now; ``now`` is UTC.

    With ``day``, a day of the office's zone, only what was settled on it; clicks over shared links and clicks by story
    belong to no day and stay. Raises :class:`EventsGone` and :class:`NoSuchDay`; nothing changes then.
    """
    started = time.monotonic()
    now = now or timezone.now()
    if not events_are_whole(broadcast):
        raise EventsGone(broadcast.pk)
    days = days_of(broadcast, now=now)
    if day is not None and day not in days.days:
        raise NoSuchDay(day)
    with transaction.atomic():
        last, is_first = Rebuild.objects.get_or_create(broadcast=broadcast, defaults={"rebuilt_at": now})
        last = Rebuild.objects.select_for_update().get(pk=last.pk)
        newest = TrackingEvent.objects.filter(broadcast=broadcast).aggregate(newest=Coalesce(Max("pk"), 0))["newest"]
        rows = LedgerRows(broadcast, days, day)
        count = _rebuild_days(rows)
        if day is None:
            _rebuild_shared(rows)
            last.settled = broadcast.state in ENDED and newest == last.newest_event and not is_first
            last.newest_event = newest
            last.took_ms = round((time.monotonic() - started) * 1000)
        last.rebuilt_at = now
        last.save()
    return count


def _rebuild_days(rows: LedgerRows) -> int:
    """Everything that is counted by day, from one grouping of the ledger."""
    rollups: defaultdict[tuple[date, tuple[str, ...]], Counter[str]] = defaultdict(Counter)
    margins: defaultdict[tuple[date, str, str], Counter[str]] = defaultdict(Counter)
    people = Collected()
    for alike in rows.alike():
        rollup = rollups[alike.day, alike.dimensions]
        for name in alike.counts:
            rollup[name] += alike.number
        people.add(alike)
        for name in alike.reasons.keys() & set(alike.counts):
            margins[alike.day, MACHINES, alike.reasons[name]][name] += alike.number
    for (day, dimensions), counts in rollups.items():
        for axis in Axis.values:
            margins[day, axis, place_of(axis, *dimensions)].update(counts)
    broadcast = rows.broadcast
    margins_of_days = Margin.objects.exclude(axis=SHARED_MACHINES)
    for rows_of_days in (Rollup.objects.all(), margins_of_days, PeopleSet.objects.all()):
        old = rows_of_days.filter(broadcast=broadcast)
        (old.filter(day=rows.day) if rows.day else old).delete()
    Rollup.objects.bulk_create(
        (
            Rollup(broadcast=broadcast, day=day, **dict(zip(DIMENSIONS, dimensions, strict=True)), **counts)
            for (day, dimensions), counts in sorted(rollups.items())
        ),
        batch_size=1000,
    )
    Margin.objects.bulk_create(
        Margin(broadcast=broadcast, day=day, axis=axis, place=place, **counts)
        for (day, axis, place), counts in sorted(margins.items())
    )
    PeopleSet.objects.bulk_create(people.sets(broadcast), batch_size=SETS_AT_ONCE)
    return len(rollups)


def _rebuild_shared(rows: LedgerRows) -> None:
    """Clicks over shared links, by cohort, and all clicks by the story that they led to."""
    broadcast = rows.broadcast
    cohorts = list(Cohort.objects.filter(broadcast=broadcast).order_by("pk"))
    leads = pages_of_links(broadcast)
    clicks: Counter[int] = Counter()
    machine_clicks: Counter[int] = Counter()
    reasons: Counter[str] = Counter()
    stories: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    by_number = {cohort.pk: cohort for cohort in cohorts}
    for number, link, reason, count in rows.shared_clicks():
        if reason:
            machine_clicks[number] += count
            reasons[reason] += count
            continue
        clicks[number] += count
        cohort = by_number[number]
        story = leads.of_shared(channel=cohort.channel, language=cohort.language, link=link)
        stories[story][1] += count
    for story, messages in rows.stories_followed(leads.as_rows()).items():
        stories[story][0] += messages
    CohortRollup.objects.filter(cohort__broadcast=broadcast).delete()
    CohortRollup.objects.bulk_create(
        (CohortRollup(cohort=each, clicks=clicks[each.pk], machine_clicks=machine_clicks[each.pk]) for each in cohorts),
        batch_size=1000,
    )
    Margin.objects.filter(broadcast=broadcast, axis=SHARED_MACHINES).delete()
    Margin.objects.bulk_create(
        Margin(broadcast=broadcast, day=rows.days.days[0], axis=SHARED_MACHINES, place=reason, machine_clicked=count)
        for reason, count in sorted(reasons.items())
    )
    StoryRollup.objects.filter(broadcast=broadcast).delete()
    StoryRollup.objects.bulk_create(
        StoryRollup(broadcast=broadcast, story=story, clicked=personal, cohort_clicks=shared)
        for story, (personal, shared) in sorted(stories.items())
        if personal or shared
    )


def rebuild_stale(*, now: datetime) -> int:
    """Rebuild every broadcast whose ledger or events may have changed, and return how many; ``now`` is UTC.

    Cheap to ask often: a broadcast that ended and got no new event costs one look into an index. One that was counted
    while the clock stood ahead is counted again once it was set right: nobody knows what that count missed. One that
    can't be counted is logged, tried again the next time, and holds up no other.
    """
    rebuilt = 0
    for broadcast in _stale(now):
        with alone("broadcast %s could not be counted", broadcast.pk):
            rebuilt += _rebuild_if_due(broadcast, now)
    return rebuilt


def _rebuild_if_due(broadcast: Broadcast, now: datetime) -> bool:
    lasts = Rebuild.objects.filter(broadcast=broadcast)
    last = lasts.first()
    if (last and not _is_due(last, broadcast, now)) or not events_are_whole(broadcast):
        return False
    with transaction.atomic():
        # Another worker may be counting it, or have done so a moment ago.
        if last and not any(_is_due(each, broadcast, now) for each in lasts.select_for_update(skip_locked=True)):
            return False
        rebuild(broadcast=broadcast, now=now)
    return True


def _is_due(last: Rebuild, broadcast: Broadcast, now: datetime) -> bool:
    shortest = PAUSE_WHILE_SENDING if broadcast.state == Broadcast.State.SENDING else SHORTEST_PAUSE
    pause = max(shortest, timedelta(milliseconds=PAUSE_PER_COST * last.took_ms))
    # In both directions: the clocks of two workers may be a little apart.
    return abs(now - last.rebuilt_at) >= pause


def _stale(now: datetime) -> QuerySet[Broadcast]:
    newer = TrackingEvent.objects.filter(broadcast=OuterRef("pk"), pk__gt=OuterRef("rebuild__newest_event"))
    # An event that comes after the window changes nothing, so it is no reason to count a large ledger again.
    may_count = Q(rebuild__rebuilt_at__lte=F("finished_at") + attribution_window() + LATEST_RECORD)
    unsure = Q(rebuild__isnull=True) | Q(rebuild__settled=False) | Q(rebuild__rebuilt_at__gt=now)
    # A report is dated before it is committed.
    reported = Q(rebuild__rebuilt_at__lte=F("freeze__reported_at") + REPORT_TAKES)
    changed = Q(Exists(newer)) | reported
    return counted().filter(~Q(state__in=ENDED) | unsure | (Q(finished_at__isnull=True) | may_count) & changed)
