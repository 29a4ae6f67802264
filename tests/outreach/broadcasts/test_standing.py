"""What an approval is bound to: whatever changes it takes the approval back, and of two people at once one wins."""

import threading

import pytest
from django.contrib.auth.models import User
from django.db import connection
from wagtail.models import Page

from outreach.audience.models import Segment
from outreach.broadcasts import services
from outreach.broadcasts.models import Broadcast
from outreach.broadcasts.refusals import ApprovalVoid, NotReady, WrongState
from tests.outreach.broadcasts.conftest import approve, translate

State = Broadcast.State


def audience(broadcast: Broadcast, user: User, now, **changed) -> None:
    given = {
        "segments": list(broadcast.segments.all()),
        "channels": broadcast.channels,
        "every_channel": broadcast.every_channel,
        "fallback_language": broadcast.fallback_language,
        "missed_rule": broadcast.missed_rule,
        "deadline_hours": broadcast.deadline_hours,
        "ignores_quiet_hours": broadcast.ignores_quiet_hours,
    }
    services.set_audience(broadcast=broadcast, user=user, now=now, **(given | changed))


def other_text(broadcast, user, now):
    message = broadcast.messages.first()
    message.button_label = "Another button"
    services.write(message=message, user=user, now=now)


def removed_text(broadcast, user, now):
    services.remove(message=broadcast.messages.first(), user=user, now=now)


def other_segments(broadcast, user, now):
    more = Segment.objects.create(code="women", name="Women", rule={"field": "gender", "in": ["woman"]})
    audience(broadcast, user, now, segments=[*broadcast.segments.all(), more])


EDITS = {
    "a text is changed": other_text,
    "a text is removed": removed_text,
    "a segment is added": other_segments,
    "a channel is left out": lambda broadcast, user, now: audience(broadcast, user, now, channels=["email"]),
    "every channel is used": lambda broadcast, user, now: audience(broadcast, user, now, every_channel=True),
    "the fallback is another": lambda broadcast, user, now: audience(broadcast, user, now, fallback_language="fr"),
    "it becomes urgent": lambda broadcast, user, now: audience(broadcast, user, now, ignores_quiet_hours=True),
}
BEHIND = {
    "a segment's rule": lambda broadcast: Segment.objects.update(rule={"field": "language", "in": ["en", "fr"]}),
    "a text": lambda broadcast: broadcast.messages.filter(language="en").update(subject="Other"),
    "the channels": lambda broadcast: Broadcast.objects.update(channels=["telegram", "email"]),
    "the stories": lambda broadcast: broadcast.carried.all().delete(),
    "the urgency": lambda broadcast: Broadcast.objects.update(ignores_quiet_hours=True),
    "the name over each e-mail": lambda broadcast: Page.objects.filter(depth=2).update(title="Somebody else"),
}
HARMLESS = {
    "the title": lambda broadcast, user, now: services.rename(broadcast=broadcast, title="New", user=user, now=now),
    "the rule for missed times": lambda broadcast, user, now: audience(broadcast, user, now, missed_rule="send"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("what", EDITS)
def test_an_approval_is_taken_back_when(scheduled, editor, now, what):
    EDITS[what](scheduled, editor, now)

    assert Broadcast.objects.get().state == State.DRAFT
    assert scheduled.approvals.get().voided_at == now
    with pytest.raises(ApprovalVoid):
        services.verify_approval(scheduled)


@pytest.mark.django_db
@pytest.mark.parametrize("what", BEHIND)
def test_nothing_is_sent_on_an_approval_behind_whose_back_was_changed(scheduled, what):
    BEHIND[what](scheduled)

    with pytest.raises(ApprovalVoid, match="was changed after it was submitted"):
        services.verify_approval(Broadcast.objects.get())


@pytest.mark.django_db
@pytest.mark.parametrize("what", HARMLESS)
def test_an_approval_stays_when_nothing_but_this_changes(scheduled, editor, now, what):
    HARMLESS[what](scheduled, editor, now)

    assert Broadcast.objects.get().state == State.SCHEDULED
    services.verify_approval(Broadcast.objects.get())


@pytest.mark.django_db
def test_a_story_that_is_translated_later_changes_nothing_that_was_approved(scheduled, story):
    translate(story, "es", "Una de cada ocho")
    services.verify_approval(Broadcast.objects.get())


@pytest.mark.django_db
def test_a_broadcast_to_nobody_is_refused_with_the_reason(draft, editor, now):
    draft.segments.set([Segment.objects.create(code="media", name="Media", rule={"field": "group", "in": ["media"]})])

    with pytest.raises(NotReady, match="Nobody would get this broadcast"):
        services.submit(broadcast=draft, user=editor, now=now)


@pytest.mark.django_db
def test_a_broadcast_that_has_lost_its_last_reader_is_not_approved(submitted, approver, now):
    from outreach.audience.models import Subscription

    Subscription.objects.update(state="left")

    with pytest.raises(NotReady, match="Nobody would get this broadcast"):
        approve(submitted, approver, now)
    assert Broadcast.objects.get().state == State.SUBMITTED


@pytest.mark.django_db(transaction=True)
def test_of_two_approvers_who_press_at_the_same_moment_one_wins_and_the_other_is_told(
    story, everybody, joined, editor, approver, member, now
):
    joined()
    made = services.create_from_story(story=story, user=editor, now=now)
    made.segments.add(everybody)
    number = services.submit(broadcast=made, user=editor, now=now).pk
    people, outcomes = [approver, member("superuser")], []
    together = threading.Barrier(len(people))

    def press(user: User) -> None:
        try:
            broadcast = Broadcast.objects.get()
            together.wait(timeout=10)
            services.approve(broadcast=broadcast, submission_id=number, user=user, send_at=None, now=now)
            outcomes.append(user)
        except WrongState as refusal:
            outcomes.append(str(refusal))
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=[user]) for user in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    (winner,) = [each for each in outcomes if isinstance(each, User)]
    (told,) = [each for each in outcomes if isinstance(each, str)]
    assert made.approvals.get().approved_by == winner
    assert "Somebody may have been faster" in told
