import pytest

from outreach.channels.built import Built, LinkAddresses
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
from outreach.channels.protocol import Outgoing, Receipt
from outreach.channels.telegram import TelegramCarrier
from outreach.channels.telegram_client import BotClient

from .work import ListWork

CLICK = "https://example.org/r/1"


def outgoing(chat: int = 7, text: str = "<b>Hello</b>", *, number: int | None = None, **changes) -> Outgoing:
    """A message to a chat; its delivery has the chat's number unless another is given."""
    fields = {"channel": "telegram", "language": "en", "subject": "", "text": text, "html": "", "links": ()}
    built = Built(**{**fields, **changes})
    clicks = [f"{CLICK}/{place}" for place, _link in enumerate(built.links, 1)]
    return Outgoing(
        address=str(chat),
        built=built,
        links=LinkAddresses(clicks=clicks, unsubscribe="https://example.org/u/1"),
        message_id="1.2@example.org",
        number=chat if number is None else number,
    )


@pytest.fixture
def carrier(bot_api):
    carrier = TelegramCarrier(connections=4)
    yield carrier
    carrier.close()


def outcome(carrier: TelegramCarrier, message: Outgoing) -> Receipt | ChannelError:
    """What comes of one message."""
    work = ListWork([message])
    carrier.carry(work)
    assert not work.held
    return work.settled[message.number]


def test_message_arrives_with_its_buttons(carrier, bot_api):
    receipt = outcome(
        carrier,
        outgoing(
            buttons=(("Li plis", "https://link.invalid/1"), ("Pataje", "https://link.invalid/2")),
            links=("https://example.org/a", "https://example.org/b"),
        ),
    )

    [sent] = bot_api.sent
    assert receipt == Receipt(str(sent["message_id"]))
    assert sent["text"] == "<b>Hello</b>"
    assert sent["keyboard"] == [[{"text": "Li plis", "url": f"{CLICK}/1"}], [{"text": "Pataje", "url": f"{CLICK}/2"}]]


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
def test_each_refusal_is_named_and_the_next_message_goes_through(carrier, bot_api, status, description, failure):
    bot_api.answers(status, description)

    failed = outcome(carrier, outgoing(7))
    outcome(carrier, outgoing(8))

    assert type(failed) is failure
    assert [sent["chat_id"] for sent in bot_api.sent] == [8]


def test_flood_control_makes_everybody_wait_as_long_as_telegram_asks(carrier, bot_api):
    bot_api.answers(429, retry_after=30)

    failed = outcome(carrier, outgoing())

    assert isinstance(failed, TryLater)
    assert (failed.retry_after, failed.everyone) == (30, True)


def test_group_that_moved_is_named_with_its_new_number(carrier, bot_api):
    bot_api.answers(400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to=-1001234567890)

    failed = outcome(carrier, outgoing(-77))

    assert isinstance(failed, AddressMoved)
    assert failed.address == "-1001234567890"
    assert "1001234567890" not in str(failed)


def test_answer_of_a_gateway_leaves_the_outcome_unknown(carrier, bot_api):
    for status in (500, 502, 504):
        bot_api.gateway(status)
        assert isinstance(outcome(carrier, outgoing()), OutcomeUnknown)


@pytest.mark.parametrize(
    ("status", "failure", "everyone"),
    [(403, ChannelRefused, False), (404, ChannelRefused, False), (400, TryLater, False), (429, TryLater, True),
     (503, TryLater, True)],
)  # fmt: skip
def test_gateway_that_passed_nothing_on_blames_no_receiver(carrier, bot_api, status, failure, everyone):
    bot_api.gateway(status)

    failed = outcome(carrier, outgoing())

    assert type(failed) is failure
    assert getattr(failed, "everyone", False) is everyone


@pytest.mark.parametrize("page", [b"<html>", b"", b"[]", b"{}", b'{"ok": true, "result": true}', b'"\xff'])
def test_success_that_can_not_be_read_leaves_the_outcome_unknown(carrier, bot_api, page):
    bot_api.gateway(200, page)

    assert isinstance(outcome(carrier, outgoing()), OutcomeUnknown)


@pytest.mark.parametrize("kept", [True, False])
def test_line_that_breaks_after_the_request_leaves_the_outcome_unknown(carrier, bot_api, kept):
    outcome(carrier, outgoing(1))
    bot_api.drops(kept=kept)

    assert isinstance(outcome(carrier, outgoing(2)), OutcomeUnknown)
    outcome(carrier, outgoing(3))

    assert [sent["chat_id"] for sent in bot_api.sent] == [1] + [2] * kept + [3]


def test_answer_that_does_not_come_leaves_the_outcome_unknown(bot_api):
    client = BotClient(token=bot_api.token, api_url=bot_api.url, answer_seconds=0.2)
    bot_api.falls_silent(kept=True)

    with pytest.raises(OutcomeUnknown, match="SocketTimeoutError"):
        client.send_message(chat=7, html="Hello")
    client.close()


def test_server_that_is_not_there_makes_everybody_wait(carrier, bot_api):
    bot_api.stop()

    failed = outcome(carrier, outgoing())

    assert isinstance(failed, TryLater)
    assert failed.everyone
    bot_api.start()
    outcome(carrier, outgoing())
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
def test_server_holds_a_message_to_telegrams_own_rules(carrier, bot_api, text, failure):
    if failure:
        assert isinstance(outcome(carrier, outgoing(text=text)), failure)
    else:
        outcome(carrier, outgoing(text=text))
    assert len(bot_api.sent) == (0 if failure else 1)


def test_person_who_blocked_the_bot_can_let_it_in_again(carrier, bot_api):
    bot_api.blocks(7)
    assert isinstance(outcome(carrier, outgoing()), ReceiverBlocked)
    bot_api.unblocks(7)

    outcome(carrier, outgoing())

    assert len(bot_api.sent) == 1


def test_closing_never_raises(carrier, bot_api):
    outcome(carrier, outgoing())
    bot_api.stop()
    carrier.close()
    carrier.close()
