import pytest

from tests.chaos.judgement import Entry, judge
from tests.ground.records import Arrival, Fault


def entry(number: int, status: str) -> Entry:
    return Entry("email", f"person{number}@example.org", status)


def arrival(number: int, copy: str = "") -> Arrival:
    return Arrival(1.0, "email", f"person{number}@example.org", copy or f"1.{number}@example.org", 100)


def fault(number: int, *, ambiguous: bool) -> Fault:
    return Fault(1.0, "line broken after the dot, lost", "email", f"person{number}@example.org", ambiguous)


def place(number: int) -> tuple[str, str]:
    return ("email", f"person{number}@example.org")


def test_a_ledger_that_says_what_the_receivers_kept_is_sound():
    ledger = [entry(1, "accepted"), entry(2, "bounced"), entry(3, "uncertain"), entry(4, "delivered")]
    judgement = judge(ledger=ledger, arrivals=[arrival(1), arrival(4)], faults=[])
    assert judgement.sound
    assert judgement.of_kills == [place(3)]


def test_a_message_that_is_accepted_and_that_nobody_has_is_lost():
    judgement = judge(ledger=[entry(1, "accepted"), entry(2, "accepted")], arrivals=[arrival(2)], faults=[])
    assert judgement.lost == [place(1)]
    assert not judgement.sound


@pytest.mark.parametrize("status", ["accepted", "uncertain"])
def test_a_message_that_came_two_times_is_seen_whatever_the_ledger_says(status):
    judgement = judge(ledger=[entry(1, status)], arrivals=[arrival(1), arrival(1)], faults=[])
    assert judgement.twice == [place(1)]
    assert not judgement.sound


@pytest.mark.parametrize("status", ["bounced", "failed", "cancelled", "deferred"])
def test_a_message_that_came_although_the_ledger_says_that_it_did_not_go_out_is_seen(status):
    judgement = judge(ledger=[entry(1, status)], arrivals=[arrival(1)], faults=[])
    assert judgement.unsaid == [place(1)]
    assert not judgement.sound


def test_a_message_to_somebody_who_is_not_in_the_ledger_is_seen():
    judgement = judge(ledger=[], arrivals=[arrival(1)], faults=[])
    assert judgement.strays == [place(1)]
    assert not judgement.sound


def test_a_copy_that_was_meant_for_somebody_else_is_seen():
    arrivals = [arrival(1, copy="meant for somebody else: 1.2@example.org")]
    assert not judge(ledger=[entry(1, "accepted")], arrivals=arrivals, faults=[]).sound


def test_a_copy_that_two_people_got_is_seen():
    ledger = [entry(1, "accepted"), entry(2, "accepted")]
    arrivals = [arrival(1, copy="1.7@example.org"), arrival(2, copy="1.7@example.org")]
    assert not judge(ledger=ledger, arrivals=arrivals, faults=[]).sound


@pytest.mark.parametrize("status", ["failed", "rejected", "cancelled"])
def test_a_message_that_was_given_up_although_every_fault_passes_is_seen(status):
    judgement = judge(ledger=[entry(1, status)], arrivals=[], faults=[])
    assert judgement.given_up == [place(1)]
    assert not judgement.sound


@pytest.mark.parametrize("status", ["queued", "attempting", "deferred"])
def test_what_is_still_open_at_the_end_is_seen(status):
    judgement = judge(ledger=[entry(1, status)], arrivals=[], faults=[])
    assert judgement.open == [place(1)]
    assert not judgement.sound


def test_what_a_receiver_left_uncertain_is_not_put_on_the_kills():
    faults = [fault(1, ambiguous=True), fault(2, ambiguous=False)]
    judgement = judge(ledger=[entry(1, "uncertain"), entry(2, "uncertain")], arrivals=[arrival(1)], faults=faults)
    assert judgement.of_faults == [place(1)]
    assert judgement.of_kills == [place(2)]
    assert judgement.uncertain_kept == 1
