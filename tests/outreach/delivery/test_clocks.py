"""Clocks that change, jump or were asleep: a broadcast starts once, at the moment that was meant, or by its rule."""

from datetime import UTC, datetime, timedelta
from threading import Event
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outreach.audience import subscriptions
from outreach.audience.models import Consent, Subscription
from outreach.broadcasts.models import Broadcast
from outreach.delivery import ledger, lifecycle, tidying
from outreach.delivery.models import Delivery, Freeze
from outreach.tasks import Tasks

from .conftest import START, ListChannel, NothingNew, person

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")
SPRING = datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
"""Clocks in Paris jump from two to three."""
AUTUMN = datetime(2026, 10, 25, 1, 0, tzinfo=UTC)
"""Clocks in Paris go back from three to two."""


def state(broadcast: Broadcast) -> str:
    broadcast.refresh_from_db()
    return str(broadcast.state)


def due(broadcast: Broadcast, moment: datetime, rule: str = "hold", deadline: int = 24) -> Broadcast:
    Broadcast.objects.update(send_at=moment, missed_rule=rule, deadline_hours=deadline)
    return broadcast


def test_a_clock_that_goes_back_after_the_start_starts_nothing_twice(approved):
    person(1)
    broadcast = approved()
    assert lifecycle.start_due(now=START) == 1

    for back in (timedelta(hours=3), timedelta(seconds=1)):
        assert lifecycle.start_due(now=START - back) == 0
    assert lifecycle.start_due(now=START) == 0
    assert (state(broadcast), Delivery.objects.count(), Freeze.objects.count()) == ("sending", 1, 1)


def test_a_clock_that_went_back_before_the_time_only_makes_it_wait(approved):
    person(1)
    broadcast = approved()

    assert lifecycle.start_due(now=START - timedelta(hours=5)) == 0
    assert lifecycle.start_due(now=START - timedelta(seconds=1)) == 0
    assert lifecycle.start_due(now=START) == 1
    assert state(broadcast) == "sending"


def test_a_worker_that_slept_through_the_hour_does_as_the_broadcast_says(approved):
    person(1)
    broadcast = approved()
    asleep = START + timedelta(hours=1)

    lifecycle.start_due(now=asleep)

    assert (state(broadcast), Freeze.objects.exists()) == ("paused", False)


@pytest.mark.parametrize("change", [SPRING, AUTUMN])
@pytest.mark.parametrize(
    ("late", "expected"),
    [(timedelta(hours=3), "sending"), (timedelta(hours=3, seconds=1), "expired")],
)
def test_a_deadline_is_so_many_hours_whatever_the_clocks_show(approved, change, late, expected):
    person(1)
    broadcast = due(approved(), change - timedelta(hours=1), "drop", deadline=3)

    lifecycle.start_due(now=change - timedelta(hours=1) + late)

    assert state(broadcast) == expected


@pytest.mark.parametrize("change", [SPRING, AUTUMN])
def test_the_hour_in_which_clocks_change_is_not_missed(approved, change):
    person(1)
    broadcast = due(approved(), change)

    assert lifecycle.start_due(now=change - timedelta(seconds=1)) == 0
    assert lifecycle.start_due(now=change + lifecycle.GRACE) == 1
    assert state(broadcast) == "sending"


def test_of_two_moments_that_clocks_show_alike_it_starts_at_the_one_that_was_meant(approved):
    person(1)
    first, second = (datetime(2026, 10, 25, 2, 30, tzinfo=PARIS, fold=fold).astimezone(UTC) for fold in (0, 1))
    broadcast = due(approved(), second)

    assert lifecycle.start_due(now=first) == 0
    assert lifecycle.start_due(now=second) == 1
    assert state(broadcast) == "sending"


@given(st.lists(st.integers(-7200, 7200), min_size=1, max_size=8), st.sampled_from(["send", "hold", "drop"]))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True)
def test_however_the_clock_jumps_it_starts_at_most_once_and_never_before_its_time(approved, two_people, jumps, rule):
    from django.db import transaction

    with transaction.atomic():
        person(1)
        broadcast = due(approved(), START, rule)
        now, started = START - timedelta(hours=2), []
        for jump in jumps:
            now += timedelta(seconds=jump)
            started += [now] * lifecycle.start_due(now=now)

        assert len(started) <= 1
        assert all(moment >= START for moment in started)
        assert Delivery.objects.count() == Freeze.objects.count() == len(started)
        assert (state(broadcast) == "sending") is bool(started)
        transaction.set_rollback(True)


def test_a_lease_of_a_clock_that_was_ahead_holds_nothing_for_ever(sending, clock):
    person(1)
    broadcast = sending()
    ahead = START + timedelta(days=30)
    ledger.hold(owner="dead", channel="email", now=ahead)
    ledger.claim(broadcast=broadcast.pk, channel="email", owner="dead", limit=10, now=ahead)

    tidying.tidy(now=START + timedelta(minutes=1))

    assert Delivery.objects.get().status == "uncertain"


def test_the_lease_of_a_worker_whose_clock_differs_is_its_own(sending, clock):
    person(1)
    broadcast = sending()
    ahead = START + timedelta(minutes=50)
    ledger.hold(owner="alive", channel="email", now=ahead)
    ledger.claim(broadcast=broadcast.pk, channel="email", owner="alive", limit=10, now=ahead)

    tidying.tidy(now=START)

    assert Delivery.objects.get().status == "attempting"


def test_a_worker_whose_clock_is_set_back_goes_on_with_what_it_does_in_passing(monkeypatch, clock, tmp_path):
    called = []
    monkeypatch.setattr("outreach.tasks.call_command", lambda name: called.append(name))
    monkeypatch.setattr("outreach.tasks.close_due", lambda now: called.append("close"))
    monkeypatch.setattr("outreach.tasks.retention.run", lambda now: called.append("forget") or {})
    tasks = Tasks(owner="w", clock=clock, stopping=Event(), journals=tmp_path)
    clock.now = START + timedelta(days=1)
    for step in (tasks.publish_pages, tasks.forget, tasks.close_broadcasts):
        step()

    for half_minute in range(5):
        clock.now = START + timedelta(seconds=30 * half_minute)
        for step in (tasks.publish_pages, tasks.forget, tasks.close_broadcasts):
            step()

    assert [called.count(name) for name in ("publish_scheduled", "forget", "close")] == [4, 2, 4]


@pytest.mark.parametrize("what", ["sent by another worker", "left"])
def test_a_worker_that_slept_sends_nothing_that_meanwhile_may_not_go_even_before_anybody_tells_it(
    sending, channel, hire, clock, what
):
    person(1)
    broadcast = sending()
    another = ListChannel(clock=clock)

    def sleep(_outgoing):
        channel.before = lambda _next: None
        clock.now += 2 * ledger.LEASE
        assert ledger.recover(now=clock.now) == 1
        if what == "left":
            subscriptions.leave(subscription=Subscription.objects.get(), method=Consent.Method.LINK, now=clock.now)
        else:
            assert lifecycle.resolve_uncertain(broadcast=broadcast, send_again=True, now=clock.now) == 1
            hire(another, owner="worker-2").work()

    channel.before = sleep
    hire(channel, watch=NothingNew()).work()

    assert channel.sent == []
    assert len(another.sent) == (what != "left")
