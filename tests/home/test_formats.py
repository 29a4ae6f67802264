import datetime

import pytest

from home.formats import write_date, write_month, write_number


@pytest.mark.parametrize(
    ("language", "written"),
    [("en", "8,440"), ("fr", "8\u202f440"), ("es", "8.440"), ("ht", "8\u202f440"), ("acf", "8,440")],
)
def test_whole_numbers_are_grouped_as_the_language_does(language, written):
    assert write_number(8440, "integer", language) == written


@pytest.mark.parametrize(
    ("language", "written"), [("en", "12.7%"), ("fr", "12,7\u00a0%"), ("es", "12,7\u00a0%"), ("ht", "12,7\u00a0%")]
)
def test_per_cent_takes_percent_points(language, written):
    assert write_number(12.7, "percent", language) == written


def test_years_are_never_grouped():
    assert write_number(2024, "year", "fr") == "2024"


def test_quantities_carry_their_unit():
    assert write_number(304, "million", "en") == "304 million"
    assert write_number(6700, "usd_billion", "en") == "US$6,700 billion"


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en", "19 October 2026"),
        ("fr", "19 octobre 2026"),
        ("es", "19 de octubre de 2026"),
        ("ht", "19 oktòb 2026"),
        ("acf", "19 October 2026"),
    ],
)
def test_dates_are_written_in_full_in_the_language(language, written):
    assert write_date(datetime.date(2026, 10, 19), language) == written


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en", "October 2026"),
        ("fr", "octobre 2026"),
        ("es", "octubre de 2026"),
        ("ht", "oktòb 2026"),
        ("acf", "October 2026"),
    ],
)
def test_months_are_written_with_their_year_in_the_language(language, written):
    assert write_month(datetime.date(2026, 10, 19), language) == written


def test_the_first_of_a_month_is_the_first_in_french():
    assert write_date(datetime.date(2026, 10, 1), "fr") == "1er octobre 2026"
    assert write_date(datetime.date(2026, 10, 11), "fr") == "11 octobre 2026"
    assert write_date(datetime.date(2026, 10, 1), "es") == "1 de octubre de 2026"
