from datetime import date

import pytest

from outreach.tracking import reading
from outreach.tracking.models import PageDay
from outreach.tracking.reading import Completion, Reading, Visits

SINCE, UNTIL = date(2026, 10, 1), date(2026, 11, 3)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def rows(db):
    def row(day: date, page: int, **numbers: int) -> None:
        PageDay.objects.create(day=day, page_id=page, language="en", source="direct", device="mobile", **numbers)

    row(date(2026, 9, 30), 7, views=100)
    row(SINCE, 7, views=8, visits=6, machine_views=2, beacons=3, completed=1)
    row(date(2026, 10, 31), 8, views=4, visits=4)
    row(date(2026, 11, 2), 7, views=2, visits=1, beacons=1, completed=1)
    row(UNTIL, 7, views=100)


def test_groups_have_every_number_of_the_days_before_the_end():
    assert reading.grouped(since=SINCE, until=UNTIL, by="page") == {
        7: Reading(Visits(views=10, visits=7, machine_views=2), Completion(completed=2, beacons=4)),
        8: Reading(Visits(views=4, visits=4, machine_views=0), Completion(completed=0, beacons=0)),
    }


@pytest.mark.parametrize(
    ("by", "views"),
    [
        ("language", {"en": 14}), ("source", {"direct": 14}), ("device", {"mobile": 14}), ("broadcast", {None: 14}),
        ("day", {SINCE: 8, date(2026, 10, 31): 4, date(2026, 11, 2): 2}),
        ("month", {SINCE: 12, date(2026, 11, 1): 2}),
    ],
)  # fmt: skip
def test_whatever_they_are_told_apart_by_views_are_the_same(by, views):
    found = reading.grouped(since=SINCE, until=UNTIL, by=by)
    assert {key: read.seen.views for key, read in found.items()} == views


def test_groups_of_one_page_alone():
    assert set(reading.grouped(since=SINCE, until=UNTIL, by="day", page=8)) == {date(2026, 10, 31)}


def test_days_and_months_that_were_counted():
    assert reading.counted_days() == (date(2026, 9, 30), UNTIL)
    assert reading.counted_months() == [date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1)]
    PageDay.objects.all().delete()
    assert (reading.counted_days(), reading.counted_months()) == (None, [])
