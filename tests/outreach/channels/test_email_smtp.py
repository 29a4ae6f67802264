import socketserver
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from outreach.channels.built import Built, LinkAddresses
from outreach.channels.email_smtp import SmtpCarrier
from outreach.channels.failures import (
    AddressDead,
    ChannelError,
    ChannelRefused,
    MessageRejected,
    OutcomeUnknown,
    TryLater,
)
from outreach.channels.protocol import Outgoing, Receipt
from outreach.channels.single import OneMessage
from tests.outreach.servers import SmtpServer


def outgoing(address: str = "ana@example.org", **changes) -> Outgoing:
    fields = {
        "channel": "email",
        "language": "en",
        "subject": "Rights at work",
        "text": "Hello",
        "html": "<p>Hello</p>",
    }
    return Outgoing(
        address=address,
        built=Built(**{**fields, "links": (), **changes}),
        links=LinkAddresses(clicks=[], unsubscribe="https://example.org/u/1"),
        message_id="1.2@example.org",
    )


class _Insisting(OneMessage):
    """Hands out again what is given back."""

    def give_back(self, outgoing: Outgoing) -> None:
        self._waiting = outgoing


class Session:
    """One carrier that gets its mails one by one."""

    def __init__(self) -> None:
        self._carrier = SmtpCarrier(connections=1)

    def send(self, outgoing: Outgoing) -> Receipt:
        work = _Insisting(outgoing)
        self._carrier.carry(work)
        if isinstance(work.outcome, ChannelError):
            raise work.outcome
        return work.outcome

    def close(self) -> None:
        self._carrier.close()


@pytest.fixture
def session(smtp_server):
    session = Session()
    yield session
    session.close()


def test_mail_arrives_with_both_parts_and_its_headers(session, smtp_server):
    receipt = session.send(outgoing(language="ht"))

    [message] = smtp_server.messages
    assert receipt.provider_id == "", "the provider speaks of it by our Message-ID"
    assert message["Message-ID"] == "<1.2@example.org>"
    assert message["To"] == "ana@example.org"
    assert message["From"] == "Campaign <campaign@example.org>"
    assert message["List-Unsubscribe"] == "<https://example.org/u/1>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Content-Language"] == "ht"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_body(("plain",)).get_content().strip() == "Hello"
    assert message.get_body(("html",)).get_content().strip() == "<p>Hello</p>"


def test_mail_without_html_is_plain_text(session, smtp_server):
    session.send(outgoing(html=""))

    assert smtp_server.messages[0].get_content_type() == "text/plain"


@pytest.mark.parametrize("text", ["Dwa moun k ap travay: sa ou dwe konnen é à ò", "حقوقك في العمل", "權利 💚 рабочих"])
def test_every_script_arrives_unchanged(session, smtp_server, text):
    session.send(outgoing(subject=text, text=text, html=f'<p dir="auto">{text}</p>'))

    [message] = smtp_server.messages
    assert message["Subject"].strip() == text
    assert message.get_body(("plain",)).get_content().strip() == text
    assert text in message.get_body(("html",)).get_content()


def test_lines_that_start_with_a_dot_and_long_lines_arrive_unchanged(session, smtp_server):
    text = ".\n..\n.hidden\nend\n" + "x" * 5000 + "\n"
    session.send(outgoing(text=text, html=""))

    assert smtp_server.messages[0].get_content().replace("\r\n", "\n") == text


@pytest.mark.parametrize(
    "evil", ["Hello\nBcc: eve@example.org", "Hello\r\nBcc: eve@example.org", "Hello\x0bBcc: eve@example.org",
             "Hello\u2028Bcc: eve@example.org", "Hello\x00\rBcc: eve@example.org"]
)  # fmt: skip
def test_header_injection_is_one_long_line(session, smtp_server, evil):
    session.send(outgoing(subject=evil))

    [message] = smtp_server.messages
    assert message["Bcc"] is None
    assert message["Subject"] == "Hello Bcc: eve@example.org"
    assert smtp_server.receivers == ["ana@example.org"]


