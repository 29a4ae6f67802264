"""When a carrier lets answers come together, and when it listens for each."""

import pytest

from outreach.channels.coalescing import FEWEST_LINES, PAUSE_SECONDS, QUICK_SECONDS, Coalescing


def test_nobody_sleeps_before_the_server_was_seen_to_be_quick():
    assert Coalescing().pause(busy=10) == 0


@pytest.mark.parametrize("busy", [FEWEST_LINES, 10])
def test_answers_of_a_quick_server_come_together(busy):
    coalescing = Coalescing()

    coalescing.note(waited=QUICK_SECONDS / 2, heard=True)

    assert coalescing.pause(busy=busy) == PAUSE_SECONDS


@pytest.mark.parametrize("busy", [0, 1, FEWEST_LINES - 1])
def test_a_server_with_few_lines_never_waits_for_us(busy):
    coalescing = Coalescing()

    coalescing.note(waited=0, heard=True)

    assert coalescing.pause(busy=busy) == 0


@pytest.mark.parametrize(
    ("waited", "heard"),
    [
        pytest.param(QUICK_SECONDS, True, id="slow"),
        pytest.param(0.5, True, id="very slow"),
        pytest.param(0.5, False, id="silent"),
        pytest.param(QUICK_SECONDS / 2, False, id="we had to look after something else"),
    ],
)
def test_a_server_that_slows_down_is_listened_to_again(waited, heard):
    coalescing = Coalescing()
    coalescing.note(waited=0, heard=True)

    coalescing.note(waited=waited, heard=heard)

    assert coalescing.pause(busy=10) == 0
