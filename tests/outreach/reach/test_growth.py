"""Totals over time, against somebody who knows all parts and all totals that are shown."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.reach.disclosure.growth import hide_growth

STEPS = st.lists(
    st.tuples(st.one_of(st.integers(0, 8), st.integers(0, 60)), st.one_of(st.integers(0, 8), st.integers(0, 60))),
    min_size=2,
    max_size=5,
)
"""Of each part: how many people are new in it, and how many came back."""


def growth(steps):
    """The parts and the totals; nobody can come back who was never there."""
    parts, totals = [], []
    for new, returning in steps:
        before = totals[-1] if totals else 0
        parts.append(new + min(returning, before))
        totals.append(before + new)
    return parts, totals


def widths(parts, totals, shown):
    """By part: through how many values its new people can go, given the totals that are shown."""
    found, ends = {}, sorted(shown)
    for since, until in pairwise(ends):
        new = totals[until] - totals[since]
        for at in range(since + 1, until + 1):
            others = sum(parts[since + 1 : until + 1]) - parts[at]
            found[at] = min(parts[at], new) - max(0, new - others)
    return found


@given(steps=STEPS, k=st.sampled_from([5, 10]))
@settings(max_examples=300, deadline=None)
def test_totals_tell_neither_of_few_new_nor_of_few_returning_people(steps, k):
    parts, totals = growth(steps)
    hidden = hide_growth(parts=parts, totals=totals, k=k)
    shown = sorted(set(range(len(totals))) - hidden)
    if shown == [len(totals) - 1]:
        return
    found = widths(parts, totals, shown)
    for at, width in found.items():
        new = totals[at] - totals[at - 1]
        if 0 < new < k or 0 < parts[at] - new < k:
            assert width >= k, (at, parts, totals, hidden)


def test_a_total_with_few_new_people_is_hidden_and_so_is_one_with_few_who_came_back():
    assert hide_growth(parts=[40, 43, 90], totals=[40, 43, 110], k=5) == {0, 1}
    assert hide_growth(parts=[40, 43, 90], totals=[40, 80, 140], k=5) == {0, 1}
    assert hide_growth(parts=[40, 60, 60], totals=[40, 80, 130], k=5) == frozenset()


def test_what_was_hidden_before_stays_hidden():
    assert 1 in hide_growth(parts=[40, 60, 60, 60], totals=[40, 80, 120, 160], k=5, hidden={1})