@pytest.mark.parametrize(
    "address",
    ["ana@example.org\r\nRCPT TO:<eve@example.org>", "ana@example.org, eve@example.org", "Ana <ana@example.org>",
     "ana", "", "ana@example.org>", "a@b@c"],
)  # fmt: skip
def test_what_is_no_single_address_never_reaches_the_server(session, smtp_server, address):
    with pytest.raises(AddressDead):
        session.send(outgoing(address))
    assert smtp_server.mails == []


def test_address_beyond_ascii_is_written_as_it_is(session, smtp_server):
    session.send(outgoing("josé@example.org"))

    assert smtp_server.receivers == ["josé@example.org"]


@pytest.mark.parametrize(
    ("stage", "reply", "failure"),
    [
        ("greeting", "421 4.3.2 Busy", TryLater),
        ("greeting", "554 5.7.1 We do not talk to you", ChannelRefused),
        ("sender", "421 4.3.2 Closing", TryLater),
        ("sender", "451 4.3.0 Try again", TryLater),
        ("sender", "530 5.7.0 Sign in first", ChannelRefused),
        ("sender", "550 5.1.8 Sender unknown", ChannelRefused),
        ("sender", "553 5.7.1 Sender not yours", ChannelRefused),
        ("sender", "552 5.3.4 Message too big", MessageRejected),
        ("receiver", "421 4.3.2 Closing", TryLater),
        ("receiver", "450 4.2.0 Greylisted", TryLater),
        ("receiver", "452 4.2.2 Mailbox full", TryLater),
        ("receiver", "452 4.5.3 Too many", TryLater),
        ("receiver", "550 5.1.1 No such user", AddressDead),
        ("receiver", "550 No such user", AddressDead),
        ("receiver", "551 5.1.6 Moved", AddressDead),
        ("receiver", "553 5.1.3 Bad address", AddressDead),
        ("receiver", "554 5.1.2 No such domain", AddressDead),
        ("receiver", "556 5.1.10 Takes no mail", AddressDead),
        ("receiver", "550 5.2.1 Mailbox disabled", AddressDead),
        ("receiver", "552 5.2.2 Mailbox full", TryLater),
        ("receiver", "550 5.7.1 Blocked by our list", TryLater),
        ("receiver", "554 5.7.1 Relay access denied", ChannelRefused),
        ("receiver", "550 5.1.8 Sender has no domain", ChannelRefused),
        ("receiver", "535 5.7.8 Sign in again", ChannelRefused),
        ("receiver", "503 Bad sequence", TryLater),
        ("data", "451 4.3.0 Later", TryLater),
        ("data", "554 5.5.0 No", MessageRejected),
        ("end", "421 4.3.2 Closing", TryLater),
        ("end", "451 4.7.0 Later", TryLater),
        ("end", "452 4.3.1 Disk full", TryLater),
        ("end", "550 5.1.1 No such user", AddressDead),
        ("end", "552 5.2.2 Mailbox full", TryLater),
        ("end", "552 5.3.4 Too big", MessageRejected),
        ("end", "554 5.7.1 Spam", MessageRejected),
        ("end", "550 Spam", MessageRejected),
        ("end", "535 5.7.8 Sign in again", ChannelRefused),
    ],
)
def test_each_refusal_is_named_and_the_next_mail_goes_through(session, smtp_server, stage, reply, failure):
    smtp_server.answers(stage, reply)

    with pytest.raises(ChannelError) as caught:
        session.send(outgoing())
    session.send(outgoing("bea@example.org"))

    assert type(caught.value) is failure
    assert reply[:3] in str(caught.value)
    assert smtp_server.receivers == ["bea@example.org"]


@pytest.mark.parametrize("stage", ["greeting", "sender", "receiver", "data"])
def test_line_that_breaks_before_the_mail_is_over_means_try_later(session, smtp_server, stage):
    smtp_server.drops(stage)

    with pytest.raises(TryLater):
        session.send(outgoing())
    session.send(outgoing())

    assert len(smtp_server.mails) == 1


