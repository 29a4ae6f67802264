"""One line to a mail server, step by step, over a pair of sockets of which the test holds the other end."""

import smtplib
import socket
from collections import deque
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from outreach.channels.built import Built, LinkAddresses
from outreach.channels.failures import ChannelError, OutcomeUnknown, TryLater
from outreach.channels.protocol import Outgoing, Receipt
from outreach.channels.smtp_line import Farewells, Line, LineBroken

from .work import ListWork

BUILT = Built("email", "en", "Rights", "Hello", "", ())
SENDER = "campaign@example.org"
CONTENT = b"Subject: Rights\r\n\r\nHello\r\n"
ADDRESSES = [f"person{number}@example.org" for number in range(3)]


def mail(number: int, address: str = "") -> Outgoing:
    links = LinkAddresses(clicks=[], unsubscribe="https://site.example/u/token")
    address = address or ADDRESSES[number]
    return Outgoing(address=address, built=BUILT, links=links, message_id=f"1.{number}@site.example", number=number)


class Other:
    """The server's end of a line, and the line; ``following`` are the mails that may ride with the end of another."""

    def __init__(self, *extensions: str, work: ListWork | None = None) -> None:
        ours, self.sock = socket.socketpair()
        self.sock.setblocking(False)
        smtp = smtplib.SMTP()
        smtp.sock, smtp.does_esmtp, smtp.esmtp_features = ours, True, dict.fromkeys(extensions, "")
        self.following: deque[tuple[Outgoing, bytes]] = deque()
        self.line = Line(
            SimpleNamespace(connection=smtp),
            sender=SENDER,
            following=lambda: self.following.popleft() if self.following else None,
            farewells=Farewells(),
        )
        self.work = self.line.work = work or ListWork(mail(number) for number in range(3))

    def offer(self, number: int = 0, content: bytes = CONTENT) -> None:
        """Put the next mail of the work on the idle line."""
        taken = self.work.take()
        assert isinstance(taken, Outgoing)
        assert taken.number == number
        self.line.send(taken, content)

    def told(self) -> bytes:
        """What the line has said since the last time."""
        heard = b""
        while True:
            try:
                heard += self.sock.recv(1 << 20)
            except BlockingIOError:
                return heard

    def say(self, *answers: str) -> None:
        """Answer, and let the line read it."""
        self.sock.sendall("".join(f"{answer}\r\n" for answer in answers).encode())
        self.line.on_readable()

    def close(self) -> None:
        self.sock.close()
        self.line.sock.close()


@pytest.fixture(params=[("pipelining",), ()], ids=["pipelining", "step by step"])
def other(request) -> Iterator[Other]:
    other = Other(*request.param)
    yield other
    other.close()


def to_text(other: Other) -> None:
    """Answer until the text of the mail is on the line."""
    for answer in ("250 Ok", "250 Ok", "354 Go on"):
        other.say(answer)


@pytest.mark.parametrize(
    ("extensions", "options"),
    [
        ((), ""),
        (("size",), " SIZE=26"),
        (("8bitmime",), " BODY=8BITMIME"),
        (("size", "8bitmime", "smtputf8"), " SIZE=26 BODY=8BITMIME"),
    ],
)
@pytest.mark.parametrize("together", [True, False])
def test_an_envelope_says_what_the_server_understands(extensions, options, together):
    other = Other(*extensions, *(["pipelining"] if together else []))

    other.offer()

    whole = f"MAIL FROM:<{SENDER}>{options}\r\nRCPT TO:<{ADDRESSES[0]}>\r\nDATA\r\n"
    told = other.told().decode()
    if not together:
        assert told == whole.splitlines(keepends=True)[0]
        other.say("250 Ok")
        told += other.told().decode()
        other.say("250 Ok")
        told += other.told().decode()
    assert told == whole
    other.close()


def test_an_address_beyond_ascii_is_announced_where_it_is_understood_and_refused_elsewhere():
    address = "josé@example.org"
    able = Other("pipelining", "smtputf8", "size", work=ListWork([mail(0, address)]))
    unable = Other("pipelining", "size", work=ListWork([mail(0, address)]))

    able.offer()
    unable.offer()

    assert able.told() == f"MAIL FROM:<{SENDER}> SIZE=26 SMTPUTF8\r\nRCPT TO:<{address}>\r\nDATA\r\n".encode()
    assert unable.told() == b""
    assert isinstance(unable.work.settled[0], ChannelError)
    assert unable.line.is_idle
    able.close()
    unable.close()


@pytest.mark.parametrize("receiver", ["250 Ok", "251 Will forward", "250-First\r\n250 second"])
def test_a_mail_goes_through_and_the_next_rides_with_its_end_where_the_server_allows_it(other, receiver):
    other.offer()
    other.following.append((other.work.take(), CONTENT))
    other.say("250 Ok")
    other.say(receiver)
    other.told()
    other.say("354 Go on")

    told = other.told()
    assert told.startswith(CONTENT + b".\r\n")
    together = b"DATA" in told
    other.say("250 Taken")
    assert isinstance(other.work.settled[0], Receipt)
    assert other.line.is_idle != together
    assert other.line.waits == together


def test_a_server_that_takes_no_text_is_reset_and_gets_the_next_mail(other):
    other.offer()
    other.say("250 Ok")
    other.say("250 Ok")
    other.told()

    other.say("250 What now?")
    assert isinstance(other.work.settled[0], ChannelError)
    assert not other.work.begun
    other.offer(1)
    assert other.told().startswith(b"RSET\r\n")

    other.say("250 Reset")
    to_text(other)
    other.say("250 Taken")
    assert isinstance(other.work.settled[1], Receipt)
    assert other.told().count(b"RSET") == 0


def test_a_server_that_can_not_be_reset_is_left_and_the_mail_behind_goes_another_way(other):
    other.offer()
    together = b"DATA" in other.told()
    other.say("250 Ok")
    other.say("550 No such user")
    if together:
        other.say("554 No valid receivers")
    other.offer(1)

    with pytest.raises(LineBroken):
        other.say("500 Reset?")

    assert isinstance(other.work.settled[1], TryLater)
    assert not other.work.begun


@pytest.mark.parametrize("in_one_piece", [True, False], ids=["as under TLS", "scattered"])
@pytest.mark.parametrize("arrives", [True, False])
def test_a_mail_of_which_a_little_at_a_time_is_taken_arrives_whole_and_no_sooner(in_one_piece, arrives):
    other = Other("pipelining")
    other.line._scatters = not in_one_piece
    other.line.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    content = b"".join(b"%d\r\n" % number for number in range(100_000))
    other.offer(content=content)
    other.following.append((other.work.take(), CONTENT))
    to_text(other)
    told = other.told()
    assert b"DATA\r\n" in told
    if not arrives:
        assert other.line.wants_to_write
        with pytest.raises(LineBroken):
            other.line.break_off("of the test")
        assert isinstance(other.work.settled[0], TryLater), "its final dot never left"
        other.close()
        return

    while other.line.wants_to_write:
        other.line.on_writable()
        told += other.told()
    told += other.told()

    assert told.partition(b"DATA\r\n")[2].startswith(content + b".\r\nMAIL FROM:")
    assert told.endswith(b"DATA\r\n")
    with pytest.raises(LineBroken):
        other.line.break_off("of the test")
    assert isinstance(other.work.settled[0], OutcomeUnknown), "its final dot is on its way"
    other.close()
