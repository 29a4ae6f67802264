"""Updates come in once, in any trouble, by reading or by webhook."""

import json
import logging
from datetime import UTC, datetime

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import OperationalError
from django.urls import reverse

from outreach.audience.choices import Purpose
from outreach.audience.models import Consent, Subscription
from outreach.channels.telegram_client import BotClient
from outreach.sandbox import updates as acts
from outreach.tracking import bot, presses, telegram_views
from outreach.tracking.conversation import mark
from outreach.tracking.models import UpdateCursor
from outreach.tracking.updates import poll

NOW = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)
SECRET = "a-secret-of-the-webhook"

pytestmark = pytest.mark.django_db


@pytest.fixture
def client_of_bot(bot_api):
    client = BotClient.from_settings()
    yield client
    client.close()


@pytest.fixture
def webhook(client, bot_api, settings):
    """Post to the webhook as Telegram does."""
    settings.TELEGRAM_WEBHOOK_SECRET = SECRET

    def post(payload, secret=SECRET):
        body = payload if isinstance(payload, bytes) else json.dumps(payload)
        headers = {} if secret is None else {"X-Telegram-Bot-Api-Secret-Token": secret}
        return client.post(reverse("telegram_webhook"), body, content_type="application/json", headers=headers)

    return post


def join():
    """The data of the button that joins in English."""
    return f"join:en::{mark(Purpose.MESSAGES)}"


def join_update(number=5, chat=7):
    return {"update_id": number, **acts.pressed(chat=chat, message=1, data=join())}


# Read by the worker


def test_every_update_is_handled_once_and_the_cursor_stands_behind_the_last(bot_api, client_of_bot):
    for chat in (1, 2, 3):
        bot_api.presses(chat, join(), message=1)

    assert poll(client=client_of_bot, now=NOW) == 3
    assert poll(client=client_of_bot, now=NOW) == 0
    assert Subscription.objects.count() == 3
    assert UpdateCursor.objects.get().bot == "123456"


def test_an_update_that_is_read_again_is_not_handled_again(bot_api, client_of_bot, monkeypatch):
    bot_api.presses(7, join(), message=1)
    monkeypatch.setattr(
        client_of_bot, "get_updates", lambda updates=client_of_bot.get_updates, **how: updates(offset=0, timeout=0)
    )

    poll(client=client_of_bot, now=NOW)
    calls = len(bot_api.calls)
    poll(client=client_of_bot, now=NOW)

    assert [method for method, _chat in bot_api.calls[calls:]] == ["getupdates"]


def test_an_update_that_fails_is_passed_over_and_holds_up_nobody(bot_api, client_of_bot, monkeypatch, caplog):
    bot_api.presses(1, "no:", message=1)
    bot_api.presses(2, join(), message=1)

    def fails(_press):
        Subscription.objects.filter(pk=-1).update(state="left")
        raise RuntimeError("a fault of ours, chat 1")

    monkeypatch.setattr(presses, "PRESSED", {**presses.PRESSED, "no": fails})

    assert poll(client=client_of_bot, now=NOW) == 2

    assert Subscription.objects.get().state == "active"
    assert "was passed over" in caplog.text
    assert poll(client=client_of_bot, now=NOW) == 0


def test_an_update_waits_while_the_database_is_away(bot_api, client_of_bot, monkeypatch):
    bot_api.presses(7, join(), message=1)

    def away(*_args, **_options):
        raise OperationalError("database is locked")

    with monkeypatch.context() as patch:
        patch.setattr(bot, "answers", away)
        with pytest.raises(OperationalError):
            poll(client=client_of_bot, now=NOW)

    assert poll(client=client_of_bot, now=NOW) == 1
    assert Subscription.objects.get().state == "active"


@pytest.mark.parametrize("trouble", ["answers", "drops", "gateway"])
def test_telegram_in_trouble_means_later(bot_api, client_of_bot, trouble):
    bot_api.presses(7, join(), message=1)
    if trouble == "answers":
        bot_api.answers(502, method="getUpdates")
    elif trouble == "drops":
        bot_api.drops(method="getUpdates")
    else:
        bot_api.gateway(504, method="getUpdates")

    assert poll(client=client_of_bot, now=NOW) == 0
    assert poll(client=client_of_bot, now=NOW) == 1


def test_what_was_done_stays_when_the_answer_can_not_be_said(bot_api, client_of_bot, caplog):
    bot_api.presses(7, join(), message=1)
    bot_api.answers(403, "Forbidden: bot was blocked by the user", method="answerCallbackQuery")

    with caplog.at_level(logging.WARNING):
        poll(client=client_of_bot, now=NOW)

    assert Subscription.objects.get().state == "active"
    assert "was not taken (ReceiverBlocked)" in caplog.text


def test_a_message_too_old_to_be_changed_is_followed_by_a_new_one(bot_api, client_of_bot):
    bot_api.presses(7, join(), message=999)

    poll(client=client_of_bot, now=NOW)

    assert "Thank you" in bot_api.sent[-1]["text"]


