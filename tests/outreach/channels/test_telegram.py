import pytest

from outreach.channels.failures import (
    AddressDead,
    AddressMoved,
    ChannelError,
    ChannelRefused,
    MessageRejected,
    OutcomeUnknown,
    ReceiverBlocked,
    TryLater,
)
from outreach.channels.protocol import Outgoing
from outreach.channels.telegram import TelegramSession
from outreach.channels.telegram_client import BotClient


def outgoing(chat: int = 7, text: str = "<b>Hello</b>", **changes) -> Outgoing:
    return Outgoing(address=str(chat), subject="", text=text, message_id="1.2@example.org", **changes)


@pytest.fixture
def session(bot_api):
    session = TelegramSession()
    yield session
    session.close()


def test_message_arrives_with_its_button(session, bot_api):
    receipt = session.send(outgoing(button=("Li plis", "https://example.org/r/1")))

    [sent] = bot_api.sent
    assert receipt.provider_id == str(sent["message_id"])
    assert sent["text"] == "<b>Hello</b>"
    assert sent["keyboard"] == [[{"text": "Li plis", "url": "https://example.org/r/1"}]]


@pytest.mark.parametrize(
    ("status", "description", "failure"),
    [
        (400, "Bad Request: chat not found", AddressDead),
        (400, "Bad Request: user not found", AddressDead),
        (400, "Bad Request: PEER_ID_INVALID", AddressDead),
        (400, "Bad Request: group chat was deactivated", AddressDead),
        (403, "Forbidden: user is deactivated", AddressDead),
        (403, "Forbidden: bot was blocked by the user", ReceiverBlocked),
        (403, "Forbidden: bot was kicked from the group chat", ReceiverBlocked),
        (400, "Bad Request: not enough rights to send text messages to the chat", ReceiverBlocked),
        (400, "Bad Request: can't parse entities: Unsupported start tag", MessageRejected),
        (400, "Bad Request: message is too long", MessageRejected),
        (413, "Request Entity Too Large", MessageRejected),
        (401, "Unauthorized", ChannelRefused),
        (404, "Not Found", ChannelRefused),
        (409, "Conflict: terminated by other getUpdates request", TryLater),
        (500, "Internal Server Error", TryLater),
        (502, "Bad Gateway", TryLater),
        (504, "Gateway Timeout", TryLater),
        (420, "FLOOD_WAIT", TryLater),
    ],
)
def test_each_refusal_is_named_and_the_next_message_goes_through(session, bot_api, status, description, failure):
    bot_api.answers(status, description)

    with pytest.raises(ChannelError) as caught:
        session.send(outgoing(7))
    session.send(outgoing(8))

    assert type(caught.value) is failure
    assert [sent["chat_id"] for sent in bot_api.sent] == [8]


def test_flood_control_makes_everybody_wait_as_long_as_telegram_asks(session, bot_api):
    bot_api.answers(429, retry_after=30)

    with pytest.raises(TryLater) as caught:
        session.send(outgoing())

    assert caught.value.retry_after == 30
    assert caught.value.everyone


def test_group_that_moved_is_named_with_its_new_number(session, bot_api):
    bot_api.answers(400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to=-1001234567890)

    with pytest.raises(AddressMoved) as caught:
        session.send(outgoing(-77))

    assert caught.value.address == "-1001234567890"
    assert "1001234567890" not in str(caught.value)


def test_answer_of_a_gateway_leaves_the_outcome_unknown(session, bot_api):
    for status in (500, 502, 504):
        bot_api.gateway(status)
        with pytest.raises(OutcomeUnknown):
            session.send(outgoing())


@pytest.mark.parametrize(
    ("status", "failure", "everyone"),
    [(403, ChannelRefused, False), (404, ChannelRefused, False), (400, TryLater, False), (429, TryLater, True),
     (503, TryLater, True)],
)  # fmt: skip
def test_gateway_that_passed_nothing_on_blames_no_receiver(session, bot_api, status, failure, everyone):
    bot_api.gateway(status)

    with pytest.raises(failure) as caught:
        session.send(outgoing())

    assert getattr(caught.value, "everyone", False) is everyone


@pytest.mark.parametrize("page", [b"<html>", b"", b"[]", b"{}", b'{"ok": true, "result": true}', b'"\xff'])
def test_success_that_can_not_be_read_leaves_the_outcome_unknown(session, bot_api, page):
    bot_api.gateway(200, page)

    with pytest.raises(OutcomeUnknown):
        session.send(outgoing())


@pytest.mark.parametrize("kept", [True, False])
def test_line_that_breaks_after_the_request_leaves_the_outcome_unknown(session, bot_api, kept):
    session.send(outgoing(1))
    bot_api.drops(kept=kept)

    with pytest.raises(OutcomeUnknown):
        session.send(outgoing(2))
    session.send(outgoing(3))

    assert [sent["chat_id"] for sent in bot_api.sent] == [1] + [2] * kept + [3]


def test_answer_that_does_not_come_leaves_the_outcome_unknown(bot_api):
    client = BotClient(token=bot_api.token, api_url=bot_api.url, answer_seconds=0.2)
    bot_api.falls_silent(kept=True)

    with pytest.raises(OutcomeUnknown, match="ReadTimeout"):
        client.send_message(chat=7, html="Hello")
    client.close()


def test_server_that_is_not_there_makes_everybody_wait(session, bot_api):
    bot_api.stop()

    with pytest.raises(TryLater) as caught:
        session.send(outgoing())

    assert caught.value.everyone
    bot_api.start()
    session.send(outgoing())
    assert len(bot_api.sent) == 1


@pytest.mark.parametrize("token", ["123456:another", "not-a-token"])
def test_wrong_token_refuses_the_channel_and_is_not_repeated(bot_api, token):
    client = BotClient(token=token, api_url=bot_api.url)

    with pytest.raises(ChannelRefused) as caught:
        client.send_message(chat=7, html="Hello")

    assert token not in str(caught.value)
    client.close()


@pytest.mark.parametrize(
    ("text", "failure"),
    [("x" * 4097, MessageRejected), ("<div>Hello</div>", MessageRejected), ("<b>Hello", MessageRejected),
     ("", MessageRejected), ("💚" * 2048, None), ("<b>" + "x" * 4096 + "</b>", None)],
)  # fmt: skip
def test_server_holds_a_message_to_telegrams_own_rules(session, bot_api, text, failure):
    if failure:
        with pytest.raises(failure):
            session.send(outgoing(text=text))
    else:
        session.send(outgoing(text=text))
    assert len(bot_api.sent) == (0 if failure else 1)


def test_person_who_blocked_the_bot_can_let_it_in_again(session, bot_api):
    bot_api.blocks(7)
    with pytest.raises(ReceiverBlocked):
        session.send(outgoing())
    bot_api.unblocks(7)

    session.send(outgoing())

    assert len(bot_api.sent) == 1


def test_closing_never_raises(session, bot_api):
    session.send(outgoing())
    bot_api.stop()
    session.close()
    session.close()
