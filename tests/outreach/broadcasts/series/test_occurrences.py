"""When editions go out: by the clocks of the office."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.broadcasts.office_time import moments
from outreach.broadcasts.series.models import Series
from outreach.broadcasts.series.occurrences import next_occurrences, shortest_gap

PARIS = ZoneInfo("Europe/Paris")
ZONES = ["America/Dominica", "America/Port-au-Prince", "Europe/Paris", "Australia/Lord_Howe"]
WEEKDAYS = st.sets(st.integers(0, 6), min_size=1).map(sorted)
TIMES = st.times().map(lambda moment: moment.replace(second=0, microsecond=0))
MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2029, 1, 1)).map(lambda naive: naive.replace(tzinfo=UTC))


def weekly(*days: int, at: time = time(9)) -> Series:
    return Series(rhythm="weekly", weekdays=list(days), local_time=at)


def monthly(day: int, at: time = time(9)) -> Series:
    return Series(rhythm="monthly", month_day=day, local_time=at)


def local(series: Series, after: datetime, count: int) -> list[str]:
    found = next_occurrences(series, zone=PARIS, after=after, count=count)
    return [f"{moment.astimezone(PARIS):%m-%d %H:%M}" for moment in found]


def test_nine_stays_nine_when_the_clocks_change():
    assert local(weekly(6), datetime(2026, 3, 20, tzinfo=UTC), 3) == ["03-22 09:00", "03-29 09:00", "04-05 09:00"]
    assert local(weekly(6), datetime(2026, 10, 20, tzinfo=UTC), 2) == ["10-25 09:00", "11-01 09:00"]


def test_a_time_that_the_clocks_skip_is_when_they_jump_and_comes_once():
    assert local(weekly(6, at=time(2, 30)), datetime(2026, 3, 23, tzinfo=UTC), 2) == ["03-29 03:00", "04-05 02:30"]


def test_of_a_time_that_the_clocks_show_twice_the_first_counts():
    found = next_occurrences(weekly(6, at=time(2, 30)), zone=PARIS, after=datetime(2026, 10, 20, tzinfo=UTC), count=2)
    assert found == [datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 11, 1, 1, 30, tzinfo=UTC)]


def test_a_shorter_month_ends_with_its_last_day():
    assert local(monthly(31), datetime(2026, 1, 31, 12, tzinfo=UTC), 3) == ["02-28 09:00", "03-31 09:00", "04-30 09:00"]


def test_the_moment_itself_is_not_after_it():
    first, second = next_occurrences(weekly(0), zone=PARIS, after=datetime(2026, 12, 1, tzinfo=UTC), count=2)
    assert next_occurrences(weekly(0), zone=PARIS, after=first, count=1) == [second]


@given(WEEKDAYS, TIMES, st.sampled_from(ZONES), MOMENTS)
def test_a_week_has_one_time_for_each_of_its_days_in_order(days, at, name, after):
    zone = ZoneInfo(name)
    found = next_occurrences(weekly(*days, at=at), zone=zone, after=after, count=3 * len(days))

    assert found == sorted(set(found))
    assert found[0] > after
    assert found[-1] - after <= timedelta(days=22)
    for moment in found:
        shown = moment.astimezone(zone)
        meant = datetime.combine(shown.date(), at)
        assert shown.weekday() in days
        assert moment in moments(meant, zone) or not moments(meant, zone)


@pytest.mark.parametrize(("days", "gap"), [([0], 7), ([0, 3], 3), ([0, 6], 1), ([0, 1, 2, 3, 4, 5, 6], 1)])
def test_the_shortest_gap_goes_over_the_end_of_the_week(days, gap):
    assert shortest_gap(weekly(*days)) == timedelta(days=gap)


def test_months_are_at_least_four_weeks_apart():
    assert shortest_gap(monthly(31)) == timedelta(days=28)