def test_reading_an_answering_an_update_asks_the_database_a_fixed_number_of_times(
    bot_api, client_of_bot, django_assert_max_num_queries
):
    bot_api.presses(7, join(), message=1)
    poll(client=client_of_bot, now=NOW)
    bot_api.presses(7, "group:worker", message=1)

    with django_assert_max_num_queries(15):
        poll(client=client_of_bot, now=NOW)


# Posted by Telegram


def test_a_posted_update_is_handled_like_a_read_one(webhook):
    assert webhook(join_update()).status_code == 200
    assert Subscription.objects.get().state == "active"


def test_an_update_posted_twice_changes_nothing_more(webhook):
    for _time in range(2):
        assert webhook(join_update()).status_code == 200

    assert (Subscription.objects.count(), Consent.objects.count()) == (1, 1)


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET[:-1], SECRET + "x", "é"])
def test_nobody_without_the_secret_is_heard(webhook, secret):
    assert webhook(join_update(), secret=secret).status_code == 403
    assert not Subscription.objects.exists()


def test_without_a_secret_in_the_settings_nobody_is_heard(webhook, settings):
    settings.TELEGRAM_WEBHOOK_SECRET = ""

    assert webhook(join_update(), secret="").status_code == 403
    assert not Subscription.objects.exists()


@pytest.mark.parametrize(
    "payload",
    [b"", b"{", b"[]", b"null", b"7", b"\xff\xfe", b'{"update_id": "x"}', b'{"update_id": null}', b"[" * 20_000,
     b'{"update_id": 1, "message": 5}', b'{"update_id": 1, "callback_query": {}}'],
)  # fmt: skip
def test_what_is_no_update_gets_400(webhook, payload):
    assert webhook(payload).status_code == 400


def test_an_update_of_an_unknown_kind_is_taken_and_does_nothing(webhook):
    assert webhook({"update_id": 1, "poll": None}).status_code == 200


def test_a_body_over_the_limit_is_refused(webhook):
    assert webhook(b" " * (telegram_views.LARGEST_UPDATE + 1)).status_code == 413


def test_reading_the_webhook_with_a_browser_is_refused(client, settings):
    settings.TELEGRAM_WEBHOOK_SECRET = SECRET

    assert client.get(reverse("telegram_webhook")).status_code == 405


def test_a_posted_update_that_fails_is_not_sent_for_ever(webhook, monkeypatch, caplog):
    def fails(_press):
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(presses, "PRESSED", {**presses.PRESSED, "join": fails})

    assert webhook(join_update(number=99)).status_code == 200
    assert "update 99 was passed over" in caplog.text


# Telegram learns of the bot


def test_the_command_sets_the_webhook_where_a_secret_is_set(bot_api, settings, capsys):
    settings.TELEGRAM_WEBHOOK_SECRET = SECRET

    call_command("telegram_bot")

    assert "setwebhook" in [method for method, _chat in bot_api.calls]
    assert "@sandbox_bot is ready; updates come in by a webhook." in capsys.readouterr().out


def test_the_command_takes_the_webhook_away_where_none_is_set(bot_api, capsys):
    call_command("telegram_bot")

    assert "deletewebhook" in [method for method, _chat in bot_api.calls]
    assert "read by the worker" in capsys.readouterr().out


def test_the_command_says_what_telegram_refuses(bot_api):
    bot_api.answers(401, "Unauthorized", method="setMyCommands")

    with pytest.raises(CommandError, match="Telegram refused"):
        call_command("telegram_bot")


# The way from the site to the bot


def test_the_start_link_leads_to_the_bot_and_hands_the_source_on(client, bot_api, settings):
    settings.SANDBOX_TELEGRAM = False
    telegram_views._bot_name.cache_clear()

    answers = [client.get(reverse("telegram_start") + query) for query in ("?source=poster-1", "", "?source=<b>")]

    assert [answer.headers["Location"] for answer in answers] == [
        "https://t.me/sandbox_bot?start=poster-1",
        "https://t.me/sandbox_bot",
        "https://t.me/sandbox_bot",
    ]
    assert [method for method, _chat in bot_api.calls] == ["getme"], "the name is asked for once"
    assert not any(answer.cookies for answer in answers)


def test_the_start_link_says_so_when_telegram_is_away(client, bot_api, settings):
    settings.SANDBOX_TELEGRAM = False
    telegram_views._bot_name.cache_clear()
    bot_api.answers(502, method="getMe")

    answer = client.get(reverse("telegram_start"))

    assert answer.status_code == 503
    assert "join by e-mail" in answer.content.decode()


def test_the_start_link_leads_to_a_pretended_phone_where_no_bot_is_set(client, settings):
    settings.SANDBOX_TELEGRAM = True

    answer = client.get(reverse("telegram_start"), {"source": "poster-1"})

    assert answer.headers["Location"] == reverse("sandbox_phone_start") + "?start=poster-1"
    assert client.get(answer.headers["Location"]).status_code == 200
