"""Dates in English, and in languages that Django does not know."""

from datetime import UTC, date, datetime

import pytest
from django import forms
from django.utils.formats import date_format
from django.utils.translation import override

from home.formats import write_date


@pytest.mark.parametrize("language", ["ht", "acf"])
def test_dates_are_written_day_first_and_times_by_24_hours(language):
    with override(language):
        assert date_format(date(2026, 10, 1), "DATE_FORMAT") == "01/10/2026"
        assert date_format(date(2026, 10, 1), "SHORT_DATE_FORMAT") == "01/10/2026"
        assert date_format(date(2026, 10, 1), "YEAR_MONTH_FORMAT") == "10/2026"
        assert date_format(datetime(2026, 10, 1, 15, 5, tzinfo=UTC), "DATETIME_FORMAT") == "01/10/2026 15:05"


def test_english_dates_are_written_by_the_admin_as_by_the_site():
    with override("en"):
        assert date_format(date(2026, 4, 3), "DATE_FORMAT") == write_date(date(2026, 4, 3), "en") == "3 April 2026"
        assert date_format(datetime(2026, 4, 3, 15, 5, tzinfo=UTC), "DATETIME_FORMAT") == "3 April 2026, 15:05"
        assert date_format(date(2026, 4, 3), "SHORT_DATE_FORMAT") == "03/04/2026"


@pytest.mark.parametrize("language", ["en", "fr", "es", "ht", "acf"])
def test_a_date_in_figures_is_read_as_it_is_written(language):
    with override(language):
        written = date_format(date(2026, 4, 3), "SHORT_DATE_FORMAT")
        assert written == "03/04/2026"
        assert forms.DateField().clean(written) == date(2026, 4, 3)
        assert forms.DateTimeField().clean(f"{written} 15:05").date() == date(2026, 4, 3)
        assert forms.DateField().clean("2026-04-03") == date(2026, 4, 3)
