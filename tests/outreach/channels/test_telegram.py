import asyncio
import dataclasses
import logging

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

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
        (400, "Bad Request: USER_IS_BLOCKED", ReceiverBlocked),
        (400, "Bad Request: CHAT_RESTRICTED", ReceiverBlocked),
        (400, "Bad Request: CHAT_SEND_PHOTOS_FORBIDDEN", ReceiverBlocked),
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


def test_several_messages_are_under_way_at_a_time_and_no_more_than_there_are_connections(carrier, bot_api):
    keep, four_are_there = bot_api.inbox.keep_message, asyncio.Barrier(4)

    async def keep_once_four_are_there(**message):
        await four_are_there.wait()
        return await keep(**message)

    bot_api.inbox.keep_message = keep_once_four_are_there
    work = ListWork([outgoing(chat) for chat in range(1, 13)])

    carrier.carry(work)

    assert work.most_under_way == 4
    assert sorted(sent["chat_id"] for sent in bot_api.sent) == list(range(1, 13))
    assert all(isinstance(work.settled[chat], Receipt) for chat in range(1, 13))
    assert not work.held


def test_each_message_gets_its_own_number_and_failure_though_many_are_under_way(carrier, bot_api):
    bot_api.answers(403, "Forbidden: bot was blocked by the user", chat=2)
    bot_api.gateway(502, chat=3)
    bot_api.answers(429, retry_after=5, chat=4)
    work = ListWork([outgoing(chat) for chat in range(1, 9)])

    carrier.carry(work)

    assert [type(work.settled[chat]) for chat in (2, 3, 4)] == [ReceiverBlocked, OutcomeUnknown, TryLater]
    numbers = {sent["chat_id"]: Receipt(str(sent["message_id"])) for sent in bot_api.sent}
    assert {chat: work.settled[chat] for chat in (1, 5, 6, 7, 8)} == numbers


def test_message_that_may_not_go_any_more_is_not_sent_and_not_settled(carrier, bot_api):
    work = ListWork([outgoing(chat) for chat in range(1, 9)])
    work.before_begin = lambda message: work.halt() if len(work.begun) == 2 else None

    carrier.carry(work)

    assert len(work.begun) == len(bot_api.sent) == 2
    assert set(work.settled) == {message.number for message in work.begun}
    assert not work.held


def test_last_message_that_came_too_late_for_its_moment_is_taken_again(carrier, bot_api):
    class TooLateOnce(ListWork):
        late = 2

        def begin(self, message):
            if message.number == self.late:
                self.late = 0
                self._taken.remove(message.number)
                self._waiting.append(message)
                return False
            return super().begin(message)

    work = TooLateOnce([outgoing(1), outgoing(2)])
    carrier.carry(work)

    assert sorted(work.settled) == [1, 2]


def test_message_is_begun_only_once_a_connection_is_open(carrier, bot_api):
    bot_api.stop()
    work = ListWork([outgoing(1), outgoing(2)])

    carrier.carry(work)

    assert work.begun == []
    assert all(isinstance(work.settled[chat], TryLater) for chat in (1, 2))


def test_work_is_asked_outside_of_the_running_loop_since_it_talks_to_the_database(carrier, bot_api):
    class OutsideOnly(ListWork):
        def take(self):
            assert asyncio._get_running_loop() is None
            return super().take()

        def begin(self, message):
            assert asyncio._get_running_loop() is None
            return super().begin(message)

        def settle(self, message, outcome, **options):
            assert asyncio._get_running_loop() is None
            super().settle(message, outcome, **options)

    work = OutsideOnly([outgoing(1), 0.01, outgoing(2)])
    carrier.carry(work)

    assert sorted(work.settled) == [1, 2]


def test_message_is_on_the_line_only_after_it_was_begun(carrier, bot_api):
    calls = []
    work = ListWork([outgoing(1)], before_begin=lambda message: calls.extend(bot_api.calls))

    carrier.carry(work)

    assert calls == []
    assert len(bot_api.calls) == 1


def test_connection_that_the_server_closed_meanwhile_makes_nothing_uncertain(carrier, bot_api):
    outcome(carrier, outgoing(1))
    bot_api.stop()
    bot_api.start()

    assert isinstance(outcome(carrier, outgoing(2)), Receipt)


def test_carrier_asks_again_after_the_wait_that_it_was_told(carrier, bot_api):
    work = ListWork([0.01, outgoing(1), 0.01, outgoing(2), 0.0, 0.01, outgoing(3), 0.01])

    carrier.carry(work)

    assert sorted(work.settled) == [1, 2, 3]


