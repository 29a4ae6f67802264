"""Dates in languages that Django does not know."""

from datetime import UTC, date, datetime

import pytest
from django.utils.formats import date_format
from django.utils.translation import override


@pytest.mark.parametrize("language", ["ht", "acf"])
def test_dates_are_written_day_first_and_times_by_24_hours(language):
    with override(language):
        assert date_format(date(2026, 10, 1), "DATE_FORMAT") == "01/10/2026"
        assert date_format(date(2026, 10, 1), "SHORT_DATE_FORMAT") == "01/10/2026"
        assert date_format(date(2026, 10, 1), "YEAR_MONTH_FORMAT") == "10/2026"
        assert date_format(datetime(2026, 10, 1, 15, 5, tzinfo=UTC), "DATETIME_FORMAT") == "01/10/2026 15:05"
