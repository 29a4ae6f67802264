import pytest

from outreach.channels.telegram_client import BotClient, Button


@pytest.fixture
def client(bot_api):
    client = BotClient.from_settings()
    yield client
    client.close()


def test_message_arrives_with_its_buttons(client, bot_api):
    number = client.send_message(chat=7, html="<b>Bonjour</b>", keyboard=[[Button("Lire", url="https://example.org/")]])

    assert bot_api.sent == [
        {
            "chat_id": 7,
            "message_id": number,
            "text": "<b>Bonjour</b>",
            "keyboard": [[{"text": "Lire", "url": "https://example.org/"}]],
        }
    ]


def test_updates_are_read_once_and_confirmed_by_the_next_offset(client, bot_api):
    bot_api.writes(7, "/start news", language="fr")
    first = client.get_updates(offset=0, timeout=0)
    again = client.get_updates(offset=0, timeout=0)

    assert [update.message.text for update in first] == ["/start news"]
    assert first[0].effective_user.language_code == "fr"
    assert [update.update_id for update in again] == [first[0].update_id]
    assert client.get_updates(offset=first[0].update_id + 1, timeout=0) == ()
    assert client.get_updates(offset=0, timeout=0) == ()
