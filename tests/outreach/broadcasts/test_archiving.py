"""Whether a broadcast's e-mail is shown in the archive: what that does to an approval, and what is written down."""

import pytest
from wagtail.models import ModelLogEntry

from outreach.broadcasts import services
from outreach.broadcasts.models import Broadcast

pytestmark = pytest.mark.django_db
State = Broadcast.State


def entries() -> list[str]:
    found = ModelLogEntry.objects.filter(action="outreach.broadcast.archive").order_by("pk")
    return [entry.data["detail"] for entry in found]


def test_it_is_off_until_somebody_chooses_it(draft):
    assert not draft.archived


def test_showing_it_after_the_submission_takes_the_approval_back(scheduled, editor, now):
    assert services.set_archived(broadcast=scheduled, archived=True, user=editor, now=now)

    scheduled.refresh_from_db()
    assert (scheduled.state, scheduled.archived) == (State.DRAFT, True)
    assert not scheduled.approvals.filter(voided_at=None).exists()


def test_showing_what_is_held_before_it_began_takes_the_approval_back_too(scheduled, approver, editor, now):
    services.pause(broadcast=scheduled, reason="Wait.", user=approver, now=now)

    services.set_archived(broadcast=scheduled, archived=True, user=editor, now=now)

    scheduled.refresh_from_db()
    assert (scheduled.state, scheduled.archived) == (State.DRAFT, True)


def test_taking_it_out_takes_nothing_back(draft, editor, approver, now):
    services.set_archived(broadcast=draft, archived=True, user=editor, now=now)
    services.submit(broadcast=draft, user=editor, now=now)

    assert services.set_archived(broadcast=draft, archived=False, user=editor, now=now)

    draft.refresh_from_db()
    assert (draft.state, draft.archived) == (State.SUBMITTED, False)
    assert entries() == ["it is shown there", "it is not shown there"]


@pytest.mark.parametrize("state", [State.SENDING, State.PAUSED, State.FINISHED, State.CANCELLED])
def test_once_it_was_sent_both_can_be_done_at_any_time(draft, editor, now, state):
    Broadcast.objects.update(state=state, started_at=now)

    assert services.set_archived(broadcast=draft, archived=True, user=editor, now=now)
    assert services.set_archived(broadcast=draft, archived=False, user=editor, now=now)

    draft.refresh_from_db()
    assert (draft.state, draft.archived) == (state, False)


def test_choosing_what_is_so_already_changes_and_logs_nothing(scheduled, editor, now):
    assert not services.set_archived(broadcast=scheduled, archived=False, user=editor, now=now)

    scheduled.refresh_from_db()
    assert scheduled.state == State.SCHEDULED
    assert not entries()
