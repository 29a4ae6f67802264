"""Intervals against another implementation, a published example, and what must hold of any."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from outreach.reach.indicators.intervals import newcombe, wilson

shares = st.floats(0, 1)
sizes = st.integers(1, 100_000)


@given(st.integers(0, 500), st.integers(1, 500))
def test_wilson_is_that_of_scipy(part, n):
    part = min(part, n)
    expected = binomtest(part, n).proportion_ci(method="wilson")

    assert wilson(share=part / n, n=n) == pytest.approx((expected.low, expected.high), abs=1e-9)


def test_newcombe_agrees_with_the_example_of_his_paper():
    # 56 of 70 against 48 of 80: 0.2 with an interval from 0.0524 to 0.3339 by method 10.
    low, high = newcombe(before=48 / 80, n_before=80, after=56 / 70, n_after=70)

    assert (round(low, 4), round(high, 4)) == (0.0524, 0.3339)


@given(shares, sizes, shares, sizes)
def test_a_difference_lies_within_its_interval_and_turns_with_it(before, n_before, after, n_after):
    low, high = newcombe(before=before, n_before=n_before, after=after, n_after=n_after)
    turned = newcombe(before=after, n_before=n_after, after=before, n_after=n_before)

    assert -1.0000001 <= low <= after - before + 1e-9
    assert after - before - 1e-9 <= high <= 1.0000001
    assert turned == pytest.approx((-high, -low), abs=1e-9)


@pytest.mark.parametrize(("share", "n"), [(0.5, 0), (1.2, 10), (-0.1, 10)])
def test_what_is_no_share_of_a_sample_is_refused(share, n):
    with pytest.raises(ValueError, match="share"):
        wilson(share=share, n=n)
