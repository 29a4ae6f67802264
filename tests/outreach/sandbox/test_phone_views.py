import pytest
from asgiref.sync import async_to_sync
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from outreach.sandbox import phones
from outreach.sandbox.forgetting import forget
from outreach.sandbox.models import SandboxChat, SandboxUpdate
from outreach.sandbox.stored_inbox import StoredInbox

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sandbox_in_use")]

START = "/sandbox/telegram/start/"


@pytest.fixture
def client():
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def phone(client):
    client.post(START, {"name": "Marie", "language": "fr", "start": ""})
    SandboxUpdate.objects.update(confirmed=True)
    return SandboxChat.objects.get()


def address(phone, name: str = "sandbox_phone") -> str:
    return reverse(name, args=[phones.token(phone)])


def bot_sends(phone, **message) -> int:
    whole = {"text": "Hello", "parse_mode": "HTML", "reply_markup": {}, "date": 1, **message}
    return async_to_sync(StoredInbox().keep_message)(chat=phone.number, message=whole)


def test_link_to_the_bot_starts_it_on_a_new_phone(client):
    assert 'value="radio"' in client.get(START, {"start": "radio"}).content.decode()

    answer = client.post(START, {"name": "Marie", "language": "ht", "start": "radio"})

    phone = SandboxChat.objects.get()
    assert (phone.name, phone.language_code) == ("Marie", "ht")
    assert answer.headers["Location"].startswith(address(phone))
    assert SandboxUpdate.objects.get().payload["message"]["text"] == "/start radio"


def test_looking_at_the_link_makes_no_phone_and_no_cookie(client):
    answer = client.get(START)

    assert answer.status_code == 200
    assert not answer.cookies
    assert not SandboxChat.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [{"name": ""}, {"name": "x" * 65}, {"language": "tlh"}, {"start": "a b"}, {"start": "x" * 65}, {"name": "a\x00"}],
)
def test_what_telegram_would_not_take_starts_nothing(client, wrong):
    answer = client.post(START, {"name": "Marie", "language": "en", "start": "", **wrong})

    assert answer.status_code == 200
    assert not SandboxChat.objects.exists()


def test_phone_shows_both_sides_with_buttons_and_needs_no_script(client, phone):
    number = bot_sends(
        phone,
        text="<b>Bonjour</b>",
        reply_markup={
            "inline_keyboard": [
                [{"text": "Lire", "url": "https://example.org/r/1"}],
                [{"text": "Oui", "callback_data": "yes"}],
            ]
        },
    )

    page = client.get(address(phone)).content.decode()

    assert "/start" in page
    assert "<b>Bonjour</b>" in page
    assert 'href="https://example.org/r/1" target="_blank"' in page
    assert f'name="message" value="{number}"' in page
    assert "<script" not in page


def test_writing_and_pressing_reach_the_bot_without_a_cookie(client, phone):
    number = bot_sends(phone, reply_markup={"inline_keyboard": [[{"text": "Oui", "callback_data": "yes"}]]})

    written = client.post(address(phone, "sandbox_phone_write"), {"text": "/stop"})
    pressed = client.post(address(phone, "sandbox_phone_press"), {"message": number, "key": "yes"})

    assert (written.status_code, pressed.status_code) == (302, 302)
    told = [update.payload for update in SandboxUpdate.objects.filter(confirmed=False)]
    assert told[0]["message"]["text"] == "/stop"
    assert told[1]["callback_query"]["data"] == "yes"


@pytest.mark.parametrize("wrong", [{"key": "no"}, {"message": "x"}, {"message": "0"}, {"key": ""}, {}])
def test_button_that_is_not_there_is_a_bad_request(client, phone, wrong):
    given = {"message": bot_sends(phone), "key": "yes", **wrong}

    assert client.post(address(phone, "sandbox_phone_press"), given).status_code == 400


def test_empty_and_endless_texts_are_not_sent(client, phone):
    for text in ["", "   ", "x" * 4097]:
        client.post(address(phone, "sandbox_phone_write"), {"text": text})

    assert not SandboxUpdate.objects.filter(confirmed=False).exists()


def test_phone_looks_for_an_answer_while_the_bot_has_not_read(client, phone):
    written = client.post(address(phone, "sandbox_phone_write"), {"text": "Hello"})
    waiting = client.get(written.headers["Location"])
    SandboxUpdate.objects.update(confirmed=True)
    read = client.get(written.headers["Location"])

    assert waiting.headers["Refresh"].endswith("?looks=7")
    assert "Refresh" not in read.headers
    assert "Refresh" not in client.get(address(phone)).headers
    for nonsense in ["0", "-1", "99", "x", "²"]:
        SandboxUpdate.objects.update(confirmed=False)
        assert "Refresh" not in client.get(address(phone), {"looks": nonsense}).headers