def test_line_that_breaks_in_the_middle_of_a_mail_means_try_later(session, smtp_server):
    smtp_server.drops("body")

    with pytest.raises(TryLater):
        session.send(outgoing(text=("x" * 900 + "\n") * 8_000, html=""))


def test_mail_so_small_that_it_left_whole_before_the_line_broke_is_of_unknown_outcome(session, smtp_server):
    smtp_server.drops("body")

    with pytest.raises(OutcomeUnknown):
        session.send(outgoing())


@pytest.mark.parametrize("kept", [True, False])
def test_line_that_breaks_after_the_final_dot_leaves_the_outcome_unknown(session, smtp_server, kept):
    smtp_server.drops("end", kept=kept)

    with pytest.raises(OutcomeUnknown):
        session.send(outgoing())
    session.send(outgoing("bea@example.org"))

    assert smtp_server.receivers == ["ana@example.org"] * kept + ["bea@example.org"]


@pytest.mark.parametrize(("stage", "failure"), [("receiver", TryLater), ("end", OutcomeUnknown)])
def test_server_that_falls_silent_is_a_broken_line(settings, smtp_server, stage, failure):
    settings.EMAIL_TIMEOUT = 2
    smtp_server.falls_silent(stage)
    session = Session()

    with pytest.raises(failure):
        session.send(outgoing())
    session.close()


@pytest.mark.parametrize("nonsense", ["hello there", "25x fine", "\x00\x01"])
@pytest.mark.parametrize(
    ("stage", "failure"), [("sender", TryLater), ("receiver", TryLater), ("data", TryLater), ("end", OutcomeUnknown)]
)
def test_answer_that_is_no_smtp_ends_the_connection(session, smtp_server, stage, failure, nonsense):
    smtp_server.answers(stage, nonsense, kept=True)

    with pytest.raises(failure):
        session.send(outgoing())
    session.send(outgoing("bea@example.org"))

    assert smtp_server.receivers[-1] == "bea@example.org"


def test_one_connection_carries_many_mails(session, smtp_server):
    session.send(outgoing())
    # A second greeting would come with this.
    smtp_server.drops("greeting")
    session.send(outgoing("bea@example.org"))
    smtp_server.answers("receiver", "550 5.1.1 No such user")
    with pytest.raises(AddressDead):
        session.send(outgoing("carl@example.org"))
    session.send(outgoing("dora@example.org"))

    assert smtp_server.receivers == ["ana@example.org", "bea@example.org", "dora@example.org"]


@pytest.mark.parametrize("farewell", ["", "421 4.4.2 Idle for too long"])
def test_connection_that_the_server_gave_up_while_idle_is_opened_again_unnoticed(session, smtp_server, farewell):
    session.send(outgoing())
    if farewell:
        smtp_server.answers("sender", farewell)
    else:
        smtp_server.drops("sender")

    session.send(outgoing("bea@example.org"))

    assert smtp_server.receivers == ["ana@example.org", "bea@example.org"]


def test_mail_is_not_sent_again_on_its_own_after_the_final_dot(session, smtp_server):
    session.send(outgoing())
    smtp_server.drops("end", kept=True)

    with pytest.raises(OutcomeUnknown):
        session.send(outgoing("bea@example.org"))

    assert smtp_server.receivers == ["ana@example.org", "bea@example.org"]


def test_server_that_is_not_there_makes_everybody_wait(session, smtp_server):
    smtp_server.stop()

    with pytest.raises(TryLater) as caught:
        session.send(outgoing())

    assert caught.value.everyone
    smtp_server.start()
    session.send(outgoing())
    assert len(smtp_server.mails) == 1


