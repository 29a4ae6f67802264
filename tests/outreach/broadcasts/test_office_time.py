"""Local times on clocks that change."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from outreach.broadcasts.office_time import first_moment, last_moment, moments

PARIS, APIA = ZoneInfo("Europe/Paris"), ZoneInfo("Pacific/Apia")
ZONES = ["America/Dominica", "America/Port-au-Prince", "Europe/Paris", "Australia/Lord_Howe", "Pacific/Apia", "UTC"]


def test_a_time_as_a_rule_names_one_moment():
    assert moments(datetime(2026, 7, 1, 9, 30), PARIS) == (datetime(2026, 7, 1, 7, 30, tzinfo=UTC),)


def test_a_time_that_the_clocks_skip_names_none_and_counts_as_reached_when_they_jump():
    skipped = datetime(2026, 3, 29, 2, 30)

    assert moments(skipped, PARIS) == ()
    assert first_moment(skipped, PARIS) == last_moment(skipped, PARIS) == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)


def test_a_time_that_the_clocks_show_twice_names_two():
    twice = datetime(2026, 10, 25, 2, 30)

    first, second = moments(twice, PARIS)

    assert second - first == timedelta(hours=1)
    assert (first_moment(twice, PARIS), last_moment(twice, PARIS)) == (first, second)


def test_a_day_that_a_country_left_out_is_skipped_as_a_whole():
    assert first_moment(datetime(2011, 12, 30, 12, 0), APIA) == datetime(2011, 12, 30, 10, 0, tzinfo=UTC)


@given(st.sampled_from(ZONES), st.datetimes(min_value=datetime(2005, 1, 1), max_value=datetime(2035, 1, 1)))
def test_no_clock_shows_the_time_before_its_first_moment_that_day_and_some_clock_has_passed_it_then(name, local):
    zone = ZoneInfo(name)
    first = first_moment(local, zone)

    assert first.astimezone(zone).replace(tzinfo=None) >= local.replace(microsecond=0)
    assert (first - timedelta(seconds=1)).astimezone(zone).replace(tzinfo=None) < local
    assert last_moment(local, zone) >= first