def test_error_of_the_work_ends_the_carrying_once_nothing_is_under_way(carrier, bot_api):
    work = ListWork([outgoing(chat) for chat in range(1, 9)])

    def break_at_the_third(message):
        if message.number == 3:
            raise RuntimeError("the ledger is gone")

    work.before_begin = break_at_the_third
    with pytest.raises(RuntimeError, match="the ledger is gone"):
        carrier.carry(work)

    assert {message.number for message in work.begun} == set(work.settled) == {sent["chat_id"] for sent in bot_api.sent}
    assert isinstance(outcome(carrier, outgoing(20)), Receipt)


def test_message_that_can_not_be_made_fails_alone(carrier, bot_api, caplog):
    broken = outgoing(1, links=("https://example.org/a",))
    broken = dataclasses.replace(broken, links=LinkAddresses(clicks=[], unsubscribe=""))
    work = ListWork([broken, outgoing(2)])

    with caplog.at_level(logging.CRITICAL, logger="outreach"):
        carrier.carry(work)

    assert type(work.settled[1]) is ChannelError
    assert isinstance(work.settled[2], Receipt)
    assert [message.number for message in work.begun] == [2]


PNG = b"\x89PNG\r\n\x1a\n-picture"


@pytest.fixture
def picture(settings):
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"}}
    return default_storage.save("outreach/chart.png", ContentFile(PNG))


def test_picture_goes_with_its_caption_and_buttons_and_is_uploaded_once(carrier, bot_api, picture):
    links, buttons = ("https://example.org/a",), (("Li plis", "https://link.invalid/1"),)
    work = ListWork(
        [outgoing(chat, text="<b>Chart</b>", picture=picture, links=links, buttons=buttons) for chat in range(1, 9)]
    )

    carrier.carry(work)
    default_storage.delete(picture)
    outcome(carrier, outgoing(9, picture=picture))

    uploaded = [sent for sent in bot_api.sent if sent["photo"].startswith("data:image/png")]
    assert len(uploaded) == 1
    assert {sent["photo"] for sent in bot_api.sent} - {uploaded[0]["photo"]} == {
        f"photo{uploaded[0]['chat_id']}.{uploaded[0]['message_id']}"
    }
    assert {sent["text"] for sent in bot_api.sent[:8]} == {"<b>Chart</b>"}
    assert all(sent["keyboard"] == [[{"text": "Li plis", "url": f"{CLICK}/1"}]] for sent in bot_api.sent[:8])
    assert len(work.settled) == 8
    assert sorted(sent["chat_id"] for sent in bot_api.sent) == list(range(1, 10))


def test_number_of_an_upload_that_telegram_forgot_is_replaced_by_a_new_upload(carrier, bot_api, picture):
    outcome(carrier, outgoing(1, picture=picture))
    bot_api.answers(400, "Bad Request: wrong file identifier/HTTP URL specified", method="sendPhoto")

    assert isinstance(outcome(carrier, outgoing(2, picture=picture)), Receipt)
    assert isinstance(outcome(carrier, outgoing(3, picture=picture)), Receipt)
    first, second, third = (sent["photo"] for sent in bot_api.sent)
    assert first == second != third


def test_next_message_uploads_the_picture_where_the_first_could_not(carrier, bot_api, picture):
    bot_api.blocks(1)
    work = ListWork([outgoing(chat, picture=picture) for chat in (1, 2, 3)])

    carrier.carry(work)

    assert isinstance(work.settled[1], ReceiverBlocked)
    assert [sent["chat_id"] for sent in bot_api.sent] == [2, 3]


def test_pause_that_ends_an_upload_stops_those_who_waited_for_it(carrier, bot_api, picture):
    bot_api.answers(429, retry_after=30)
    work = ListWork([outgoing(chat, picture=picture) for chat in (1, 2, 3)])
    work.before_begin = lambda message: work.halt() if work.begun else None

    carrier.carry(work)

    assert [each.retry_after for each in work.settled.values()] == [30]
    assert len(bot_api.calls) == 1
    assert not work.held


def test_picture_that_is_gone_is_the_contents_fault(carrier, bot_api, picture):
    default_storage.delete(picture)

    failed = outcome(carrier, outgoing(1, picture=picture))

    assert isinstance(failed, MessageRejected)
    assert "picture" in str(failed)
    assert bot_api.calls == []


def test_caption_is_held_to_telegrams_limit(carrier, bot_api, picture):
    assert isinstance(outcome(carrier, outgoing(1, "x" * 1025, picture=picture)), MessageRejected)
    assert isinstance(outcome(carrier, outgoing(2, "x" * 1024, picture=picture)), Receipt)
