"""The states of a broadcast: which moves there are, and that of two people at once one wins."""

from contextlib import suppress
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from hypothesis import HealthCheck
from hypothesis import settings as example_settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from outreach.broadcasts import services
from outreach.broadcasts.models import Approval, Broadcast
from outreach.broadcasts.refusals import Refused, WrongState
from tests.outreach.broadcasts.conftest import NOW

pytestmark = pytest.mark.django_db
State = Broadcast.State


def in_state(state: str, **fields: object) -> Broadcast:
    return Broadcast.objects.create(title="One in eight", state=state, **fields)


MOVES = {
    "pause": (lambda broadcast, user: services.pause(broadcast=broadcast, reason="Wait", user=user, now=NOW)),
    "resume": (lambda broadcast, user: services.resume(broadcast=broadcast, user=user, now=NOW)),
    "cancel": (lambda broadcast, user: services.cancel(broadcast=broadcast, user=user, now=NOW)),
    "void": (lambda broadcast, user: services.void_approval(broadcast=broadcast, reason="No", user=user, now=NOW)),
}
ALLOWED = {
    ("pause", State.SCHEDULED): State.PAUSED,
    ("pause", State.SENDING): State.PAUSED,
    ("resume", State.PAUSED): State.SCHEDULED,
    ("cancel", State.SUBMITTED): State.CANCELLED,
    ("cancel", State.SCHEDULED): State.CANCELLED,
    ("cancel", State.SENDING): State.CANCELLED,
    ("cancel", State.PAUSED): State.CANCELLED,
    ("void", State.SUBMITTED): State.DRAFT,
    ("void", State.SCHEDULED): State.DRAFT,
    ("void", State.PAUSED): State.DRAFT,
}


@pytest.mark.parametrize("move", MOVES)
def test_each_move_begins_only_where_it_may(approver, move):
    for state in State.values:
        broadcast = in_state(state, send_at=NOW, started_at=NOW if state == State.SENDING else None)
        if (move, state) in ALLOWED:
            MOVES[move](broadcast, approver)
        else:
            with pytest.raises(WrongState):
                MOVES[move](broadcast, approver)
        assert Broadcast.objects.get(pk=broadcast.pk).state == broadcast.state == ALLOWED.get((move, state), state)


@pytest.mark.parametrize("move", MOVES)
def test_of_two_people_who_press_at_once_one_wins_and_the_other_is_told(approver, member, move):
    state = next(state for name, state in ALLOWED if name == move)
    in_state(state, send_at=NOW)
    first, second = Broadcast.objects.get(), Broadcast.objects.get()

    MOVES[move](first, approver)
    with pytest.raises(WrongState, match="Somebody may have been faster"):
        MOVES[move](second, member("superuser"))


def test_what_was_partly_sent_cannot_become_a_draft_again(approver):
    broadcast = in_state(State.PAUSED, started_at=NOW)

    with pytest.raises(WrongState):
        services.void_approval(broadcast=broadcast, reason="No", user=approver, now=NOW)


def test_what_was_paused_while_sending_goes_on_sending(approver):
    broadcast = in_state(State.SENDING, started_at=NOW)
    services.pause(broadcast=broadcast, reason="The server is full", user=approver, now=NOW)
    assert broadcast.pause_reason == "The server is full"

    services.resume(broadcast=broadcast, user=approver, now=NOW)

    assert (broadcast.state, broadcast.pause_reason) == (State.SENDING, "")


def test_what_was_held_before_it_began_is_due_at_once_if_its_time_has_passed(approver):
    broadcast = in_state(State.PAUSED, send_at=NOW - timedelta(days=1))
    services.resume(broadcast=broadcast, user=approver, now=NOW)
    assert broadcast.send_at == NOW


def test_what_was_held_before_its_time_keeps_it(approver):
    broadcast = in_state(State.PAUSED, send_at=NOW + timedelta(days=1))
    services.resume(broadcast=broadcast, user=approver, now=NOW)
    assert broadcast.send_at == NOW + timedelta(days=1)