def test_bot_can_be_blocked_and_let_in_again(client, phone):
    client.post(address(phone, "sandbox_phone_state"), {"state": "blocked"})
    assert "Unblock the bot" in client.get(address(phone)).content.decode()
    client.post(address(phone, "sandbox_phone_state"), {"state": "open"})
    assert "Block the bot" in client.get(address(phone)).content.decode()
    assert client.post(address(phone, "sandbox_phone_state"), {"state": "odd"}).status_code == 400


def test_hostile_names_and_texts_are_shown_as_text(client):
    evil = "<script>alert(1)</script>"
    client.post(START, {"name": evil, "language": "en", "start": ""})
    phone = SandboxChat.objects.get()
    client.post(address(phone, "sandbox_phone_write"), {"text": evil})
    bot_sends(
        phone,
        text=evil,
        parse_mode="",
        photo='https://x/"onerror="alert(1)',
        reply_markup={"inline_keyboard": [[{"text": evil, "callback_data": '"><script>'}]]},
    )

    page = client.get(address(phone)).content.decode()

    assert "<script" not in page
    assert '"onerror' not in page


def test_a_file_can_be_saved_under_its_name_and_brings_no_markup(client, phone):
    file = "data:application/octet-stream;base64,e30="
    bot_sends(phone, text="", document={"name": 'a"onclick="b.json', "size": 2, "address": file})

    page = client.get(address(phone)).content.decode()

    assert f'href="{file}" download="a&quot;onclick=&quot;b.json"' in page


def test_picture_that_was_sent_again_is_shown_from_its_upload(client, phone):
    picture = "data:image/png;base64,iVBORw0KGgo="
    other = SandboxChat.objects.create(number=8, name="Other", language_code="en", opened_at=phone.opened_at)
    upload = bot_sends(other, photo=picture)
    bot_sends(phone, text="Again", photo=f"photo8.{upload}")
    bot_sends(phone, text="Gone", photo="photo8.0")

    page = client.get(address(phone)).content.decode()

    assert page.count(f'src="{picture}"') == 1
    assert "Gone" in page


def test_phones_are_not_indexed_and_not_cached(client, phone):
    answer = client.get(address(phone))

    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert "no-store" in answer.headers["Cache-Control"]
    assert not answer.cookies


@pytest.mark.parametrize("name", ["sandbox_phone_write", "sandbox_phone_press", "sandbox_phone_state"])
def test_acts_are_posted(client, phone, name):
    assert client.get(address(phone, name)).status_code == 405


def test_made_up_link_leads_to_no_phone(client, phone):
    for token in [str(phone.number), f"{phone.number}:x", "x"]:
        assert client.get(reverse("sandbox_phone", args=[token]), follow=True).status_code == 404
        assert client.post(reverse("sandbox_phone_write", args=[token]), {"text": "x"}, follow=True).status_code == 404


def test_phone_of_somebody_erased_says_so_and_starts_again_as_somebody_new(client, phone):
    forget(mailboxes=[], chats=[phone.number])

    told = client.get(address(phone), headers={"accept-language": "ht"})
    page = BeautifulSoup(client.get(address(phone)).content, "html.parser")
    assert told.status_code == 200
    assert told.headers["X-Robots-Tag"] == "noindex"
    assert page.h1.text == "This chat is with nobody known now"
    assert not SandboxChat.objects.exists()

    form, button = page.form, page.form.button
    answer = client.post(form["action"], {button["name"]: button["value"]}, headers={"accept-language": "ht"})

    again = SandboxChat.objects.get()
    assert (again.number, again.language_code) == (phone.number, "ht")
    assert "Marie" not in again.name
    assert SandboxUpdate.objects.get().payload["message"]["text"] == "/start"
    assert answer.headers["Location"].startswith(address(phone))
    assert "/start" in client.get(answer.headers["Location"]).content.decode()


def test_nothing_else_is_done_on_the_phone_of_somebody_erased(client, phone):
    forget(mailboxes=[], chats=[phone.number])

    for name, given in (("press", {"message": "1", "key": "yes"}), ("state", {"state": "blocked"}), ("write", {})):
        answer = client.post(address(phone, f"sandbox_phone_{name}"), given)
        assert (answer.status_code, answer.headers["Location"]) == (302, address(phone))

    assert not SandboxChat.objects.exists()
    assert not SandboxUpdate.objects.exists()


@pytest.mark.parametrize("name", ["sandbox_phone", "sandbox_phone_write", "sandbox_phone_press", "sandbox_phone_state"])
def test_there_are_no_phones_where_a_bot_is_set(client, phone, settings, name):
    settings.SANDBOX_TELEGRAM = False

    assert client.get(START, follow=True).status_code == 404
    assert client.post(START, {"name": "Marie", "language": "en"}, follow=True).status_code == 404
    assert client.post(address(phone, name), follow=True).status_code == 404
    assert SandboxChat.objects.count() == 1
