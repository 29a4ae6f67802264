"""Lines of a journal: what was written is read again, and anything else is known as damaged."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.tracking.hits.lines import Beacon, DamagedLine, Hit, Refusal, View, parsed
from outreach.tracking.tokens import Use

NUMBERS = st.integers(0, 2**63 - 1)
WORDS = st.text("abcdefghijklmnopqrstuvwxyz-", min_size=1, max_size=10)
REASONS = st.just("") | st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=10)
PLACE = (NUMBERS, NUMBERS, WORDS, WORDS, NUMBERS, WORDS, NUMBERS)
LINES = st.one_of(
    st.builds(Hit, NUMBERS, st.sampled_from(Use), NUMBERS, NUMBERS, NUMBERS, REASONS),
    st.builds(View, *PLACE, REASONS),
    st.builds(Beacon, *PLACE, st.booleans()),
    st.builds(Refusal, NUMBERS, WORDS, NUMBERS),
)


@given(LINES)
def test_a_line_is_read_as_it_was_written(line):
    assert parsed(line.line().removesuffix(b"\n")) == line


@given(LINES, st.data())
def test_a_line_with_one_changed_byte_is_damaged(line, data):
    content = bytearray(line.line().removesuffix(b"\n"))
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(DamagedLine):
        parsed(bytes(content))


@given(LINES, st.data())
def test_a_line_that_was_cut_is_damaged(line, data):
    content = line.line().removesuffix(b"\n")
    with pytest.raises(DamagedLine):
        parsed(content[: data.draw(st.integers(0, len(content) - 1))])


@given(st.binary(max_size=80))
def test_anything_else_is_damaged(content):
    with pytest.raises(DamagedLine):
        parsed(content)
