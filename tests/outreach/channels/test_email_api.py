import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from outreach.channels.built import Built, LinkAddresses
from outreach.channels.email_api import ApiCarrier
from outreach.channels.failures import (
    AddressDead,
    ChannelError,
    ChannelRefused,
    MessageRejected,
    OutcomeUnknown,
    TryLater,
)
from outreach.channels.protocol import Outgoing, Receipt

from .work import ListWork


def outgoing(
    address: str = "ana@example.org", *, number: int = 1, links: LinkAddresses | None = None, **changes
) -> Outgoing:
    fields = {"subject": "Dwa ou", "text": "Hello", "html": "<p>Hello</p>", "links": ()}
    return Outgoing(
        address=address,
        built=Built(channel="email", language="ht", **{**fields, **changes}),
        links=links or LinkAddresses(clicks=[], unsubscribe="https://example.org/u/1"),
        message_id=f"1.{number}@example.org",
        number=number,
    )


def outcome(carrier: ApiCarrier, mail: Outgoing) -> Receipt | ChannelError:
    """What comes of one mail."""
    work = ListWork([mail])
    carrier.carry(work)
    assert not work.held
    return work.settled[mail.number]


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
def carrier(provider):
    carrier = ApiCarrier(connections=4)
    yield carrier
    carrier.close()


def test_mail_is_handed_over_with_its_headers_and_our_id(carrier, provider):
    receipt = outcome(carrier, outgoing(number=7))

    [taken] = provider.taken
    assert receipt == Receipt("<m1@brevo.example>")
    assert taken["to"] == [{"email": "ana@example.org"}]
    assert (taken["subject"], taken["textContent"], taken["htmlContent"]) == ("Dwa ou", "Hello", "<p>Hello</p>")
    assert taken["headers"]["List-Unsubscribe"] == "<https://example.org/u/1>"
    assert json.loads(taken["headers"]["X-Mailin-custom"]) == {"message_id": "1.7@example.org", "delivery": "7"}


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
def test_each_refusal_is_named_and_the_next_mail_goes_through(carrier, provider, status, body, failure):
    provider.answers(status, body)

    failed = outcome(carrier, outgoing())
    provider.taken.clear()
    outcome(carrier, outgoing("bea@example.org"))

    assert type(failed) is failure
    assert [taken["to"][0]["email"] for taken in provider.taken] == ["bea@example.org"]
    if isinstance(body, dict) and "message" in body and failure is not OutcomeUnknown:
        assert body["message"] in str(failed)


def test_provider_says_how_long_everybody_must_wait(carrier, provider):
    provider.answers(429, {"message": "Slow down"}, Retry_After="17")

    failed = outcome(carrier, outgoing())

    assert isinstance(failed, TryLater)
    assert (failed.retry_after, failed.everyone) == (17, True)


def test_answer_that_does_not_come_leaves_the_outcome_unknown(settings, provider):
    settings.ANYMAIL = {**settings.ANYMAIL, "REQUESTS_TIMEOUT": 0.2}
    provider.answers("silence")
    carrier = ApiCarrier(connections=1)

    failed = outcome(carrier, outgoing())

    assert isinstance(failed, OutcomeUnknown)
    assert "ReadTimeout" in str(failed)
    carrier.close()


def test_provider_that_is_not_there_makes_everybody_wait(carrier, provider):
    provider.stop()

    failed = outcome(carrier, outgoing())

    assert isinstance(failed, TryLater)
    assert failed.everyone


def test_address_on_the_providers_own_block_list_is_dead(settings, provider):
    settings.EMAIL_BACKEND = "anymail.backends.postmark.EmailBackend"
    settings.ANYMAIL = {"POSTMARK_SERVER_TOKEN": "key", "POSTMARK_API_URL": provider.url}
    found = "Found inactive addresses: ana@example.org. Inactive recipients are ones that have generated a hard bounce."
    provider.answers(422, {"ErrorCode": 406, "Message": f"You tried to send to an inactive recipient. {found}"})
    carrier = ApiCarrier(connections=1)

    failed = outcome(carrier, outgoing())

    assert isinstance(failed, AddressDead)
    assert "inactive" in str(failed)
    assert "ana@" not in str(failed)
    carrier.close()


def test_provider_without_metadata_gets_the_mail_all_the_same(settings, provider):
    settings.EMAIL_BACKEND = "anymail.backends.mailersend.EmailBackend"
    settings.ANYMAIL = {"MAILERSEND_API_TOKEN": "key", "MAILERSEND_API_URL": provider.url}
    provider.answers(202, b"", X_Message_Id="ms-1", Content_Type="text/html")
    carrier = ApiCarrier(connections=1)

    assert outcome(carrier, outgoing()).provider_id == "ms-1"
    carrier.close()


def test_missing_key_refuses_the_channel(settings, provider):
    settings.ANYMAIL = {}
    carrier = ApiCarrier(connections=1)

    assert isinstance(outcome(carrier, outgoing()), ChannelRefused)
    carrier.close()


def test_what_is_no_single_address_never_reaches_the_provider(carrier, provider):
    assert isinstance(outcome(carrier, outgoing("ana@example.org, eve@example.org")), AddressDead)
    assert provider.taken == []
