"""Making a broadcast and its texts; every change of what is said or to whom takes an approval back."""

import pytest
from wagtail.models import ModelLogEntry

from home.models import HomePage, StoryPage
from outreach.audience.models import Segment
from outreach.broadcasts import services
from outreach.broadcasts.measures import LONG_PREVIEW
from outreach.broadcasts.models import Broadcast, Message
from outreach.broadcasts.refusals import ApprovalVoid, WrongState
from outreach.broadcasts.rendering import problems
from tests.outreach.broadcasts.conftest import translate

pytestmark = pytest.mark.django_db
State = Broadcast.State


def test_a_broadcast_from_a_story_has_its_texts_in_each_published_language(draft, story, french):
    assert {(message.channel, message.language) for message in draft.messages.all()} == {
        ("email", "en"),
        ("telegram", "en"),
        ("email", "fr"),
        ("telegram", "fr"),
    }
    message = draft.messages.get(channel="email", language="fr")
    assert message.subject == french.title
    assert message.preview_text == french.summary
    assert message.body == f"<p>{french.summary}</p>"
    assert message.button_url == "http://testserver/fr/stories/one-in-eight/"
    assert message.source_hash == french.content_hash()
    assert (draft.title, draft.state) == (story.title, State.DRAFT)
    assert [carried.page_id for carried in draft.carried.all()] == [story.pk]


def test_a_story_in_a_new_language_fills_only_the_empty_cells(draft, story, editor, now):
    mine = draft.messages.get(channel="email", language="en")
    mine.subject = "My own words"
    services.write(message=mine, user=editor, now=now)
    translate(story, "es", "Una de cada ocho")

    made = services.draw_missing(broadcast=draft, user=editor, now=now)

    assert {(message.channel, message.language) for message in made} == {("email", "es"), ("telegram", "es")}
    assert draft.messages.get(channel="email", language="en").subject == "My own words"
    assert services.draw_missing(broadcast=draft, user=editor, now=now) == []


def test_a_title_with_marks_in_it_is_drawn_as_words(stories, story, editor, now):
    story.summary = "Fish & chips <b>cost</b> more than 5 < 10."
    story.save_revision().publish()

    broadcast = services.create_from_story(story=story, user=editor, now=now)

    assert (
        broadcast.messages.get(channel="email").body
        == "<p>Fish &amp; chips &lt;b&gt;cost&lt;/b&gt; more than 5 &lt; 10.</p>"
    )


def test_a_long_title_is_cut_to_the_subjects_length(story, editor, now):
    story.title = "word " * 50
    story.save_revision().publish()

    broadcast = services.create_from_story(story=story, user=editor, now=now)

    assert len(broadcast.title) == 120
    assert len(broadcast.messages.get(channel="email").subject) == 150


def test_a_long_summary_is_cut_between_two_words_for_the_preview(story, editor, now):
    story.summary = "Pay, papers, health care and school. " * 10
    story.save_revision().publish()

    message = services.create_from_story(story=story, user=editor, now=now).messages.filter(language="en").first()

    words = message.preview_text.removesuffix("…").split()
    assert message.preview_text.endswith("…")
    assert len(message.preview_text) <= LONG_PREVIEW
    assert words == story.summary.split()[: len(words)]


def test_drawing_again_takes_the_storys_words_of_today(draft, story, editor, now):
    message = draft.messages.get(channel="email", language="en")
    story.title = "One in nine"
    story.save_revision().publish()
    assert services.proposal(message).subject == "One in nine"
    assert Message.objects.get(pk=message.pk).subject != "One in nine"

    services.redraw(message=message, user=editor, now=now)

    message.refresh_from_db()
    assert message.subject == "One in nine"
    assert message.source_hash == type(story).objects.get(pk=story.pk).content_hash()


def test_drawing_again_needs_a_published_story(draft, french, editor, now):
    french.unpublish()
    message = draft.messages.get(channel="email", language="fr")

    assert services.proposal(message) is None
    with pytest.raises(LookupError):
        services.redraw(message=message, user=editor, now=now)


def test_drawing_the_same_text_again_leaves_the_approval(scheduled, story, editor, now):
    story.body = [*story.body.raw_data, {"type": "text", "value": "<p>More below.</p>"}]
    story.save_revision().publish()
    message = scheduled.messages.get(channel="email", language="en")

    services.redraw(message=message, user=editor, now=now)

    scheduled.refresh_from_db()
    assert scheduled.state == State.SCHEDULED
    services.verify_approval(scheduled)


def test_characters_that_no_mail_can_hold_stay_behind_when_a_text_is_drawn(stories, story, editor, now):
    broken = "One\x0bin\x02eight\ufffe"
    StoryPage.objects.filter(pk=story.pk).update(title=broken, summary=f"{broken}.")
    HomePage.objects.update(title=broken)

    made = services.create_from_stories(stories=[StoryPage.objects.get(pk=story.pk)], user=editor, now=now)

    text = made.messages.get(channel="email", language="en")
    assert text.subject == "One ineight"
    assert problems(text) == []
    text.body = f"<p>{broken} and half of one: \ud83d</p>"
    assert problems(text) == []


def test_keeping_a_text_says_the_same_and_leaves_the_approval(scheduled, story, editor, now):
    story.title = "One in nine"
    story.save_revision().publish()

    services.keep(message=scheduled.messages.get(channel="email", language="en"), user=editor, now=now)

    scheduled.refresh_from_db()
    assert scheduled.state == State.SCHEDULED
    services.verify_approval(scheduled)


