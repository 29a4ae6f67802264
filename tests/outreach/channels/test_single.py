import pytest

from outreach.channels.built import Built, LinkAddresses
from outreach.channels.failures import AddressDead, ReceiverBlocked, TryLater
from outreach.channels.protocol import Outgoing, Receipt
from outreach.channels.registry import channel
from outreach.channels.single import send_one

MAIL = Built(channel="email", language="en", subject="One", text="Hello", html="", links=())
CHAT = Built(channel="telegram", language="en", subject="One", text="Hello", html="", links=())


def outgoing(address: str, built: Built) -> Outgoing:
    links = LinkAddresses(clicks=[], unsubscribe="https://example.org/u/1")
    return Outgoing(address=address, built=built, links=links, message_id="test.1@example.org")


def test_one_mail_is_carried(smtp_server):
    receipt = send_one(channel=channel("email"), outgoing=outgoing("ana@example.org", MAIL))

    assert isinstance(receipt, Receipt)
    assert smtp_server.receivers == ["ana@example.org"]
    assert smtp_server.messages[0]["Message-ID"] == "<test.1@example.org>"


def test_one_telegram_message_is_carried(bot_api):
    receipt = send_one(channel=channel("telegram"), outgoing=outgoing("7", CHAT))

    assert receipt == Receipt(str(bot_api.sent[0]["message_id"]))


def test_what_came_of_it_is_raised(smtp_server, bot_api):
    smtp_server.answers("receiver", "550 5.1.1 No such mailbox")
    with pytest.raises(AddressDead, match="No such mailbox"):
        send_one(channel=channel("email"), outgoing=outgoing("ana@example.org", MAIL))

    bot_api.blocks(7)
    with pytest.raises(ReceiverBlocked):
        send_one(channel=channel("telegram"), outgoing=outgoing("7", CHAT))

    bot_api.answers(429, retry_after=30)
    with pytest.raises(TryLater) as caught:
        send_one(channel=channel("telegram"), outgoing=outgoing("8", CHAT))
    assert caught.value.retry_after == 30


class ClosedLine:
    """A channel whose line is closed before the message is begun."""

    name, per_second, strict, connections = "closed", 0.0, False, 1

    def __init__(self) -> None:
        self.is_closed = False

    def open(self) -> "ClosedLine":
        return self

    def carry(self, work) -> None:
        work.give_back(work.take())

    def close(self) -> None:
        self.is_closed = True


def test_message_that_is_given_back_was_not_sent_and_the_line_is_closed():
    line = ClosedLine()

    with pytest.raises(TryLater):
        send_one(channel=line, outgoing=outgoing("7", CHAT))

    assert line.is_closed
