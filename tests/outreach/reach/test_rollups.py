from collections import defaultdict
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outreach.audience.models import Subscriber
from outreach.broadcasts.models import Broadcast
from outreach.delivery.models import Cohort, Delivery
from outreach.reach.models import CohortRollup, Rebuild, Rollup
from outreach.reach.people import count_people
from outreach.reach.rollups import DIMENSIONS, rebuild, rebuild_stale

from . import plain
from .conftest import NOW, Ledger

pytestmark = pytest.mark.django_db

COUNTS = plain.COUNTS
LATER = NOW + timedelta(hours=1)
DAY = date(2026, 11, 19)
"""The last day of a broadcast of the fixtures: what was settled later counts on it too."""


def stored(broadcast):
    rows = Rollup.objects.filter(broadcast=broadcast).values_list("day", *DIMENSIONS, *COUNTS)
    return {row[:6]: dict(zip(COUNTS, row[6:], strict=True)) for row in rows}


def plainly_counted(broadcast):
    """The same counts, one delivery and one event at a time."""
    cells = defaultdict(lambda: dict.fromkeys(COUNTS, 0))
    for delivery in Delivery.objects.filter(broadcast=broadcast):
        cell = cells[plain.day(delivery, broadcast), *(getattr(delivery, name) for name in DIMENSIONS)]
        for name, counts in plain.counts(delivery, broadcast).items():
            cell[name] += counts
    return dict(cells)


@given(rows=st.lists(st.tuples(plain.ROWS, plain.EVENTS), max_size=12))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_rollups_equal_a_plain_count_over_the_ledger(db, rows):
    ledger = Ledger()
    broadcast, other = ledger.broadcast(), ledger.broadcast("Another one")
    for fields, events in rows:
        (delivery,) = ledger.deliver(broadcast, **fields)
        for event in events:
            ledger.event(delivery, **event)
        ledger.event(ledger.deliver(other, **fields)[0])

    assert rebuild(broadcast=broadcast, now=NOW) == len(stored(broadcast))

    assert stored(broadcast) == plainly_counted(broadcast)


def test_rebuilding_twice_gives_the_same_rows(october):
    before = stored(october)
    number = rebuild(broadcast=october, now=LATER)
    assert stored(october) == before
    assert number == len(before) == Rollup.objects.count()


def test_many_clicks_on_one_message_count_once_and_a_machines_apart(october):
    cell = stored(october)[DAY, "workers", "worker", "woman", "en", "email"]
    assert cell == {
        "planned": 20, "attempted": 20, "accepted": 20, "bounced": 0, "unsubscribed": 0, "withdrawn": 0,
        "trackable": 20, "clicked": 8, "machine_clicked": 6, "open_trackable": 0, "opened": 0, "machine_opened": 0,
    }  # fmt: skip


def test_clicks_over_shared_links_are_counted_for_each_cohort(ledger, october):
    workers = Cohort.objects.create(
        broadcast=october, segment="workers", gender="man", language="en", channel="email", size=10
    )
    the_rest = Cohort.objects.create(broadcast=october, size=6)
    for _each in range(3):
        ledger.event(workers)
    ledger.event(workers, machine="prefetch")
    ledger.event(workers, "open")
    ledger.count(october)
    counted = CohortRollup.objects.values_list("cohort", "clicks", "machine_clicks")
    assert set(counted) == {(workers.pk, 3, 1), (the_rest.pk, 0, 0)}


def test_counts_need_nothing_of_a_person_but_their_number(october):
    before = stored(october)
    assert not Subscriber.objects.exists()
    rebuild(broadcast=october, now=LATER)
    assert stored(october) == before == plainly_counted(october)


def test_people_are_counted_once_over_broadcasts_and_channels(ledger):
    first, second = ledger.broadcast("First"), ledger.broadcast("Second")
    Broadcast.objects.filter(pk=second.pk).update(every_channel=True)
    second.refresh_from_db()
    ledger.deliver(first, people=[1, 2, 3])
    ledger.deliver(first, people=[4], status="bounced")
    ledger.deliver(second, people=[2, 3, 4, 5])
    ledger.deliver(second, people=[4, 5], channel="telegram")
    ledger.count(first, second)
    both = [first.pk, second.pk]

    assert count_people(broadcasts=both) == {(): 5}
    assert count_people(broadcasts=both, by=["broadcast"]) == {(first.pk,): 3, (second.pk,): 4}
    assert count_people(broadcasts=both, by=["channel"]) == {("email",): 5, ("telegram",): 2}
    assert count_people(broadcasts=[]) == {(): 0}


def test_worker_counts_what_was_never_counted_and_then_leaves_it_alone(ledger):
    broadcast = ledger.broadcast()
    ledger.deliver(broadcast, 7)
    assert rebuild_stale(now=NOW) == 1
    assert rebuild_stale(now=NOW + timedelta(minutes=1)) == 1  # once more, for events of slower transactions
    assert Rebuild.objects.get().settled
    assert rebuild_stale(now=NOW + timedelta(minutes=2)) == 0


def test_worker_counts_again_after_a_new_event(ledger):
    broadcast = ledger.broadcast()
    (delivery,) = ledger.deliver(broadcast, tracks_clicks=True)
    for minute in range(2):
        rebuild_stale(now=NOW + timedelta(minutes=minute))
    ledger.event(delivery)
    assert rebuild_stale(now=NOW + timedelta(minutes=3)) == 1
    assert Rollup.objects.get().clicked == 1


def test_worker_keeps_counting_a_broadcast_that_is_still_sent_but_not_without_a_pause(ledger):
    ledger.broadcast(state="sending")
    assert rebuild_stale(now=NOW) == 1
    assert rebuild_stale(now=NOW + timedelta(seconds=1)) == 0
    assert rebuild_stale(now=NOW + timedelta(minutes=1)) == 1
    assert rebuild_stale(now=NOW + timedelta(minutes=2)) == 1


def test_broadcast_without_an_audience_is_not_counted(db):
    Broadcast.objects.create(title="Draft")
    assert rebuild_stale(now=NOW) == 0


def test_command_rebuilds_all_or_one_and_says_so(ledger):
    first, second = ledger.broadcast("First"), ledger.broadcast("Second")
    ledger.deliver(first, 3)
    out = StringIO()
    call_command("rebuild_rollups", stdout=out)
    assert f"{first.pk} First: 1 rollups" in out.getvalue()
    assert f"{second.pk} Second: 0 rollups" in out.getvalue()
    out = StringIO()
    call_command("rebuild_rollups", broadcast=first.pk, stdout=out)
    assert "Second" not in out.getvalue()


def test_command_names_a_broadcast_that_it_cannot_count(db):
    with pytest.raises(CommandError, match="No broadcast 99"):
        call_command("rebuild_rollups", broadcast=99)
