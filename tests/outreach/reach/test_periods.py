"""The fixed list of periods."""

from datetime import UTC, date, datetime

import pytest
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from outreach.reach.periods import Period, UnknownPeriod, around, parse


@pytest.mark.parametrize(
    ("code", "begins", "ends", "name"),
    [
        ("2026", (2026, 1, 1), (2026, 12, 31), "2026"),
        ("2026-Q1", (2026, 1, 1), (2026, 3, 31), "Quarter 1 of 2026"),
        ("2026-Q4", (2026, 10, 1), (2026, 12, 31), "Quarter 4 of 2026"),
        ("2024-02", (2024, 2, 1), (2024, 2, 29), "February 2024"),
        ("2026-12", (2026, 12, 1), (2026, 12, 31), "December 2026"),
    ],
)
def test_code_names_whole_months_quarters_and_years(code, begins, ends, name):
    with translation.override("en"):
        assert parse(code) == Period(date(*begins), date(*ends), code)
        assert parse(code).name == name


@pytest.mark.parametrize(
    "code",
    [
        "2026-13",
        "2026-00",
        "2026-Q0",
        "2026-Q5",
        "26",
        "2026-1",
        "2026-11-01",
        "٢٠٢٦",
        "",
        " 2026",
        "0000",
        "1e3",
        "9999",
        "9999-12",
        "9999-Q4",
    ],
)
def test_other_codes_are_refused(code):
    with pytest.raises(UnknownPeriod, match="Choose one from the list"):
        parse(code)


def test_months_are_the_offices_whatever_zone_a_reader_chose():
    moment = datetime(2026, 11, 1, 2, tzinfo=UTC)  # 31 October, 22:00 in Dominica
    with timezone.override("Europe/Zurich"):
        assert [period.code for period in around([moment])] == ["2026", "2026-Q4", "2026-10"]
        assert parse("2026-10").has(moment)
        assert not parse("2026-11").has(moment)


@pytest.mark.parametrize("code", ["2026-12/2026-11", "2026-12-02..2026-12-01", "2027-01--2026-12"])
def test_period_that_ends_before_it_starts_is_named_as_such(code):
    with pytest.raises(UnknownPeriod, match="ends before it starts"):
        parse(code)


def test_range_of_ones_own_is_refused_even_if_it_ends_after_it_starts():
    with pytest.raises(UnknownPeriod, match="whole months"):
        parse("2026-11-01/2026-11-20")


def test_days_are_those_of_the_office():
    midnight = datetime(2026, 11, 1, 2, 0, tzinfo=UTC)  # Still October in Dominica.
    assert parse("2026-10").has(midnight)
    assert not parse("2026-11").has(midnight)
    assert [period.code for period in around([midnight])] == ["2026", "2026-Q4", "2026-10"]


@given(st.lists(st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)), max_size=6))
def test_every_moment_is_in_a_month_a_quarter_and_a_year_of_the_list(moments):
    offered = around(moments)
    assert len({period.code for period in offered}) == len(offered)
    for moment in moments:
        assert sorted(len(period.code) for period in offered if period.has(moment)) == [4, 7, 7]
    assert offered == [parse(period.code) for period in offered]
