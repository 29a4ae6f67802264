"""What of a text from elsewhere goes into a database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.storable_text import storable


@pytest.mark.parametrize(
    ("told", "kept"),
    [("550 no\x00body", "550 nobody"), ("half \ud83d a pair", "half ? a pair"), ("Prénom 🙂", "Prénom 🙂")],
)
def test_only_what_no_database_takes_is_left_out(told, kept):
    assert storable(told) == kept


@given(st.text(st.characters(exclude_categories=()), max_size=40))
def test_any_text_becomes_one_that_can_be_written(text):
    kept = storable(text)

    assert "\x00" not in kept
    assert kept.encode().decode() == kept
    assert storable(kept) == kept
