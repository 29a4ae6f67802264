"""Test messages go through the real channels to whoever asks, and say that they are tests."""

import pytest
from wagtail.models import ModelLogEntry

from outreach.audience.addresses import encrypt
from outreach.broadcasts.models import TestChat
from outreach.broadcasts.refusals import NoTestAddress, TestNotSent, UnfitMessage
from outreach.broadcasts.rendering import build
from outreach.broadcasts.rendering.telegram import MOST_CHARACTERS, characters
from outreach.broadcasts.testing import send_test

pytestmark = pytest.mark.django_db


def test_a_test_mail_goes_to_the_users_own_address_with_plain_links(draft, editor, smtp_server, now):
    place = send_test(message=draft.messages.get(channel="email", language="fr"), user=editor, now=now)

    mail = smtp_server.messages[0]
    assert smtp_server.receivers == [place] == [editor.email]
    assert mail["Subject"].endswith("] Une personne sur huit")
    assert mail["Subject"].startswith("[")
    for part in ("plain", "html"):
        text = mail.get_body((part,)).get_content()
        assert "http://testserver/fr/stories/one-in-eight/" in text
        assert "http://testserver/test-leave/fr/" in text
        assert "link.invalid" not in text
    assert mail["List-Unsubscribe"] == "<http://testserver/test-leave/fr/>"


def test_a_test_to_telegram_goes_to_the_bound_chat(draft, editor, bot_api, now):
    TestChat.objects.create(user=editor, address_encrypted=encrypt("77"), bound_at=now)

    send_test(message=draft.messages.get(channel="telegram", language="en"), user=editor, now=now)

    sent = bot_api.sent[0]
    assert sent["chat_id"] == 77
    assert "[Test] <b>One in eight was born abroad</b>" in sent["text"]


@pytest.mark.parametrize("left", [0, 8])
def test_a_text_that_just_fits_is_tested_without_the_mark(draft, editor, bot_api, now, left):
    TestChat.objects.create(user=editor, address_encrypted=encrypt("77"), bound_at=now)
    message = draft.messages.get(channel="telegram", language="en")
    spare = MOST_CHARACTERS - left - characters(build(message).text)
    message.body += f"<p>{'a' * (spare - 2)}</p>"

    send_test(message=message, user=editor, now=now)

    assert bot_api.sent[0]["text"].startswith("[Test]") is bool(left)


def test_without_a_bound_chat_the_link_to_bind_one_is_given(draft, editor, now):
    with pytest.raises(NoTestAddress) as refusal:
        send_test(message=draft.messages.get(channel="telegram", language="en"), user=editor, now=now)

    assert "staff-" in refusal.value.address


def test_without_an_address_the_way_to_the_account_is_given(draft, editor, now):
    editor.email = ""

    with pytest.raises(NoTestAddress, match="no e-mail address") as refusal:
        send_test(message=draft.messages.get(channel="email", language="en"), user=editor, now=now)

    assert refusal.value.address == "/admin/account/"


def test_a_refusal_of_the_server_is_told_in_its_words(draft, editor, smtp_server, now):
    smtp_server.answers("receiver", "550 5.1.1 No such mailbox")

    with pytest.raises(TestNotSent, match="No such mailbox"):
        send_test(message=draft.messages.get(channel="email", language="en"), user=editor, now=now)

    assert not ModelLogEntry.objects.filter(action="outreach.broadcast.test").exists()


def test_a_text_that_cannot_be_sent_is_not_tested(draft, editor, now):
    draft.messages.update(body="")

    with pytest.raises(UnfitMessage, match="The text is empty"):
        send_test(message=draft.messages.get(channel="email", language="en"), user=editor, now=now)


def test_a_test_is_counted_nowhere_and_stands_in_the_history(draft, editor, smtp_server, now):
    send_test(message=draft.messages.get(channel="email", language="en"), user=editor, now=now)

    assert not draft.deliveries.exists()
    assert ModelLogEntry.objects.for_instance(draft).get(action="outreach.broadcast.test").user == editor


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_link_to_leave_of_a_test_says_that_it_was_one(client, stories, method):
    answer = getattr(client, method)("/test-leave/en/")

    assert answer.status_code == 200
    assert "This was a test" in answer.text
    assert not answer.cookies
    assert client.get("/test-leave/xx/", follow=True).status_code == 404
