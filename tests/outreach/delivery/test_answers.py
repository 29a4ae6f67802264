from datetime import UTC, datetime

import pytest

from outreach.delivery.answers import BAD, TOO_MANY, WINDOW, Trouble
from outreach.delivery.ledger import Outcome
from outreach.delivery.models import Delivery

Status = Delivery.Status
NOW = datetime(2026, 8, 3, 9, 0, tzinfo=UTC)


def remembered(trouble: Trouble, status: str, times: int, *, broadcast: int = 1, counts: bool = True) -> list[str]:
    """What was said after each of ``times`` outcomes."""
    outcome = Outcome(1, status, NOW, NOW, counts=counts)
    return [trouble.remember(broadcast, outcome) for _time in range(times)]


@pytest.mark.parametrize("status", BAD)
def test_a_broadcast_stops_at_so_many_bad_outcomes_wherever_in_the_window_they_lie(status):
    trouble = Trouble()

    said = remembered(trouble, status, TOO_MANY - 1)
    said += remembered(trouble, Status.ACCEPTED, WINDOW - TOO_MANY)

    assert not any(said)
    assert remembered(trouble, status, 1) == [BAD[status]]


def test_what_left_the_window_does_not_count():
    trouble = Trouble()
    remembered(trouble, Status.FAILED, TOO_MANY - 1)
    remembered(trouble, Status.ACCEPTED, WINDOW - 1)

    assert not any(remembered(trouble, Status.FAILED, TOO_MANY - 1))
    assert remembered(trouble, Status.FAILED, 1) == [BAD[Status.FAILED]]


def test_each_kind_and_each_broadcast_is_counted_for_itself():
    trouble = Trouble()
    remembered(trouble, Status.FAILED, TOO_MANY - 1)

    assert not any(remembered(trouble, Status.BOUNCED, TOO_MANY - 1))
    assert not any(remembered(trouble, Status.FAILED, TOO_MANY - 1, broadcast=2))
    assert remembered(trouble, Status.FAILED, 1) == [BAD[Status.FAILED]]


def test_attempts_that_say_nothing_about_their_address_do_not_count():
    trouble = Trouble()
    remembered(trouble, Status.DEFERRED, TOO_MANY - 1)

    assert not any(remembered(trouble, Status.DEFERRED, WINDOW, counts=False))
    assert remembered(trouble, Status.DEFERRED, 1) == [BAD[Status.DEFERRED]]


def test_after_it_stopped_a_broadcast_begins_to_count_anew():
    trouble = Trouble()
    remembered(trouble, Status.FAILED, TOO_MANY)

    assert not any(remembered(trouble, Status.FAILED, TOO_MANY - 1))
