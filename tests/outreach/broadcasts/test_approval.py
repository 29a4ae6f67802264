"""Approval: a second person's word, for the text and the audience that they read."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override
from wagtail.models import ModelLogEntry

from outreach.audience.models import Segment, Subscription
from outreach.broadcasts import services
from outreach.broadcasts.models import Approval, Broadcast
from outreach.broadcasts.reasons import in_words
from outreach.broadcasts.refusals import ApprovalVoid, NotReady, OwnSubmission, TimePassed, WrongState
from tests.outreach.broadcasts.conftest import approve, make_private

pytestmark = pytest.mark.django_db
State = Broadcast.State


def reread(broadcast: Broadcast) -> Broadcast:
    return Broadcast.objects.get(pk=broadcast.pk)


def test_a_broadcast_goes_from_draft_over_a_second_person_to_its_time(draft, editor, approver, now):
    later = now + timedelta(days=1)

    services.submit(broadcast=draft, user=editor, now=now)
    approve(draft, approver, now, send_at=later)

    broadcast = reread(draft)
    assert (broadcast.state, broadcast.send_at) == (State.SCHEDULED, later)
    approval = broadcast.approvals.get()
    assert (approval.submitted_by, approval.approved_by, approval.approved_at) == (editor, approver, now)
    services.verify_approval(broadcast)


def test_without_a_time_it_is_due_at_once(scheduled, now):
    assert reread(scheduled).send_at == now


def test_what_is_not_ready_stays_a_draft_and_says_why(draft, editor, now):
    draft.segments.clear()

    with pytest.raises(NotReady, match="No segment is chosen"):
        services.submit(broadcast=draft, user=editor, now=now)

    assert (draft.state, reread(draft).state, Approval.objects.count()) == (State.DRAFT, State.DRAFT, 0)


def test_a_stale_cell_blocks_submission(draft, story, editor, now):
    story.title = "One in nine"
    story.save_revision().publish()

    with pytest.raises(NotReady, match="edited after this text was drawn"):
        services.submit(broadcast=draft, user=editor, now=now)


def test_a_cell_that_became_stale_since_submission_blocks_approval(submitted, story, approver, now):
    story.title = "One in nine"
    story.save_revision().publish()

    with pytest.raises(NotReady, match="edited after this text was drawn"):
        approve(submitted, approver, now)

    assert reread(submitted).state == State.SUBMITTED


def test_nobody_approves_what_they_submitted(draft, member, now):
    somebody = member("superuser")
    services.submit(broadcast=draft, user=somebody, now=now)

    with pytest.raises(OwnSubmission, match="You submitted"):
        approve(draft, somebody, now)

    assert reread(draft).state == State.SUBMITTED
    assert reread(draft).approvals.get().approved_by is None


def test_nobody_approves_what_they_made(draft, editor, member, now):
    services.submit(broadcast=draft, user=member("superuser"), now=now)

    with pytest.raises(OwnSubmission, match="You made"):
        approve(draft, editor, now)


def test_the_database_too_refuses_an_approval_by_the_submitter(submitted, editor):
    with pytest.raises(IntegrityError), transaction.atomic():
        submitted.approvals.update(approved_by=editor)


def test_a_time_in_the_past_is_refused(submitted, approver, now):
    with pytest.raises(TimePassed):
        approve(submitted, approver, now, send_at=now - timedelta(minutes=1))

    assert reread(submitted).state == State.SUBMITTED


def test_two_people_who_submit_at_once_submit_once(draft, editor, member, now):
    page_of_another = reread(draft)
    services.submit(broadcast=draft, user=editor, now=now)

    with pytest.raises(WrongState, match="Waiting for approval"):
        services.submit(broadcast=page_of_another, user=member("superuser"), now=now)

    assert Approval.objects.count() == 1


def test_two_people_who_approve_at_once_approve_once(submitted, approver, member, now):
    page_of_another = reread(submitted)
    approve(submitted, approver, now)

    with pytest.raises(WrongState, match="Scheduled"):
        services.approve(
            broadcast=page_of_another,
            submission_id=submitted.approvals.get().pk,
            user=member("superuser"),
            send_at=now + timedelta(days=3),
            now=now,
        )

    assert reread(submitted).send_at == now
    assert submitted.approvals.get().approved_by == approver


def test_an_approval_is_for_the_text_that_was_on_the_page(submitted, editor, approver, now):
    read = submitted.approvals.get()
    message = submitted.messages.first()
    message.subject = "Swapped after it was read"
    services.write(message=message, user=editor, now=now)
    services.submit(broadcast=submitted, user=editor, now=now)

    with pytest.raises(NotReady, match="read it once more"):
        services.approve(broadcast=submitted, submission_id=read.pk, user=approver, send_at=None, now=now)

    assert reread(submitted).state == State.SUBMITTED


def test_a_change_behind_the_services_back_is_found_at_approval_and_puts_it_back_to_draft(submitted, approver, now):
    Segment.objects.update(rule={"field": "language", "in": ["fr"]})

    with pytest.raises(ApprovalVoid, match="audience was changed"):
        approve(submitted, approver, now)

    assert reread(submitted).state == State.DRAFT
    assert "audience was changed" in submitted.approvals.get().void_reason


def test_what_was_not_approved_is_not_approved(draft, submitted):
    with pytest.raises(ApprovalVoid, match="Nobody has approved"):
        services.verify_approval(submitted)


def test_a_voided_approval_never_counts_again_although_the_text_is_put_back(scheduled, editor, now):
    message = scheduled.messages.first()
    words = message.subject
    for subject in ("Other words", words):
        message.subject = subject
        services.write(message=message, user=editor, now=now)

    with pytest.raises(ApprovalVoid):
        services.verify_approval(reread(scheduled))


def test_a_linked_page_that_was_taken_down_voids_the_approval_before_anything_is_sent(
    draft, story, french, editor, approver, now
):
    message = draft.messages.get(channel="telegram", language="fr")
    message.body = f'<p><a linktype="page" id="{story.get_parent().pk}">All stories</a></p>'
    services.write(message=message, user=editor, now=now)
    services.submit(broadcast=draft, user=editor, now=now)
    approve(draft, approver, now)
    for page in story.get_parent().get_translations(inclusive=True):
        page.unpublish()

    with pytest.raises(ApprovalVoid, match="not published") as found:
        services.verify_approval(draft)

    with override("fr"):
        assert in_words(found.value.kept).startswith("Un texte ne peut plus être envoyé\u00a0: ")


@pytest.mark.parametrize("above", [False, True])
def test_a_story_that_became_private_voids_the_approval_before_anything_is_sent(scheduled, story, above):
    services.verify_approval(scheduled)
    make_private(story.get_parent() if above else story)

    with pytest.raises(ApprovalVoid, match="leads to no published page"):
        services.verify_approval(scheduled)


def test_the_words_of_a_private_story_are_not_sent_without_a_link_to_it_either(draft, story, editor, approver, now):
    for message in draft.messages.filter(language="en"):
        message.button_label = message.button_url = ""
        services.write(message=message, user=editor, now=now)
    services.submit(broadcast=draft, user=editor, now=now)
    approve(draft, approver, now)
    services.verify_approval(draft)
    make_private(story)

    with pytest.raises(ApprovalVoid, match="no longer published"):
        services.verify_approval(draft)


def test_an_approval_is_verified_without_counting_people(scheduled):
    with CaptureQueriesContext(connection) as asked:
        services.verify_approval(scheduled)

    assert asked.captured_queries
    assert not [each["sql"] for each in asked.captured_queries if Subscription._meta.db_table in each["sql"]]


def test_a_scheduled_time_can_be_changed_without_a_new_approval(scheduled, approver, now):
    services.schedule(broadcast=scheduled, send_at=now + timedelta(hours=2), user=approver, now=now)

    assert reread(scheduled).send_at == now + timedelta(hours=2)
    services.verify_approval(reread(scheduled))
    with pytest.raises(TimePassed):
        services.schedule(broadcast=scheduled, send_at=now - timedelta(hours=2), user=approver, now=now)


def test_only_a_scheduled_broadcast_has_a_time_to_change(draft, approver, now):
    with pytest.raises(WrongState):
        services.schedule(broadcast=draft, send_at=None, user=approver, now=now)


def test_submission_and_approval_are_in_the_history_with_their_hashes(scheduled, editor, approver):
    entries = {entry.action.rpartition(".")[2]: entry for entry in ModelLogEntry.objects.for_instance(scheduled)}

    assert entries["submit"].user == editor
    assert entries["approve"].user == approver
    assert entries["approve"].data["content_hash"] == scheduled.approvals.get().content_hash