def test_wrong_password_refuses_the_channel(settings, monkeypatch):
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "campaign", "wrong"
    server = SigningIn()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = server.host, server.port, 5
    session = Session()

    with pytest.raises(ChannelRefused, match="535"):
        session.send(outgoing())
    settings.EMAIL_HOST_PASSWORD = "right"
    session.send(outgoing())

    assert server.receivers == ["ana@example.org"]
    session.close()
    server.stop()


def test_password_that_smtp_can_not_say_refuses_the_channel_and_is_not_told(settings):
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "campaign", "pässword"
    server = SigningIn()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = server.host, server.port, 5
    session = Session()

    with pytest.raises(ChannelRefused, match="EMAIL_URL do not fit") as refused:
        session.send(outgoing())

    assert "p\xe4ssword" not in str(refused.value)
    session.close()
    server.stop()


@pytest.mark.parametrize(("ways", "challenge"), [("XOAUTH2", ""), ("CRAM-MD5", "abcde")])
def test_sign_in_that_can_never_work_refuses_the_channel(settings, ways, challenge):
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "campaign", "right"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    session = Session()
    with knowing_only(ways, challenge) as settings.EMAIL_PORT:
        settings.EMAIL_HOST, settings.EMAIL_TIMEOUT = "127.0.0.1", 5

        with pytest.raises(ChannelRefused, match="EMAIL_URL do not fit") as refused:
            session.send(outgoing())

    assert "abcde" not in str(refused.value)
    session.close()


@contextmanager
def knowing_only(ways: str, challenge: str) -> Iterator[int]:
    """A mail server with these ways to sign in, and what it asks for then; its port."""

    class Talk(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 hello\r\n")
            answers = {b"EHLO": f"250-hello\r\n250 AUTH {ways}\r\n", b"AUTH": f"334 {challenge}\r\n"}
            for line in self.rfile:
                self.wfile.write(answers.get(line[:4].strip().upper(), "221 bye\r\n").encode())

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Talk) as server:
        server.daemon_threads = True
        Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


class SigningIn(SmtpServer):
    """A mail server that wants a password."""

    async def _serve(self, sandbox):
        def authenticate(server, session, envelope, mechanism, data):
            return AuthResult(success=data.password == b"right", handled=False)

        return await sandbox.serve_mail(port=self.port, authenticator=authenticate, auth_require_tls=False)


def test_server_without_tls_where_tls_is_asked_for_refuses_the_channel(settings, session):
    settings.EMAIL_USE_TLS = True

    with pytest.raises(ChannelRefused, match="STARTTLS"):
        session.send(outgoing())


def test_plain_server_where_tls_is_expected_at_once_can_not_be_reached(settings, session, smtp_server):
    settings.EMAIL_USE_SSL, settings.EMAIL_TIMEOUT = True, 0.5

    with pytest.raises(TryLater) as caught:
        session.send(outgoing())

    assert caught.value.everyone
    assert isinstance(caught.value.__cause__, ssl.SSLError | OSError)


def test_details_never_hold_an_address(session, smtp_server):
    smtp_server.answers("receiver", "550 5.1.1 <ana@example.org>: Recipient address rejected: " + "x" * 500)

    with pytest.raises(AddressDead) as caught:
        session.send(outgoing())

    assert "ana" not in str(caught.value)
    assert len(str(caught.value)) <= 300


def test_closing_never_raises(session, smtp_server):
    session.send(outgoing())
    smtp_server.stop()
    session.close()
    session.close()


def test_what_can_not_be_delivered_goes_back_to_the_bounce_address(settings, free_port):
    senders = []

    class Listener:
        async def handle_DATA(self, _server, _session, envelope):
            senders.append(envelope.mail_from)
            return "250 OK"

    listener = Controller(Listener(), hostname="127.0.0.1", port=free_port)
    listener.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", free_port, 5
    for settings.BOUNCE_ADDRESS in ("", "Bounces <bounces@example.org>"):
        session = Session()
        session.send(outgoing())
        session.close()
    listener.stop()

    assert senders == ["campaign@example.org", "bounces@example.org"]
