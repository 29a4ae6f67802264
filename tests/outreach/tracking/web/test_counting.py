"""Page views and beacons become numbers by day, and a visit counts once a page."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as example_settings
from hypothesis import strategies as st
from wagtail.models import Page

from outreach.tracking.hits.lines import Beacon, View
from outreach.tracking.models import PageDay, PageVisit
from outreach.tracking.reading import completion, visits
from outreach.tracking.web.counting import forget_visits, write_pages

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 10, 1, 16, 0, tzinfo=UTC)
DAY = NOON.date()
PERIOD = {"since": DAY, "until": DAY + timedelta(days=1)}


@pytest.fixture
def page() -> int:
    return Page.objects.earliest("pk").pk


def view(page: int, visit: int = 1, *, at=NOON, source="direct", broadcast=0, reason="", language="en") -> View:
    return View(int(at.timestamp() * 1000), page, language, source, broadcast, "mobile", visit, reason)


def beacon(page: int, visit: int = 1, *, at=NOON, completed=False) -> Beacon:
    return Beacon(int(at.timestamp() * 1000), page, "en", "direct", 0, "mobile", visit, completed)


def write(*lines: View | Beacon, now=NOON) -> Counter[str]:
    drops: Counter[str] = Counter()
    write_pages(lines, now=now, drops=drops)
    return +drops


def test_a_visitor_counts_once_a_page_and_each_view_counts(page):
    write(view(page), view(page), view(page, visit=2))
    write(view(page))

    counted = visits(**PERIOD)
    assert (counted.views, counted.visits, counted.machine_views) == (4, 2, 0)


def test_machines_are_counted_apart(page):
    write(view(page, visit=0, reason="bot"), view(page))

    counted = visits(**PERIOD)
    assert (counted.views, counted.visits, counted.machine_views) == (1, 1, 1)


def test_a_visit_belongs_to_where_it_first_came_from(page):
    write(view(page, source="broadcast", broadcast=7), view(page, source="site"))

    assert visits(**PERIOD, broadcast=7).visits == 1
    assert visits(**PERIOD, source="site").views == 1
    assert visits(**PERIOD, source="site").visits == 0
    assert visits(**PERIOD).views == visits(**PERIOD, page=page, language="en", device="mobile").views == 2


def test_completion_is_of_those_who_told(page):
    assert completion(**PERIOD).share is None
    write(*[beacon(page, visit) for visit in range(4)], beacon(page, 1, completed=True))

    told = completion(**PERIOD)
    assert (told.completed, told.beacons, told.share) == (1, 4, 0.25)


def test_what_was_told_before_is_dropped_by_name(page):
    assert write(beacon(page, completed=True), beacon(page, completed=True)) == {"repeated": 1}
    assert write(beacon(page)) == {"repeated": 1}
    assert completion(**PERIOD).completed == completion(**PERIOD).beacons == 1


def test_a_page_that_is_gone_is_dropped_by_name(page):
    assert write(view(page + 99_999)) == {"gone": 1}
    assert not PageDay.objects.exists()


def test_nothing_counts_on_a_day_that_is_still_to_come(page):
    assert write(view(page, at=NOON + timedelta(days=3))) == {"clock": 1}
    assert visits(**PERIOD).views == 1


def test_which_visits_were_counted_goes_with_the_day(page):
    write(view(page))
    assert forget_visits(now=NOON + timedelta(hours=13)) == 0
    assert forget_visits(now=NOON + timedelta(hours=15)) == 1
    assert not PageVisit.objects.exists()
    assert visits(**PERIOD).visits == 1


def test_a_view_that_is_read_long_after_its_day_counts_and_its_visit_does_not(page):
    assert write(view(page), beacon(page), now=NOON + timedelta(days=1)) == {"late": 2}
    assert (visits(**PERIOD).views, visits(**PERIOD).visits, completion(**PERIOD).beacons) == (1, 0, 0)


def test_a_day_begins_at_the_offices_midnight(page, settings):
    settings.OFFICE_TIME_ZONE = "America/Dominica"
    write(view(page, at=datetime(2026, 10, 2, 3, 59, tzinfo=UTC)), now=NOON + timedelta(days=5))
    assert PageDay.objects.get().day == DAY


def test_a_period_ends_before_its_last_day(page):
    write(view(page))
    assert visits(since=DAY, until=DAY).views == 0
    assert visits(since=DAY + timedelta(days=1), until=DAY).views == 0
    with pytest.raises(TypeError):
        visits(**PERIOD, gender="woman")


def test_the_numbers_outlive_page_and_broadcast(page):
    write(view(page, source="broadcast", broadcast=7))
    Page.objects.get(pk=page).delete()
    assert visits(**PERIOD, broadcast=7).views == 1


LINES = st.tuples(st.integers(0, 2), st.integers(1, 3), st.sampled_from(["direct", "site"]))


@given(lines=st.lists(LINES, max_size=30), cut=st.integers(0, 30))
@example_settings(deadline=None, max_examples=30, suppress_health_check=list(HealthCheck))
def test_numbers_are_those_of_a_plain_count_however_the_lines_come_in_batches(page, lines, cut):
    PageDay.objects.all().delete()
    PageVisit.objects.all().delete()
    made = [
        view(page, visit, source=source) if kind == 0 else beacon(page, visit, completed=kind == 2)
        for kind, visit, source in lines
    ]
    write(*made[:cut])
    write(*made[cut:])

    viewers = {visit for kind, visit, _source in lines if kind == 0}
    told = {visit for kind, visit, _source in lines if kind}
    done = {visit for kind, visit, _source in lines if kind == 2}
    counted, read = visits(**PERIOD), completion(**PERIOD)
    assert counted.views == sum(kind == 0 for kind, _visit, _source in lines)
    assert (counted.visits, read.beacons, read.completed) == (len(viewers), len(told), len(done))