def test_the_engine_may_pause_what_is_paused_and_finish_what_is_finished():
    broadcast = in_state(State.SENDING, started_at=NOW)

    assert services.pause(broadcast=broadcast, reason="x" * 900, now=NOW)
    assert not services.pause(broadcast=broadcast, reason="again", now=NOW)
    assert not services.finish(broadcast=broadcast, now=NOW)
    Broadcast.objects.update(state=State.SENDING)
    assert services.finish(broadcast=broadcast, now=NOW)
    assert not services.finish(broadcast=broadcast, now=NOW)
    assert (broadcast.state, broadcast.finished_at) == (State.FINISHED, NOW)


class Studio(RuleBasedStateMachine):
    """Two people press anything in any order; whatever they do, the promises below hold."""

    def __init__(self) -> None:
        super().__init__()
        self.broadcast = Broadcast.objects.get()
        self.editor, self.approver = User.objects.get(username="editor"), User.objects.get(username="approver")
        self.words = 0

    def press(self, step) -> None:
        with suppress(Refused):
            step()
        self.broadcast = Broadcast.objects.get()

    @rule()
    def edit(self) -> None:
        message = self.broadcast.messages.first()
        self.words += 1
        message.subject = f"Edit {self.words}"
        self.press(lambda: services.write(message=message, user=self.editor, now=NOW))

    @rule()
    def submit(self) -> None:
        self.press(lambda: services.submit(broadcast=self.broadcast, user=self.editor, now=NOW))

    def approve(self, user: User) -> None:
        newest = Approval.objects.first()
        number = newest.pk if newest else 0
        self.press(
            lambda: services.approve(broadcast=self.broadcast, submission_id=number, user=user, send_at=None, now=NOW)
        )

    @rule()
    def approve_as_approver(self) -> None:
        self.approve(self.approver)

    @rule()
    def approve_as_editor(self) -> None:
        self.approve(self.editor)

    @rule()
    def take_back(self) -> None:
        self.press(lambda: services.void_approval(broadcast=self.broadcast, reason="", user=self.editor, now=NOW))

    @rule()
    def pause(self) -> None:
        self.press(lambda: services.pause(broadcast=self.broadcast, reason="", user=self.approver, now=NOW))

    @rule()
    def resume(self) -> None:
        self.press(lambda: services.resume(broadcast=self.broadcast, user=self.approver, now=NOW))

    @rule()
    def start(self) -> None:
        if self.broadcast.state == State.SCHEDULED:
            services.verify_approval(self.broadcast)
            services.freeze_content(self.broadcast)
            Broadcast.objects.update(state=State.SENDING, started_at=NOW)
            self.broadcast = Broadcast.objects.get()

    @invariant()
    def at_most_one_approval_stands(self) -> None:
        assert Approval.objects.filter(voided_at=None).count() <= 1

    @invariant()
    def what_may_be_sent_was_approved_by_a_second_person_as_it_stands(self) -> None:
        if self.broadcast.state in {State.SCHEDULED, State.SENDING}:
            services.verify_approval(self.broadcast)
            approval = Approval.objects.get(voided_at=None)
            assert approval.approved_by == self.approver != approval.submitted_by

    @invariant()
    def a_draft_has_no_standing_approval(self) -> None:
        if self.broadcast.state == State.DRAFT:
            assert not Approval.objects.filter(voided_at=None).exists()

    @invariant()
    def what_is_sent_does_not_change(self) -> None:
        if self.broadcast.started_at:
            for message in self.broadcast.messages.all():
                assert message.rendered["subject"] == message.subject

    def teardown(self) -> None:
        Approval.objects.all().delete()
        self.broadcast.messages.update(rendered=None)
        Broadcast.objects.update(state=State.DRAFT, started_at=None, send_at=None)


def test_no_order_of_steps_sends_what_was_not_approved_as_it_stands(draft, approver):
    run_state_machine_as_test(
        Studio,
        settings=example_settings(
            max_examples=15,
            stateful_step_count=15,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
