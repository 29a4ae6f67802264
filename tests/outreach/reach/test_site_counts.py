from datetime import date
from fractions import Fraction

import pytest

from outreach.reach.disclosure import Hidden, Shown, Unknown
from outreach.reach.metrics import BY_CODE
from outreach.reach.site_counts import SiteCounts, figure_of
from outreach.tracking.models import PageDay, Source

SINCE, UNTIL = date(2026, 10, 1), date(2026, 10, 31)

pytestmark = pytest.mark.django_db


def page_day(day: date, **numbers: int) -> None:
    PageDay.objects.create(day=day, page_id=7, language="en", source=Source.DIRECT, **numbers)


def test_where_no_reader_was_counted_visits_and_completion_are_unknown():
    counts = SiteCounts().over(since=SINCE, until=UNTIL)
    assert BY_CODE["W1"].value(counts) is None
    assert BY_CODE["E3"].value(counts) is None


def test_readers_are_those_that_the_site_counted_in_the_period():
    page_day(date(2026, 9, 30), views=100, beacons=50, completed=50)
    page_day(SINCE, views=10, beacons=5, completed=4)
    page_day(UNTIL, views=20, beacons=7, completed=5)
    page_day(date(2026, 11, 1), views=100, beacons=50, completed=50)
    counts = SiteCounts().over(since=SINCE, until=UNTIL)
    assert (BY_CODE["W1"].value(counts), BY_CODE["E3"].value(counts)) == (30, 0.75)


def test_nothing_published_is_a_figure_and_a_share_of_it_is_unknown():
    counts = SiteCounts().over(since=SINCE, until=UNTIL)
    assert BY_CODE["P1"].value(counts) == 0
    assert [BY_CODE[code].value(counts) for code in ("P2", "P3", "P4")] == [None] * 3
    assert "active_subscribers" not in counts, "nobody is unknown, and so is the coverage"


@pytest.mark.parametrize(
    ("people", "women", "k", "expected"),
    [(5, 2, 5, Shown(Fraction(2, 5))), (4, 2, 5, Hidden()), (9, 2, 10, Hidden()), (0, 0, 5, Unknown())],
)
def test_a_share_of_few_people_quoted_is_hidden(people, women, k, expected):
    assert figure_of(BY_CODE["P4"], {"quoted_people": people, "quoted_women": women}, k=k) == expected


def test_of_items_and_visits_few_are_shown():
    site = {"items": 2, "items_accessible": 1, "visits": 3, "visits_completed": 1, "visits_signalled": 3}
    found = {code: figure_of(BY_CODE[code], site, k=10) for code in ("P1", "P2", "P3", "W1", "E3")}
    assert found == {
        "P1": Shown(2), "P2": Unknown(), "P3": Shown(Fraction(1, 2)), "W1": Shown(3), "E3": Shown(Fraction(1, 3)),
    }  # fmt: skip
