"""Moments: however late and uneven workers are, no second of a strict channel holds more than it allows."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outreach.delivery import throttle
from outreach.delivery.models import Throttle
from outreach.delivery.moments import Moments

from .conftest import START, ListChannel

pytestmark = pytest.mark.django_db

LIMIT = 8


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.tuples(st.integers(0, 2), st.integers(0, 60), st.integers(1, 12)),
        min_size=20,
        max_size=60,
    )
)
def test_no_second_holds_more_than_the_limit(db, clock, steps):
    """Three workers ask in any order; each goes some milliseconds after it was told that it may."""
    Throttle.objects.all().delete()
    clock.now = START
    channel = ListChannel(clock=clock, per_second=LIMIT, strict=True)
    workers = [Moments(channel) for _worker in range(3)]
    went = []
    for number, (worker, late, ready) in enumerate(steps):
        moments = workers[worker]
        while (seconds := moments.wait(number=number, count=ready, now=clock.now)) > 0:
            clock.now += timedelta(seconds=seconds)
        clock.now += timedelta(milliseconds=late)
        if not moments.is_late(number=number, now=clock.now):
            went.append(clock.now)
        moments.forget(number)

    for first in went:
        assert sum(first <= moment < first + timedelta(seconds=1) for moment in went) <= LIMIT


def test_who_is_in_time_keeps_nearly_the_whole_rate(db, clock):
    channel = ListChannel(clock=clock, per_second=30, strict=True)
    moments = Moments(channel)
    for number in range(300):
        while (seconds := moments.wait(number=number, count=60, now=clock.now)) > 0:
            clock.now += timedelta(seconds=seconds)
        clock.now += timedelta(milliseconds=2)
        assert not moments.is_late(number=number, now=clock.now)

    rate = 299 / (clock.now - START).total_seconds()
    assert rate >= 0.97 * 30


def test_a_channel_that_is_not_strict_makes_up_for_a_late_start(db, clock):
    channel = ListChannel(clock=clock, per_second=10)
    moments = Moments(channel)
    assert moments.wait(number=1, count=5, now=clock.now) <= 0
    clock.now += timedelta(seconds=1)

    assert not moments.is_late(number=1, now=clock.now)
    assert [moments.wait(number=number, count=5, now=clock.now) <= 0 for number in range(2, 6)] == [True] * 4


def test_without_a_limit_nothing_is_reserved(db, clock):
    moments = Moments(ListChannel(clock=clock, per_second=0))

    assert moments.wait(number=1, count=5, now=clock.now) == 0
    assert not Throttle.objects.exists()
    assert throttle.paused_until(channel="email", now=clock.now) is None
