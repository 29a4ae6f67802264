"""People of whom nothing was heard for long are asked through the bot; any answer keeps them."""

from datetime import UTC, datetime, timedelta

import pytest

from outreach.audience import retention
from outreach.audience.inactivity import ask_to_stay
from outreach.audience.models import JoinRequest, Subscriber, Subscription
from outreach.audience.subscriptions import join
from outreach.channels.telegram_client import BotClient
from outreach.tracking import staying
from outreach.tracking.updates import poll

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def client(bot_api):
    client = BotClient.from_settings()
    yield client
    client.close()


@pytest.fixture
def silent():
    """A chat that joined 700 days ago and never did anything since."""
    subscription = join(
        channel="telegram",
        address="501",
        language="en",
        purposes=frozenset({"messages"}),
        method="bot",
        now=NOW - 700 * DAY,
    )
    assert ask_to_stay(now=NOW) == 1
    return subscription


def test_the_question_goes_out_once_and_who_does_not_answer_is_erased(client, bot_api, silent):
    assert staying.ask(client=client, now=NOW) == 1
    assert staying.ask(client=client, now=NOW + DAY) == 0

    assert "Do you still want our messages?" in bot_api.sent[0]["text"]
    assert retention.run(now=NOW + 29 * DAY)["inactive"] == 0
    assert retention.run(now=NOW + 31 * DAY)["inactive"] == 1


@pytest.mark.parametrize("answer", ["press", "write"])
def test_any_answer_keeps_the_person(client, bot_api, silent, answer):
    staying.ask(client=client, now=NOW)
    if answer == "press":
        button = bot_api.sent[0]["keyboard"][0][0]
        bot_api.presses(501, button["callback_data"], message=bot_api.sent[0]["message_id"])
    else:
        bot_api.writes(501, "Hello?")

    poll(client=client, now=NOW + 20 * DAY)

    assert retention.run(now=NOW + 40 * DAY)["inactive"] == 0
    assert Subscriber.objects.get().active_at == NOW + 20 * DAY
    if answer == "press":
        assert "You stay" in bot_api.sent[0]["text"]


def test_somebody_who_blocked_the_bot_is_not_asked_again(client, bot_api, silent):
    bot_api.answers(403, "Forbidden: bot was blocked by the user", chat=501)

    assert staying.ask(client=client, now=NOW) == 0

    assert Subscription.objects.get().state == "stopped"
    assert not staying.due(now=NOW + 300 * DAY).exists()


def test_while_telegram_is_away_the_question_waits(client, bot_api, silent):
    bot_api.answers(429, retry_after=30)

    assert staying.ask(client=client, now=NOW) == 0
    assert not staying.due(now=NOW).exists()

    assert staying.ask(client=client, now=NOW + DAY) == 1
    assert JoinRequest.objects.get().sent_at == NOW + DAY


def test_the_button_of_somebody_who_left_says_that_it_does_nothing(client, bot_api, silent):
    staying.ask(client=client, now=NOW)
    Subscription.objects.update(state="left")
    bot_api.presses(501, "stay:", message=bot_api.sent[0]["message_id"])

    poll(client=client, now=NOW)

    assert "You stay" not in bot_api.sent[0]["text"]
