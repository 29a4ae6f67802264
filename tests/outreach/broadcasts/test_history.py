"""A broadcast's history: told to each reader in their language, whoever did it in whichever."""

import pytest
from django.utils.translation import override
from wagtail.models import ModelLogEntry

from outreach.broadcasts import services

pytestmark = pytest.mark.django_db


def told(broadcast, action: str, language: str) -> str:
    """What the last entry of an action says to a reader of ``language``."""
    entry = ModelLogEntry.objects.for_instance(broadcast).filter(action=f"outreach.broadcast.{action}").latest("pk")
    with override(language):
        return entry.message


def test_names_of_texts_are_the_readers(draft, editor, now):
    message = draft.messages.get(channel="email", language="fr")
    message.subject = "Autrement"
    with override("es"):
        services.write(message=message, user=editor, now=now)

    assert told(draft, "write", "en") == "Message written: E-mail, Français"
    assert told(draft, "write", "fr") == "Message rédigé\u00a0: Courriel, Français"


def test_every_text_that_was_drawn_is_named(draft, editor, now):
    services.remove(message=draft.messages.get(channel="email", language="fr"), user=editor, now=now)
    services.remove(message=draft.messages.get(channel="telegram", language="en"), user=editor, now=now)
    services.draw_missing(broadcast=draft, user=editor, now=now)

    assert told(draft, "remove", "en") == "Message removed: Telegram, English"
    assert told(draft, "draw", "en") == "Texts drawn from the story: Telegram, English; E-mail, Français"


def test_why_an_approval_was_taken_back_is_told_to_everybody_in_their_language(submitted, editor, now):
    with override("fr"):
        services.remove(message=submitted.messages.get(channel="email", language="fr"), user=editor, now=now)

    assert told(submitted, "void", "en") == "Back to draft: A text was removed."
    assert told(submitted, "void", "fr").endswith("Un texte a été retiré.")
    void = submitted.approvals.get()
    with override("es"):
        assert void.why_void == "Se quitó un texto."


def test_what_a_person_says_stays_as_it_was_said(submitted, editor, now):
    services.void_approval(broadcast=submitted, reason="Le titre est faux", user=editor, now=now)

    assert told(submitted, "void", "en") == "Back to draft: Le titre est faux"
    with override("es"):
        assert submitted.approvals.get().why_void == "Le titre est faux"


def test_the_archive_is_told_in_the_readers_language(draft, editor, now):
    with override("fr"):
        services.set_archived(broadcast=draft, archived=True, user=editor, now=now)

    assert told(draft, "archive", "en") == "Public archive: it is shown there"


def test_whoever_approves_too_late_is_told_in_their_language_and_the_history_in_everybodys(submitted, approver, now):
    submission = submitted.approvals.get()
    submitted.messages.filter(channel="email").update(subject="Changed behind the services")

    with override("fr"), pytest.raises(services.ApprovalVoid) as refused:
        services.approve(broadcast=submitted, submission_id=submission.pk, user=approver, send_at=None, now=now)

    assert str(refused.value) == told(submitted, "void", "fr").partition("\u00a0: ")[2]
    assert told(submitted, "void", "en") == "Back to draft: A text was changed after it was submitted."
