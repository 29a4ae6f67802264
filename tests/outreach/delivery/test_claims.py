"""Claims: a chunk is as large as it is quickly gone."""

from datetime import timedelta

import pytest

from outreach.delivery import claims, ledger
from outreach.delivery.claims import Claims
from outreach.delivery.desk import AtOnce, Desk

from .conftest import ListChannel, SendingNow, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def take(sending, clock, monkeypatch):
    """Claim the next chunk on a channel ``seconds`` after the last one; how many were in it."""
    monkeypatch.setattr(claims, "FIRST_CHUNK", 2)
    monkeypatch.setattr(claims, "MOST_IN_CHUNK", 6)
    for number in range(40):
        person(number)
    sending()
    made: dict[float, Claims] = {}

    def take(seconds: float, *, per_second: float = 0) -> int:
        of = made.get(per_second) or Claims(
            channel=ListChannel(clock=clock, per_second=per_second),
            owner=f"worker at {per_second}",
            source=SendingNow("email", clock),
            desk=Desk(AtOnce(), pause=clock.wait),
            clock=clock,
        )
        made[per_second] = of
        clock.now += timedelta(seconds=seconds)
        of.ask(without=())
        return len(of.collect(wait=True) or ())

    return take


def test_a_chunk_that_is_gone_at_once_is_followed_by_a_larger_one_up_to_the_most(take):
    assert [take(5), take(0.1), take(0.1), take(0.1)] == [2, 4, 6, 6]


def test_a_chunk_stays_where_it_lasts_for_a_while_and_is_the_first_one_again_where_sending_slows_down(take):
    assert [take(5), take(0.1), take(0.5), take(1.5), take(0.5)] == [2, 4, 4, 2, 2]


def test_a_clock_that_is_set_back_makes_no_chunk_larger(take):
    assert [take(5), take(-3600), take(0.5)] == [2, 2, 2]


def test_a_chunk_that_was_not_full_says_nothing_about_the_speed(take):
    while take(0.5):
        pass
    assert take(0.1) == 0

    ledger.release_others(owner="worker at 0")

    assert take(0.1) == 2


def test_a_channel_with_a_limit_takes_what_it_may_send_in_a_while(take):
    assert [take(5, per_second=0.5), take(0.1, per_second=0.5)] == [1, 1]
    assert [take(5, per_second=1000), take(0.1, per_second=1000)] == [2, 2]
