"""The matrix: for each channel and language, whether there is a text, and whether it may go out."""

import pytest

from outreach.broadcasts import services
from outreach.broadcasts.matrix import CellState, matrix
from outreach.broadcasts.models import Broadcast
from outreach.broadcasts.readiness import not_ready
from tests.outreach.broadcasts.conftest import approve, translate

pytestmark = pytest.mark.django_db


def states(broadcast: Broadcast) -> dict[tuple[str, str], str]:
    return {(cell.channel, cell.language): cell.state.value for cell in matrix(broadcast)}


def edit(story, title: str) -> None:
    story.title = title
    story.save_revision().publish()


def test_a_broadcast_has_a_cell_for_each_channel_and_language_of_story_and_readers(draft, joined):
    joined("telegram", "ht")

    assert states(draft) == {
        ("email", "en"): "draft",
        ("telegram", "en"): "draft",
        ("email", "fr"): "draft",
        ("telegram", "fr"): "draft",
        ("email", "ht"): "missing",
        ("telegram", "ht"): "missing",
    }


def test_a_missing_cell_says_what_becomes_of_its_readers(draft, joined):
    joined("telegram", "ht")

    assert matrix(draft).cell("telegram", "ht").why == "1 subscriber reads it here and would get English instead."
    assert matrix(draft).cell("email", "ht").why == "Nobody on this channel reads it."
    draft.fallback_language = ""
    assert (
        matrix(draft).cell("telegram", "ht").why == "1 subscriber reads it here and would get nothing on this channel."
    )


def test_a_cell_is_stale_once_the_story_says_something_else_and_only_in_that_language(draft, story):
    edit(story, "One in nine was born abroad")

    assert states(draft)["email", "en"] == states(draft)["telegram", "en"] == "stale"
    assert states(draft)["email", "fr"] == "draft"
    assert "edited" in matrix(draft).cell("email", "en").why


def test_a_draft_of_the_story_that_nobody_can_read_yet_makes_nothing_stale(draft, story):
    story.title = "Not published yet"
    story.save_revision()

    assert "stale" not in states(draft).values()


def test_a_cell_is_stale_when_its_translation_is_taken_down(draft, french):
    french.unpublish()

    assert states(draft)["email", "fr"] == "stale"
    assert "no longer published" in matrix(draft).cell("email", "fr").why


def test_a_text_of_ones_own_never_is_stale(draft, story, message, editor, now):
    own = message(broadcast=draft, language="es", channel="email")
    services.write(message=own, user=editor, now=now)
    translate(story, "es", "Una de cada ocho")

    assert states(draft)["email", "es"] == "draft"


def test_cells_are_approved_only_while_the_approval_holds(submitted, approver, editor, now):
    assert set(states(submitted).values()) == {"draft"}
    approve(submitted, approver, now)
    assert set(states(submitted).values()) == {"approved"}
    services.void_approval(broadcast=submitted, reason="Wait", user=editor, now=now)
    assert set(states(submitted).values()) == {"draft"}


def test_a_language_without_a_text_does_not_hold_the_broadcast_up(draft, joined):
    joined("email", "ht")

    assert not_ready(draft) == []


def test_a_draft_that_lacks_everything_is_told_everything(editor, now):
    bare = services.create(title="Bare", user=editor, now=now)
    bare.channels = []
    bare.save()

    assert not_ready(bare) == ["No segment is chosen: say who gets it.", "No channel is chosen."]


def test_a_broadcast_without_a_text_says_so(everybody, joined, editor, now):
    joined()
    bare = services.create(title="Bare", user=editor, now=now)
    bare.segments.add(everybody)

    assert not_ready(bare) == ["There is no message yet: draw the texts from the story, or write one."]


def test_a_welcome_message_without_a_text_is_not_told_of_stories(editor, now):
    bare = services.create_welcome(user=editor, now=now)

    assert not_ready(bare) == ["There is no text yet: write one in each language in which people join."]


def test_a_segment_that_matches_nobody_is_no_audience(draft):
    draft.segments.get().delete()
    nobody = draft.segments.create(code="nobody", name="Nobody", rule={"any": []})

    assert not_ready(draft) == [
        "Nobody would get this broadcast: look at the segments, the languages and who is left out."
    ]
    nobody.rule = {"all": []}
    nobody.save()
    assert not_ready(draft) == []


def test_an_audience_whose_languages_have_no_text_is_nobody(draft, editor, now):
    draft.fallback_language = ""
    draft.save()
    for message in draft.messages.exclude(language="fr"):
        message.delete()
    draft.messages.update(language="es")
    draft.messages.update(source_hash="")

    assert "Nobody would get this broadcast" in not_ready(draft)[0]


def test_a_stale_or_unfit_cell_is_named_with_what_to_do(draft, story):
    edit(story, "One in nine was born abroad")
    draft.messages.filter(channel="telegram", language="fr").update(body="<p>" + "x" * 5000 + "</p>")

    reasons = not_ready(draft)

    assert any(reason.startswith("E-mail, English:") and "Draw it again" in reason for reason in reasons)
    assert any(reason.startswith("Telegram, Français:") and "shorten it" in reason for reason in reasons)


def test_cell_states_have_a_word_each():
    assert {str(state.label) for state in CellState} == {"Missing", "Draft", "Stale", "Approved"}
