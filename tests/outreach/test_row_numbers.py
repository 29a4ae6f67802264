"""Which texts are numbers that a row can have."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.row_numbers import HIGHEST, row_number


@given(st.integers(0, HIGHEST))
def test_every_number_that_a_database_gives_is_one(number):
    assert row_number(str(number)) == number


@pytest.mark.parametrize(
    "text", ["", "x", "-1", "1.0", "1e3", " 1", "1_0", "²", "٣", str(HIGHEST + 1), "9" * 19, "9" * 5000]
)
def test_what_no_row_could_have_is_none(text):
    assert row_number(text) is None


def test_the_highest_is_one():
    assert row_number(str(HIGHEST)) == HIGHEST
