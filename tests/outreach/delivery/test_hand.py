"""What a worker holds: what has begun stays in its hand, and only the copy that was given out counts."""

from dataclasses import replace

import pytest

from outreach.channels.built import Built, LinkAddresses
from outreach.channels.protocol import Outgoing
from outreach.delivery.hand import Hand
from outreach.delivery.ledger import Claimed

from .conftest import START


def claimed(number: int) -> Claimed:
    return Claimed(number, 1, 1, number, "email", "workers", "", "en", 0, False, False, "encrypted")


def copy_of(number: int) -> Outgoing:
    return Outgoing(
        address="ana@example.org",
        built=Built(channel="email", language="en", subject="A", text="A", html="", links=()),
        links=LinkAddresses(clicks=[], unsubscribe="https://example.org/u/1"),
        message_id=f"1.{number}@example.org",
        number=number,
    )


@pytest.fixture
def hand() -> Hand:
    """One ready, one with the carrier, one begun."""
    hand = Hand()
    hand.ready.append(claimed(1))
    for number in (2, 3):
        hand.give_out(claimed(number), copy_of(number))
    hand.begin(3, START)
    return hand


def test_it_knows_what_waits_what_is_out_and_what_has_begun(hand):
    assert set(hand.waiting) == {1, 2}
    assert set(hand.out) == {2, 3}
    assert hand.begun == [3]


def test_what_has_begun_stays(hand):
    assert hand.drop(lambda _claimed: False) == {1, 2}

    assert not hand.ready
    assert set(hand.out) == {3}
    assert hand.take_back(3) == (claimed(3), START)
    assert not hand.out


def test_what_may_stay_stays(hand):
    assert hand.drop(lambda claimed: claimed.number != 2) == {2}

    assert [each.number for each in hand.ready] == [1]
    assert hand.drop(lambda _claimed: True) == set()


def test_only_the_copy_that_was_given_out_last_counts(hand):
    old, new = copy_of(4), copy_of(4)
    assert not hand.is_out(old)
    hand.give_out(claimed(4), old)
    assert hand.is_out(old)
    assert not hand.is_out(replace(old))

    hand.drop(lambda claimed: claimed.number != 4)
    hand.give_out(claimed(4), new)

    assert not hand.is_out(old)
    assert hand.is_out(new)
