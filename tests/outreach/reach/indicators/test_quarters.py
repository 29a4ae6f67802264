"""Quarters of the calendar, and their moments by the clocks of the office."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.reach.indicators.quarters import Quarter, moments_of, quarters

days = st.dates(date(1900, 1, 1), date(2200, 1, 1))


@given(days)
def test_every_day_lies_in_its_quarter_and_quarters_leave_no_gap(day):
    quarter = Quarter.of(day)

    assert quarter.first_day <= day <= quarter.last_day
    assert quarter.next.first_day == quarter.last_day + timedelta(days=1)
    assert Quarter.parse(str(quarter)) == quarter


@given(days, days)
def test_a_period_has_the_quarters_of_its_days(first, last):
    found = list(quarters(first, last))

    assert bool(found) == (Quarter.of(first) <= Quarter.of(last))
    if found:
        assert (found[0], found[-1]) == (Quarter.of(first), Quarter.of(last))


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-Q5", "2026-Q0", "26-Q1", "Q1-2026", "٢٠٢٦-Q1", "0000-Q1", "9999-Q4"]
)
def test_any_other_text_is_no_quarter(text):
    with pytest.raises(ValueError, match="2026-Q4"):
        Quarter.parse(text)


def test_a_quarter_begins_and_ends_by_the_clocks_of_the_office(settings):
    settings.OFFICE_TIME_ZONE = "America/Dominica"

    assert moments_of(date(2026, 10, 1), date(2026, 12, 31)) == (
        datetime(2026, 10, 1, 4, tzinfo=UTC),
        datetime(2027, 1, 1, 4, tzinfo=UTC),
    )
