import asyncio
import smtplib
import threading

import pytest

from outreach.sandbox import smtp
from outreach.sandbox.faults import AgreedReceivers
from tests.outreach.servers import SmtpServer


class DemoServer(SmtpServer):
    """The mail server as the demo runs it, with the failures that were agreed."""

    def at(self, stage, receiver):
        return AgreedReceivers().at(stage, receiver)


@pytest.fixture
def server():
    server = DemoServer()
    yield server
    server.stop()


def send(server, *receivers: str) -> None:
    with smtplib.SMTP(server.host, server.port, timeout=5) as line:
        line.sendmail("campaign@example.org", receivers, b"Subject: Hello\r\n\r\nHello\r\n")


def test_every_mail_is_kept_once_for_each_receiver(server):
    send(server, "ana@example.org", "bea@example.org")

    assert server.receivers == ["ana@example.org", "bea@example.org"]
    assert server.messages[0]["Subject"] == "Hello"


@pytest.mark.parametrize(
    ("receiver", "code"),
    [("bounce+ana@example.org", 550), ("Full+ana@example.org", 452), ("later+ana@example.org", 451)],
)
def test_agreed_receivers_are_refused(server, receiver, code):
    with pytest.raises(smtplib.SMTPRecipientsRefused) as caught:
        send(server, receiver)

    assert [code for code, _text in caught.value.recipients.values()] == [code]
    assert server.mails == []


def test_agreed_content_is_refused(server):
    with pytest.raises(smtplib.SMTPDataError):
        send(server, "spam+ana@example.org")
    assert server.mails == []


def test_agreed_line_breaks_after_the_mail_was_kept(server):
    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(server, "drop+ana@example.org")
    assert server.receivers == ["drop+ana@example.org"]


@pytest.mark.parametrize("receiver", ["bounce@example.org", "ana+bounce@example.org", "bounceana@example.org"])
def test_only_the_word_before_the_plus_sign_counts(server, receiver):
    send(server, receiver)

    assert server.receivers == [receiver]


def test_store_that_fails_loses_nothing(server, caplog):
    async def broken(**kwargs):
        raise OSError("disk full")

    server.inbox.keep_mail = broken
    with pytest.raises(smtplib.SMTPDataError) as caught:
        send(server, "ana@example.org")

    assert caught.value.smtp_code == 451
    assert "could not keep a mail" in caplog.text


def test_mail_is_taken_though_the_database_is_busy_until_the_sender_is_done(server, monkeypatch):
    monkeypatch.setattr(smtp, "PATIENCE", 0.01)
    is_free, kept = threading.Event(), threading.Event()
    keep = server.inbox.keep_mail

    async def keep_mail(**mail):
        await asyncio.to_thread(is_free.wait)
        await keep(**mail)
        kept.set()

    monkeypatch.setattr(server.inbox, "keep_mail", keep_mail)
    send(server, "ana@example.org")
    assert server.mails == []

    is_free.set()
    assert kept.wait(10)
    assert server.receivers == ["ana@example.org"]
