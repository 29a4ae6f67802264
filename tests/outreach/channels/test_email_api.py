import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from outreach.channels.email_api import ApiSession
from outreach.channels.failures import (
    AddressDead,
    ChannelError,
    ChannelRefused,
    MessageRejected,
    OutcomeUnknown,
    TryLater,
)
from outreach.channels.protocol import Outgoing


def outgoing(address: str = "ana@example.org", **changes) -> Outgoing:
    fields = {"subject": "Dwa ou", "text": "Hello", "html": "<p>Hello</p>", "message_id": "1.2@example.org"}
    return Outgoing(address=address, **{**fields, **changes})


class Provider(ThreadingHTTPServer):
    """A provider's web API: answers as scripted, else as Brevo does for a mail that it took."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Request)
        self.taken: list[dict] = []
        self.script: list[tuple[int | str, bytes, dict[str, str]]] = []
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def answers(self, status: int | str, body: object = None, **headers: str) -> None:
        content = body if isinstance(body, bytes) else json.dumps(body or {}).encode()
        self.script.append((status, content, headers))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v3/"

    def stop(self) -> None:
        self.shutdown()
        self.server_close()


class _Request(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Provider

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        status, content, headers = 201, b'{"messageId": "<m1@brevo.example>"}', {}
        if self.server.script:
            status, content, headers = self.server.script.pop(0)
        if status == "drop":
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        if status == "silence":
            threading.Event().wait(2)
            return
        if status < 300:
            self.server.taken.append(body)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def provider(settings):
    provider = Provider()
    settings.EMAIL_BACKEND = "anymail.backends.brevo.EmailBackend"
    settings.ANYMAIL = {"BREVO_API_KEY": "key", "BREVO_API_URL": provider.url, "REQUESTS_TIMEOUT": 2}
    yield provider
    provider.stop()


@pytest.fixture
def session(provider):
    session = ApiSession()
    yield session
    session.close()


def test_mail_is_handed_over_with_its_headers_and_our_id(session, provider):
    receipt = session.send(outgoing(headers={"List-Unsubscribe": "<https://example.org/u/1>"}))

    [taken] = provider.taken
    assert receipt.provider_id == "<m1@brevo.example>"
    assert taken["to"] == [{"email": "ana@example.org"}]
    assert (taken["subject"], taken["textContent"], taken["htmlContent"]) == ("Dwa ou", "Hello", "<p>Hello</p>")
    assert taken["headers"]["List-Unsubscribe"] == "<https://example.org/u/1>"
    assert json.loads(taken["headers"]["X-Mailin-custom"]) == {"message_id": "1.2@example.org"}


@pytest.mark.parametrize(
    ("status", "body", "failure"),
    [
        (400, {"code": "invalid_parameter", "message": "Content refused"}, MessageRejected),
        (413, None, MessageRejected),
        (422, {"message": "No"}, MessageRejected),
        (401, {"message": "Key not found"}, ChannelRefused),
        (402, {"message": "Not enough credits"}, ChannelRefused),
        (403, {"message": "Sender not verified"}, ChannelRefused),
        (404, None, ChannelRefused),
        (408, None, TryLater),
        (429, {"message": "Slow down"}, TryLater),
        (500, {"message": "Our fault"}, TryLater),
        (503, b"<h1>Busy</h1>", TryLater),
        (500, b"<h1>Broken</h1>", OutcomeUnknown),
        (502, b"<h1>Bad gateway</h1>", OutcomeUnknown),
        (504, {"message": "Timeout"}, OutcomeUnknown),
        (200, b"<h1>Welcome</h1>", OutcomeUnknown),
        (200, {"unexpected": True}, OutcomeUnknown),
        (200, [], OutcomeUnknown),
        ("drop", None, OutcomeUnknown),
    ],
)
def test_each_refusal_is_named_and_the_next_mail_goes_through(session, provider, status, body, failure):
    provider.answers(status, body)

    with pytest.raises(ChannelError) as caught:
        session.send(outgoing())
    provider.taken.clear()
    session.send(outgoing("bea@example.org"))

    assert type(caught.value) is failure
    assert [taken["to"][0]["email"] for taken in provider.taken] == ["bea@example.org"]
    if isinstance(body, dict) and "message" in body and failure is not OutcomeUnknown:
        assert body["message"] in str(caught.value)


def test_provider_says_how_long_everybody_must_wait(session, provider):
    provider.answers(429, {"message": "Slow down"}, Retry_After="17")

    with pytest.raises(TryLater) as caught:
        session.send(outgoing())

    assert caught.value.retry_after == 17
    assert caught.value.everyone


def test_answer_that_does_not_come_leaves_the_outcome_unknown(settings, provider):
    settings.ANYMAIL = {**settings.ANYMAIL, "REQUESTS_TIMEOUT": 0.2}
    provider.answers("silence")
    session = ApiSession()

    with pytest.raises(OutcomeUnknown, match="ReadTimeout"):
        session.send(outgoing())
    session.close()


def test_provider_that_is_not_there_makes_everybody_wait(session, provider):
    provider.stop()

    with pytest.raises(TryLater) as caught:
        session.send(outgoing())

    assert caught.value.everyone


def test_address_on_the_providers_own_block_list_is_dead(settings, provider):
    settings.EMAIL_BACKEND = "anymail.backends.postmark.EmailBackend"
    settings.ANYMAIL = {"POSTMARK_SERVER_TOKEN": "key", "POSTMARK_API_URL": provider.url}
    found = "Found inactive addresses: ana@example.org. Inactive recipients are ones that have generated a hard bounce."
    provider.answers(422, {"ErrorCode": 406, "Message": f"You tried to send to an inactive recipient. {found}"})
    session = ApiSession()

    with pytest.raises(AddressDead) as caught:
        session.send(outgoing())

    assert "inactive" in str(caught.value)
    assert "ana@" not in str(caught.value)
    session.close()


def test_provider_without_metadata_gets_the_mail_all_the_same(settings, provider):
    settings.EMAIL_BACKEND = "anymail.backends.mailersend.EmailBackend"
    settings.ANYMAIL = {"MAILERSEND_API_TOKEN": "key", "MAILERSEND_API_URL": provider.url}
    provider.answers(202, b"", X_Message_Id="ms-1", Content_Type="text/html")
    session = ApiSession()

    assert session.send(outgoing()).provider_id == "ms-1"
    session.close()


def test_missing_key_refuses_the_channel(settings, provider):
    settings.ANYMAIL = {}
    session = ApiSession()

    with pytest.raises(ChannelRefused):
        session.send(outgoing())
    session.close()


def test_what_is_no_single_address_never_reaches_the_provider(session, provider):
    with pytest.raises(AddressDead):
        session.send(outgoing("ana@example.org, eve@example.org"))
    assert provider.taken == []
