import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from outreach.channels.failures import ChannelRefused, MessageRejected, TryLater
from outreach.channels.telegram_client import BotClient, Button


@pytest.fixture
def client(bot_api):
    client = BotClient.from_settings()
    yield client
    client.close()


def test_message_arrives_with_its_buttons(client, bot_api):
    keyboard = [[Button("Lire", url="https://example.org/")], [Button("Français", data="lang:fr")]]

    number = client.send_message(chat=7, html="<b>Bonjour</b>", keyboard=keyboard)

    assert bot_api.sent == [
        {
            "chat_id": 7,
            "message_id": number,
            "text": "<b>Bonjour</b>",
            "keyboard": [
                [{"text": "Lire", "url": "https://example.org/"}],
                [{"text": "Français", "callback_data": "lang:fr"}],
            ],
        }
    ]


def test_a_file_arrives_under_its_name(client, bot_api):
    number = client.send_document(chat=7, name="my-data.json", content=b'{"a": 1}')

    [sent] = bot_api.sent
    assert (sent["message_id"], sent["document"]["name"], sent["document"]["size"]) == (number, "my-data.json", 8)


def test_updates_are_read_once_and_confirmed_by_the_next_offset(client, bot_api):
    bot_api.writes(7, "/start news", language="fr")
    first = client.get_updates(offset=0, timeout=0)
    again = client.get_updates(offset=0, timeout=0)

    assert [update.message.text for update in first] == ["/start news"]
    assert first[0].effective_user.language_code == "fr"
    assert [update.update_id for update in again] == [first[0].update_id]
    assert client.get_updates(offset=first[0].update_id + 1, timeout=0) == ()
    assert client.get_updates(offset=0, timeout=0) == ()


def test_update_that_comes_while_the_bot_waits_is_given_at_once(client, bot_api):
    threading.Timer(0.05, bot_api.writes, (7, "/stop")).start()

    assert [update.message.text for update in client.get_updates(offset=0, timeout=30)] == ["/stop"]


def test_pressed_button_can_be_answered_and_its_message_edited(client, bot_api):
    number = client.send_message(chat=7, html="Language?", keyboard=[[Button("Français", data="lang:fr")]])
    bot_api.presses(7, "lang:fr", message=number)
    [update] = client.get_updates(offset=0, timeout=0)
    query = update.callback_query

    client.answer_callback(callback=query.id, text="Merci")
    client.edit_message(chat=query.message.chat.id, message=query.message.message_id, html="Merci <b>!</b>")

    assert query.data == "lang:fr"
    assert [(sent["text"], sent["keyboard"]) for sent in bot_api.sent] == [("Merci <b>!</b>", [])]


@pytest.mark.parametrize("method", ["editMessageText", "answerCallbackQuery"])
def test_what_came_too_late_to_matter_is_no_failure(client, bot_api, method):
    bot_api.answers(400, "Bad Request: message is not modified: specified new content is the same", method=method)
    bot_api.answers(400, "Bad Request: query is too old and response timeout expired", method=method)
    if method == "editMessageText":
        client.edit_message(chat=7, message=1, html="Hello")
        with pytest.raises(MessageRejected):
            client.edit_message(chat=7, message=1, html="Hello")
    else:
        with pytest.raises(MessageRejected):
            client.answer_callback(callback="1")
        client.answer_callback(callback="1")


def test_block_is_told_as_a_change_of_membership(client, bot_api):
    bot_api.blocks(7)

    [update] = client.get_updates(offset=0, timeout=0)

    assert update.my_chat_member.new_chat_member.status == "kicked"


def test_bot_knows_its_name_and_offers_commands(client, bot_api):
    client.set_commands(commands={"start": "Join", "stop": "Leave"}, language="fr")

    assert client.username() == "sandbox_bot"
    assert [method for method, _chat in bot_api.calls] == ["setmycommands", "getme"]


def test_reading_meets_the_same_failures_as_sending(client, bot_api):
    bot_api.answers(409, "Conflict: terminated by other getUpdates request", method="getUpdates")
    with pytest.raises(TryLater):
        client.get_updates(offset=0, timeout=0)
    bot_api.answers(401, "Unauthorized", method="getUpdates")
    with pytest.raises(ChannelRefused):
        client.get_updates(offset=0, timeout=0)


def test_webhook_gets_updates_with_its_secret_until_it_is_deleted(client, bot_api):
    got = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            got.append((self.headers["X-Telegram-Bot-Api-Secret-Token"], client.parse_update(body).message.text))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args):
            pass

    hook = HTTPServer(("127.0.0.1", 0), Hook)
    hook.timeout = 10
    client.set_webhook(url=f"http://127.0.0.1:{hook.server_port}/", secret="sesame")
    with pytest.raises(TryLater):
        client.get_updates(offset=0, timeout=0)
    bot_api.writes(7, "/start")
    hook.handle_request()
    client.delete_webhook()
    hook.server_close()

    assert got == [("sesame", "/start")]
    assert client.get_updates(offset=2, timeout=0) == ()


@pytest.mark.parametrize("payload", [{}, {"update_id": "x", "message": 3}, {"message": {}}])
def test_body_that_is_no_update_is_a_value_error(client, payload):
    with pytest.raises(ValueError, match="not an update"):
        client.parse_update(payload)


def test_connection_that_the_server_closed_meanwhile_is_not_used_again(client, bot_api):
    client.send_message(chat=7, html="One")
    bot_api.stop()
    bot_api.start()

    client.send_message(chat=7, html="Two")

    assert [sent["text"] for sent in bot_api.sent] == ["One", "Two"]


def test_proxy_of_the_environment_is_used(bot_api, monkeypatch):
    for name in ("http_proxy", "no_proxy", "HTTP_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("http_proxy", bot_api.url)
    client = BotClient(token=bot_api.token, api_url="http://telegram.example")

    assert client.username() == "sandbox_bot"
    client.close()


@pytest.mark.parametrize("address", ["http://", "http://bad host", "socks5://127.0.0.1:1", "http://[::1"])
def test_address_that_can_not_be_called_leaves_nothing_uncertain(address):
    client = BotClient(token="123456:token", api_url=address)

    with pytest.raises(TryLater) as caught:
        client.send_message(chat=7, html="Hello")

    assert caught.value.everyone
    client.close()
