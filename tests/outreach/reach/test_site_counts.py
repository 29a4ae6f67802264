from datetime import date

import pytest

from outreach.reach.metrics import BY_CODE
from outreach.reach.site_counts import site_counts
from outreach.tracking.models import PageDay, Source

SINCE, UNTIL = date(2026, 10, 1), date(2026, 10, 31)

pytestmark = pytest.mark.django_db


def page_day(day: date, **numbers: int) -> None:
    PageDay.objects.create(day=day, page_id=7, language="en", source=Source.DIRECT, **numbers)


def test_where_no_reader_was_counted_visits_and_completion_are_unknown():
    counts = site_counts(since=SINCE, until=UNTIL)
    assert BY_CODE["W1"].value(counts) is None
    assert BY_CODE["E3"].value(counts) is None


def test_readers_are_those_that_the_site_counted_in_the_period():
    page_day(date(2026, 9, 30), views=100, beacons=50, completed=50)
    page_day(SINCE, views=10, beacons=5, completed=4)
    page_day(UNTIL, views=20, beacons=7, completed=5)
    page_day(date(2026, 11, 1), views=100, beacons=50, completed=50)
    counts = site_counts(since=SINCE, until=UNTIL)
    assert (BY_CODE["W1"].value(counts), BY_CODE["E3"].value(counts)) == (30, 0.75)


def test_nothing_published_is_a_figure_and_a_share_of_it_is_unknown():
    counts = site_counts(since=SINCE, until=UNTIL)
    assert BY_CODE["P1"].value(counts) == 0
    assert [BY_CODE[code].value(counts) for code in ("P2", "P3", "P4")] == [None] * 3
    assert counts["active_subscribers"] == 0