EDITS = {
    "subject": "Another subject",
    "preview_text": "Another preview",
    "body": "<p>Another text</p>",
    "button_label": "Another button",
    "button_url": "https://another.example/",
}


@pytest.mark.parametrize("field", EDITS)
def test_editing_any_field_voids_the_approval(scheduled, editor, now, field):
    message = scheduled.messages.get(channel="email", language="en")
    setattr(message, field, EDITS[field])

    services.write(message=message, user=editor, now=now)

    scheduled.refresh_from_db()
    assert scheduled.state == State.DRAFT
    assert scheduled.approvals.get().void_reason == "A text was changed."
    with pytest.raises(ApprovalVoid):
        services.verify_approval(scheduled)


@pytest.mark.parametrize("field", EDITS)
def test_a_field_changed_behind_the_services_back_is_found_when_the_approval_is_verified(scheduled, field):
    scheduled.messages.filter(channel="telegram", language="fr").update(**{field: EDITS[field]})

    with pytest.raises(ApprovalVoid, match="text was changed"):
        services.verify_approval(scheduled)


def test_saving_the_same_text_voids_nothing(scheduled, editor, now):
    services.write(message=scheduled.messages.first(), user=editor, now=now)

    scheduled.refresh_from_db()
    assert scheduled.state == State.SCHEDULED


def test_removing_or_adding_a_text_voids_the_approval(scheduled, editor, message, now):
    services.write(message=message(broadcast=scheduled, language="es"), user=editor, now=now)
    scheduled.refresh_from_db()
    assert scheduled.state == State.DRAFT

    services.submit(broadcast=scheduled, user=editor, now=now)
    services.remove(message=scheduled.messages.get(language="es"), user=editor, now=now)
    scheduled.refresh_from_db()
    assert scheduled.state == State.DRAFT


def test_two_editors_cannot_fill_the_same_empty_cell(draft, message, editor, now):
    first, second = message(broadcast=draft, language="es"), message(broadcast=draft, language="es", subject="Later")
    services.write(message=first, user=editor, now=now)

    with pytest.raises(WrongState):
        services.write(message=second, user=editor, now=now)

    assert draft.messages.get(language="es").subject == "One in eight"


def audience(broadcast: Broadcast) -> dict[str, object]:
    return {
        "segments": list(broadcast.segments.all()),
        "channels": broadcast.channels,
        "every_channel": broadcast.every_channel,
        "fallback_language": broadcast.fallback_language,
        "missed_rule": broadcast.missed_rule,
        "deadline_hours": broadcast.deadline_hours,
    }


@pytest.mark.parametrize(
    "change",
    [
        {"channels": ["email"]},
        {"channels": ["telegram", "email"]},
        {"every_channel": True},
        {"fallback_language": "fr"},
        {"fallback_language": ""},
        {"segments": []},
    ],
)
def test_changing_the_audience_voids_the_approval(scheduled, editor, now, change):
    services.set_audience(broadcast=scheduled, user=editor, now=now, **{**audience(scheduled), **change})

    scheduled.refresh_from_db()
    assert scheduled.state == State.DRAFT
    assert scheduled.approvals.get().void_reason == "The audience was changed."


def test_the_same_audience_another_title_and_the_rule_for_missed_times_void_nothing(scheduled, editor, now):
    services.rename(broadcast=scheduled, title="Another title", user=editor, now=now)
    services.set_audience(
        broadcast=scheduled, user=editor, now=now, **{**audience(scheduled), "missed_rule": "send", "deadline_hours": 3}
    )

    scheduled.refresh_from_db()
    assert (scheduled.state, scheduled.title, scheduled.deadline_hours) == (State.SCHEDULED, "Another title", 3)


def test_another_rule_of_a_segment_is_found_when_the_approval_is_verified(scheduled):
    Segment.objects.update(rule={"field": "language", "in": ["fr"]})

    with pytest.raises(ApprovalVoid, match="audience was changed"):
        services.verify_approval(scheduled)


@pytest.mark.parametrize("state", [State.SENDING, State.PAUSED, State.FINISHED, State.CANCELLED, State.EXPIRED])
def test_nothing_can_be_changed_once_sending_began(draft, editor, now, state):
    Broadcast.objects.update(state=state)
    message = draft.messages.first()

    for edit in (
        lambda: services.write(message=message, user=editor, now=now),
        lambda: services.redraw(message=message, user=editor, now=now),
        lambda: services.keep(message=message, user=editor, now=now),
        lambda: services.remove(message=message, user=editor, now=now),
        lambda: services.draw_missing(broadcast=draft, user=editor, now=now),
        lambda: services.rename(broadcast=draft, title="x", user=editor, now=now),
        lambda: services.set_audience(broadcast=draft, user=editor, now=now, **audience(draft)),
    ):
        with pytest.raises(WrongState):
            edit()


def test_freezing_keeps_each_message_with_the_targets_of_its_links(scheduled):
    services.freeze_content(scheduled)

    for message in scheduled.messages.all():
        assert message.links == [message.button_url]
        assert message.rendered["subject"] == message.subject
        assert "https://link.invalid/1" in (message.rendered["html"] or message.rendered["buttons"][0][1])


def test_every_edit_is_in_the_history_with_who_and_when(draft, editor, now):
    message = draft.messages.get(channel="email", language="fr")
    message.subject = "Autrement"
    services.write(message=message, user=editor, now=now)

    entry = ModelLogEntry.objects.for_instance(draft).get(action="outreach.broadcast.write")
    assert (entry.user, entry.timestamp) == (editor, now)
    assert entry.message == "Message written: E-mail, Français"
    assert entry.data["fields"] == ["subject"]
