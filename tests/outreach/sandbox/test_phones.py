from datetime import UTC, datetime

import pytest
from asgiref.sync import async_to_sync

from outreach.sandbox import phones
from outreach.sandbox.models import SandboxChat, SandboxUpdate
from outreach.sandbox.stored_inbox import StoredInbox

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)


@pytest.fixture
def phone():
    return phones.new_phone(name="Marie", language="ht", now=NOW)


def bot_sends(phone, **message) -> int:
    whole = {"text": "Hello", "parse_mode": "HTML", "reply_markup": {}, "date": 1, **message}
    return async_to_sync(StoredInbox().keep_message)(chat=phone.number, message=whole)


def payloads() -> list[dict]:
    return list(SandboxUpdate.objects.values_list("payload", flat=True))


def test_what_is_written_reaches_the_bot_with_name_and_language(phone):
    phones.write(phone=phone, text="/start radio", now=NOW)

    [payload] = payloads()
    message = payload["message"]
    assert (message["text"], message["chat"]["id"], message["from"]["first_name"]) == (
        "/start radio",
        phone.number,
        "Marie",
    )
    assert message["from"]["language_code"] == "ht"
    assert message["entities"][0] == {"type": "bot_command", "offset": 0, "length": 6}


def test_only_a_button_that_is_there_can_be_pressed(phone):
    keyboard = {"inline_keyboard": [[{"text": "Kreyòl", "callback_data": "lang:ht"}]]}
    number = bot_sends(phone, reply_markup=keyboard)
    other = phones.new_phone(name="Ana", language="en", now=NOW)

    phones.press(phone=phone, message=number, data="lang:ht", now=NOW)
    for who, message, data in [(phone, number, "lang:fr"), (phone, number + 1, "lang:ht"), (other, number, "lang:ht")]:
        with pytest.raises(phones.NoSuchButton):
            phones.press(phone=who, message=message, data=data, now=NOW)

    assert [payload["callback_query"]["data"] for payload in payloads()] == ["lang:ht"]


def test_bot_is_told_of_a_block_and_of_its_end_but_not_of_a_deleted_account(phone):
    for state in ["blocked", "blocked", "open", "deleted", "open"]:
        phones.change_state(phone=phone, state=state, now=NOW)

    assert [payload["my_chat_member"]["new_chat_member"]["status"] for payload in payloads()] == ["kicked", "member"]
    assert SandboxChat.objects.get().state == "open"


def test_writing_lets_the_bot_in_again(phone):
    phones.change_state(phone=phone, state="blocked", now=NOW)

    phones.write(phone=phone, text="/start", now=NOW)

    assert SandboxChat.objects.get().state == "open"
    assert [next(iter(payload)) for payload in payloads()] == ["my_chat_member", "my_chat_member", "message"]


def test_conversation_shows_both_sides_in_order_and_lets_no_markup_through(phone):
    phones.write(phone=phone, text="<script>alert(1)</script>", now=NOW)
    bot_sends(phone, text='<b>Bonjou</b> <a href="https://example.org/">li</a>')

    said, answered = phones.conversation(phone)
    assert (said.from_bot, answered.from_bot) == (False, True)
    assert said.html == "&lt;script&gt;alert(1)&lt;/script&gt;"
    assert answered.html.startswith("<b>Bonjou</b> <a href=")


def test_link_to_a_phone_can_not_be_made_up(phone):
    assert phones.by_token(phones.token(phone)) == phone
    for wrong in [str(phone.number), f"{phone.number}:x", phones.token(phone) + "x", "x", ""]:
        with pytest.raises(phones.NoSuchPhone):
            phones.by_token(wrong)


def test_phone_behind_a_chat_that_the_bot_wrote_to_first_is_made_once():
    assert phones.phone_of(number=77, now=NOW) == phones.phone_of(number=77, now=NOW)
    assert SandboxChat.objects.count() == 1
