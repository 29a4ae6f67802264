import json
import logging
import re
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest
import requests
import urllib3.exceptions
from anymail.exceptions import AnymailRequestsAPIError
from hypothesis import given
from hypothesis import strategies as st
from urllib3.exceptions import MaxRetryError

from outreach.channels.built import PIXEL, TRAP, Built, LinkAddresses
from outreach.channels.email_api import ApiCarrier
from outreach.channels.email_api_answers import failure
from outreach.channels.email_api_batch import PROVIDERS, fits, merged
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
    address: str = "ana@example.org", *, number: int = 1, addresses: LinkAddresses | None = None, **changes
) -> Outgoing:
    fields = {"subject": "Dwa ou", "text": "Hello", "html": "<p>Hello</p>", "links": ()}
    return Outgoing(
        address=address,
        built=Built(channel="email", language="ht", **{**fields, **changes}),
        links=addresses or LinkAddresses(clicks=[], unsubscribe="https://example.org/u/1"),
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
    """A provider's web API: answers as scripted, else by ``answer``, which is Brevo's for a mail that it took."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Request)
        self.taken: list[dict] = []
        self.script: list[tuple[int | str, bytes, dict[str, str]]] = []
        self.answer: Callable[[dict], tuple[int, object]] = lambda taken: (201, {"messageId": "<m1@brevo.example>"})
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def answers(self, status: int | str, body: object = None, **headers: str) -> None:
        self.script.append((status, _bytes(body or {}), headers))

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
        raw = self.rfile.read(int(self.headers["Content-Length"])).decode()
        body = json.loads(raw) if "json" in self.headers.get("Content-Type", "json") else parse_qs(raw)
        if self.server.script:
            status, content, headers = self.server.script.pop(0)
        else:
            status, answer = self.server.answer(body)
            content, headers = _bytes(answer), {"Content-Type": "application/json"}
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


def _bytes(body: object) -> bytes:
    return body if isinstance(body, bytes) else json.dumps(body).encode()


@pytest.fixture
def provider(settings):
    provider = Provider()
    settings.EMAIL_BACKEND = "anymail.backends.brevo.EmailBackend"
    settings.ANYMAIL = {"BREVO_API_KEY": "key", "BREVO_API_URL": provider.url, "REQUESTS_TIMEOUT": 30}
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


@pytest.mark.parametrize("advice", ["\u00b2", "soon", "-1", "Fri, 31 Dec 9999 23:59:59 -0500"])
def test_advice_that_says_no_time_makes_everybody_wait_as_without_any(carrier, provider, advice):
    provider.answers(429, {"message": "Slow down"}, **{"Retry-After": advice})

    failed = outcome(carrier, outgoing())

    assert isinstance(failed, TryLater)
    assert (failed.retry_after, failed.everyone) == (None, True)


def test_answer_that_does_not_come_leaves_the_outcome_unknown(settings, provider):
    settings.ANYMAIL = {**settings.ANYMAIL, "REQUESTS_TIMEOUT": 0.2}
    provider.answers("silence")
    carrier = ApiCarrier(connections=1)

    failed = outcome(carrier, outgoing())

    assert isinstance(failed, OutcomeUnknown)
    assert "ReadTimeout" in str(failed)
    carrier.close()


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("[SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1006)", TryLater),
        ("[SSL: SSLV3_ALERT_HANDSHAKE_FAILURE] sslv3 alert handshake failure (_ssl.c:1006)", TryLater),
        ("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate", ChannelRefused),
        (
            "[SSL: DECRYPTION_FAILED_OR_BAD_RECORD_MAC] decryption failed or bad record mac (_ssl.c:2580)",
            OutcomeUnknown,
        ),
        ("[SSL: SSLV3_ALERT_UNEXPECTED_MESSAGE] sslv3 alert unexpected message (_ssl.c:2580)", OutcomeUnknown),
    ],
)
def test_fault_of_tls_leaves_the_outcome_unknown_unless_nothing_can_have_been_sent(said, kind):
    error = AnymailRequestsAPIError("Error posting")
    error.__cause__ = requests.exceptions.SSLError(MaxRetryError(None, "/v3/mail", urllib3.exceptions.SSLError(said)))

    assert isinstance(failure(error), kind)


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


def test_mail_that_can_not_be_made_fails_alone(carrier, provider, caplog):
    broken = outgoing(number=1, links=("https://example.org/a",))

    with caplog.at_level(logging.CRITICAL, logger="outreach"):
        failed = outcome(carrier, broken)

    assert type(failed) is ChannelError
    assert provider.taken == []
    assert isinstance(outcome(carrier, outgoing(number=2)), Receipt)


# --- Many mails in one request ---------------------------------------------------------------------------------------

BATCHES = {
    "mailgun": {"MAILGUN_API_KEY": "key", "MAILGUN_SENDER_DOMAIN": "example.org"},
    "mailjet": {"MAILJET_API_KEY": "key", "MAILJET_SECRET_KEY": "secret"},
    "sendgrid": {"SENDGRID_API_KEY": "key"},
}


@dataclass
class Received:
    """One mail as its receiver gets it, filled in by the rules of the provider."""

    to: list[str]
    text: str
    html: str
    headers: dict[str, str]
    metadata: dict[str, str]


def filled(text: str, mark: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        text = text.replace(mark.format(name), value)
    return text


def from_mailgun(request: dict[str, list[str]]) -> list[Received]:
    values = json.loads(request.get("recipient-variables", ["{}"])[0])

    def fill(name: str, receiver: str) -> str:
        return filled(request[name][0], "%recipient.{}%", values.get(receiver, {}))

    return [
        Received(
            to=[receiver] if values else request["to"],
            text=fill("text", receiver),
            html=fill("html", receiver),
            headers={name[2:]: fill(name, receiver) for name in request if name.startswith("h:")},
            metadata={name[2:]: fill(name, receiver) for name in request if name.startswith("v:")},
        )
        for receiver in request["to"]
    ]


def from_mailjet(request: dict) -> list[Received]:
    common = request["Globals"]
    return [
        Received(
            to=[receiver["Email"] for receiver in mail["To"]],
            text=filled(common["TextPart"], "[[var:{}]]", mail.get("Variables", {})),
            html=filled(common["HTMLPart"], "[[var:{}]]", mail.get("Variables", {})),
            headers=mail.get("Headers", common.get("Headers", {})),
            metadata=json.loads(mail.get("EventPayload", common.get("EventPayload", "{}"))),
        )
        for mail in request["Messages"]
    ]


def from_sendgrid(request: dict) -> list[Received]:
    text, html = (part["value"] for part in request["content"])
    return [
        Received(
            to=[receiver["email"] for receiver in mail["to"]],
            text=filled(text, "{}", mail.get("substitutions", {})),
            html=filled(html, "{}", mail.get("substitutions", {})),
            headers={**request.get("headers", {}), **mail.get("headers", {})},
            metadata={**request.get("custom_args", {}), **mail.get("custom_args", {})},
        )
        for mail in request["personalizations"]
    ]


READ = {"mailgun": from_mailgun, "mailjet": from_mailjet, "sendgrid": from_sendgrid}


def taken_by(name: str, request: dict) -> tuple[int, object]:
    """The answer of a provider that took every mail."""
    if name == "mailgun":
        return 200, {"id": "<m1@example.org>", "message": "Queued. Thank you."}
    if name == "mailjet":
        addresses = [mail["To"][0]["Email"] for mail in request["Messages"]]
        told = [{"Status": "success", "To": [{"Email": each, "MessageID": f"id-{each}"}]} for each in addresses]
        return 200, {"Messages": told}
    return 202, b""


@pytest.fixture(params=BATCHES)
def batching(request, settings, provider):
    """The name of a provider that takes many mails at once, in use."""
    settings.EMAIL_BACKEND = f"anymail.backends.{request.param}.EmailBackend"
    settings.ANYMAIL = {**BATCHES[request.param], f"{request.param.upper()}_API_URL": provider.url}
    provider.answer = lambda taken: taken_by(request.param, taken)
    return request.param


@pytest.fixture
def batch_carrier(batching):
    carrier = ApiCarrier(connections=2)
    yield carrier
    carrier.close()


def personal(number: int, *, pixel: bool = False, address: str = "", **changes) -> Outgoing:
    """A mail to one of many, with links of their own."""
    fields = {
        "text": "Read <https://link.invalid/1> and <https://link.invalid/2>, leave <https://link.invalid/unsubscribe>",
        "html": '<p><a href="https://link.invalid/2">b</a> <a href="https://link.invalid/1">a</a> '
        f'<a href="https://link.invalid/unsubscribe">leave</a></p>{TRAP}{PIXEL}',
        "links": ("https://example.org/a", "https://example.org/b"),
    }
    return outgoing(
        address or f"person{number}@example.org",
        number=number,
        addresses=LinkAddresses(
            clicks=[f"https://example.org/r/t{number}/1", f"https://example.org/r/t{number}/2"],
            unsubscribe=f"https://example.org/u/t{number}",
            open_pixel=f"https://example.org/o/t{number}" if pixel else "",
            trap=f"https://example.org/r/t{number}/0" if pixel else "",
        ),
        **{**fields, **changes},
    )


@pytest.mark.parametrize("pixel", [True, False])
def test_many_mails_go_in_one_request_and_each_receiver_gets_their_own(batching, batch_carrier, provider, pixel):
    mails = [personal(number, pixel=pixel) for number in range(1, 31)]
    work = ListWork(mails)

    batch_carrier.carry(work)

    [request] = provider.taken
    received = READ[batching](request)
    assert [mail.to for mail in received] == [[each.address] for each in mails]
    for mail, sent in zip(received, mails, strict=True):
        assert mail.text == sent.copy.text
        assert mail.html == sent.copy.html
        assert mail.headers["List-Unsubscribe"] == f"<{sent.links.unsubscribe}>"
        assert mail.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert (mail.headers["Auto-Submitted"], mail.headers["Content-Language"]) == ("auto-generated", "ht")
        assert mail.metadata["message_id"] == sent.message_id
        assert mail.metadata["delivery"] == str(sent.number)
    assert work.begun == mails
    assert all(isinstance(work.settled[each.number], Receipt) for each in mails)
    assert not work.held


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({"html": "<p>Another</p>"}, "another content"),
        ({"pixel": True}, "with the pixel"),
        ({"address": "PERSON1@example.org"}, "the same receiver"),
        ({"address": "person2@EXAMPLE.org"}, "an address that is written otherwise in a request"),
        ({"address": "moun@ekzanp-ayisyèn.org"}, "an address beyond ASCII"),
    ],
)
def test_what_can_not_share_a_request_goes_in_the_next(batching, batch_carrier, provider, other, why):
    if "html" in other:
        other = {**other, "text": "Another", "links": ()}
    last = personal(2, **other)
    if "text" in other:
        last = replace(last, links=LinkAddresses(clicks=[], unsubscribe="https://example.org/u/t2"))
    work = ListWork([personal(1), last, personal(3)])

    batch_carrier.carry(work)

    received = [mail for request in provider.taken for mail in READ[batching](request)]
    assert len(provider.taken) >= 2, why
    assert all(len(mail.to) == 1 for mail in received)
    assert sorted(work.settled) == [1, 2, 3]
    links = {link for mail in received for link in re.findall(r"https://[^>\"]+", mail.text + mail.html)}
    assert not any("link.invalid" in link for link in links)
    assert not work.held


@pytest.mark.parametrize("hostile", ["%recipient.leave%", "[[var:leave]]", "-slot.leave-"])
def test_content_that_looks_like_the_providers_own_marks_is_not_filled_in(batching, batch_carrier, provider, hostile):
    opening = {"mailgun": "%recipient", "mailjet": "[[", "sendgrid": "-slot."}[batching]
    work = ListWork([personal(number, text=f"{hostile} https://link.invalid/1") for number in (1, 2)])

    batch_carrier.carry(work)

    received = [mail for request in provider.taken for mail in READ[batching](request)]
    assert len(provider.taken) == (2 if hostile.startswith(opening) else 1)
    assert sorted(mail.text for mail in received) == [f"{hostile} https://example.org/r/t{n}/1" for n in (1, 2)]


def test_request_holds_no_more_than_is_wanted_to_be_uncertain_at_once(batching, batch_carrier, provider):
    work = ListWork([personal(number) for number in range(1, 202)])

    batch_carrier.carry(work)

    most = 50 if batching == "mailjet" else 100
    assert sorted(len(READ[batching](request)) for request in provider.taken) == [1] + [most] * (200 // most)
    assert len(work.settled) == 201


def test_mails_that_come_one_after_the_other_are_gathered(batching, batch_carrier, provider):
    work = ListWork([personal(1), 0.001, personal(2), 0.001, personal(3), 30.0, personal(4)])

    batch_carrier.carry(work)

    assert sorted(len(READ[batching](request)) for request in provider.taken) == [1, 3]


@pytest.mark.parametrize(
    ("status", "failure"),
    [(401, ChannelRefused), (429, TryLater), (502, OutcomeUnknown), ("drop", OutcomeUnknown)],
)
def test_request_that_fails_as_a_whole_fails_for_each_mail(batching, batch_carrier, provider, status, failure):
    provider.answers(status, {"message": "No"} if status != 502 else b"<h1>Bad gateway</h1>")
    work = ListWork([personal(number) for number in (1, 2, 3)])

    batch_carrier.carry(work)

    assert [type(work.settled[number]) for number in (1, 2, 3)] == [failure] * 3


def test_provider_that_is_not_there_leaves_every_mail_to_be_sent_later(batching, batch_carrier, provider):
    provider.stop()
    work = ListWork([personal(number) for number in (1, 2, 3)])

    batch_carrier.carry(work)

    assert all(isinstance(work.settled[number], TryLater) for number in (1, 2, 3))
    assert all(work.settled[number].everyone for number in (1, 2, 3))


def test_one_refused_mail_does_not_hold_back_the_others_of_its_request(batching, batch_carrier, provider):
    def answer(request):
        if "person5@example.org" in json.dumps(request):
            return 400, {"ErrorCode": "bad", "message": "'to' is not an address"}
        return taken_by(batching, request)

    provider.answer = answer
    work = ListWork([personal(number) for number in range(1, 9)])

    batch_carrier.carry(work)

    assert type(work.settled[5]) is ChannelError, "its receiver is at fault, for the content is taken from others"
    assert {number for number, each in work.settled.items() if isinstance(each, Receipt)} == {1, 2, 3, 4, 6, 7, 8}
    received = [mail.to[0] for request in provider.taken for mail in READ[batching](request)]
    assert sorted(received) == [f"person{number}@example.org" for number in (1, 2, 3, 4, 6, 7, 8)]


def test_parts_of_a_refused_request_go_only_while_they_may(batching, batch_carrier, provider):
    """Whoever leaves, or stops the broadcast, while the provider looks at the whole is heard before the parts go."""
    work, requests = ListWork([personal(number) for number in range(1, 9)]), []

    def answer(request):
        requests.append(request)
        work.halt()
        return 400, {"ErrorCode": "bad", "message": "'to' is not an address"}

    provider.answer = answer

    batch_carrier.carry(work)

    assert len(requests) == 1
    assert work.settled == {}
    assert not work.held


def test_a_receiver_whom_the_provider_refuses_is_not_the_content(carrier, provider):
    def answer(request):
        if request["to"][0]["email"] in ("bad1@example.org", "bad2@example.org"):
            return 400, {"code": "invalid_parameter", "message": "email is not valid in to"}
        return 201, {"messageId": "<m1@brevo.example>"}

    provider.answer = answer
    names = ["bad1", "ana", "bea", "bad2", "eve"]
    work = ListWork([outgoing(f"{name}@example.org", number=number) for number, name in enumerate(names)])
    alone = ApiCarrier(connections=1)

    alone.carry(work)

    alone.close()
    assert {number for number in range(5) if type(work.settled[number]) is ChannelError} == {0, 3}
    assert {number for number in range(5) if isinstance(work.settled[number], Receipt)} == {1, 2, 4}


def test_content_that_was_taken_before_is_not_at_fault_for_the_last_mail(provider):
    """One that is tried again when all others are through comes alone."""

    def answer(request):
        if request["to"][0]["email"] == "bad@example.org":
            return 400, {"code": "invalid_parameter", "message": "email is not valid in to"}
        return 201, {"messageId": "<m1@brevo.example>"}

    provider.answer = answer
    alone = ApiCarrier(connections=1)
    alone.carry(ListWork([outgoing("ana@example.org", number=1)]))
    last = ListWork([outgoing("bad@example.org", number=2)])

    alone.carry(last)

    alone.close()
    assert type(last.settled[2]) is ChannelError


def test_content_that_a_second_mail_is_refused_for_is_the_content(provider):
    provider.answer = lambda request: (400, {"code": "invalid_parameter", "message": "Content refused"})
    work = ListWork([outgoing(f"person{number}@example.org", number=number) for number in range(3)])
    alone = ApiCarrier(connections=1)

    alone.carry(work)

    alone.close()
    assert [type(work.settled[number]) for number in range(3)] == [MessageRejected] * 3


@pytest.mark.parametrize(
    ("reason", "failure"),
    [
        ("hard-bounce", AddressDead),
        ("unsub", AddressDead),
        (None, AddressDead),
        ("unsigned", ChannelRefused),
        ("invalid-sender", ChannelRefused),
        ("test-mode-limit", ChannelRefused),
        ("rule", MessageRejected),
        ("soft-bounce", TryLater),
    ],
)
def test_a_refusal_is_the_receivers_only_where_the_provider_says_so(settings, provider, reason, failure):
    settings.EMAIL_BACKEND = "anymail.backends.mandrill.EmailBackend"
    settings.ANYMAIL = {"MANDRILL_API_KEY": "key", "MANDRILL_API_URL": provider.url, "REQUESTS_TIMEOUT": 30}
    told = {"email": "ana@example.org", "status": "rejected", "reject_reason": reason, "_id": "1"}
    provider.answers(200, [told], Content_Type="application/json")
    carrier = ApiCarrier(connections=1)

    found = outcome(carrier, outgoing())

    carrier.close()
    assert type(found) is failure


def test_content_that_is_refused_is_not_tried_with_every_receiver(batching, batch_carrier, provider):
    requests = []

    def answer(request):
        requests.append(request)
        return 400, {"ErrorCode": "bad", "message": "Content refused"}

    provider.answer = answer
    work = ListWork([personal(number) for number in range(1, 51)])

    batch_carrier.carry(work)

    assert len(work.settled) == 50
    assert len(requests) < 25
    assert {type(each) for each in work.settled.values()} == {MessageRejected, TryLater}


def test_mail_that_may_not_go_any_more_is_left_out_of_the_request(batching, batch_carrier, provider):
    work = ListWork([personal(number) for number in range(1, 6)])
    work.before_begin = lambda mail: work.halt() if mail.number == 3 else None

    batch_carrier.carry(work)

    received = [mail.to[0] for request in provider.taken for mail in READ[batching](request)]
    assert sorted(received) == ["person1@example.org", "person2@example.org"]
    assert sorted(work.settled) == [1, 2]
    assert not work.held


def test_provider_says_of_each_receiver_what_came_of_the_mail(settings, provider):
    settings.EMAIL_BACKEND = "anymail.backends.mailjet.EmailBackend"
    settings.ANYMAIL = {**BATCHES["mailjet"], "MAILJET_API_URL": provider.url}
    success = {"Status": "success", "To": [{"Email": "person1@example.org", "MessageID": 17}]}
    provider.answers(400, {"Messages": [success, {"Status": "error", "Errors": []}]}, Content_Type="application/json")
    work = ListWork([personal(1), personal(2)])
    carrier = ApiCarrier(connections=1)

    carrier.carry(work)

    assert work.settled[1] == Receipt("17")
    assert isinstance(work.settled[2], TryLater)
    carrier.close()


def test_without_such_a_provider_several_requests_are_under_way(carrier, provider):
    four_are_there = threading.Barrier(4, timeout=10)

    def answer(_request):
        four_are_there.wait()
        return 201, {"messageId": "<m@brevo.example>"}

    provider.answer = answer
    work = ListWork([personal(number) for number in range(1, 9)])

    carrier.carry(work)

    assert work.most_under_way == 4
    assert [len(taken["to"]) for taken in provider.taken] == [1] * 8
    assert all(isinstance(each, Receipt) for each in work.settled.values())
    assert {taken["headers"]["List-Unsubscribe"] for taken in provider.taken} == {
        f"<https://example.org/u/t{number}>" for number in range(1, 9)
    }


@given(
    words=st.text(alphabet=st.characters(exclude_categories=["Cs"]) | st.sampled_from("%[]-:{}*|.")),
    name=st.sampled_from(sorted(PROVIDERS)),
    pixel=st.booleans(),
)
def test_mails_in_one_request_read_as_if_each_had_been_sent_alone(words, name, pixel):
    provider = PROVIDERS[name]
    fields = {
        "text": f"{words}https://link.invalid/1 {words}",
        "html": f"{words}https://link.invalid/2 {words}{TRAP}{PIXEL}",
    }
    mails = [personal(number, pixel=pixel, **fields) for number in (1, 2)]
    if not all(fits(each, provider) for each in mails):
        assert provider.opening in words
        return

    message = merged(mails, provider)

    for each in mails:
        values = message.merge_data[each.address]
        assert filled(message.body, provider.mark, values) == each.copy.text
        assert filled(message.alternatives[0].content, provider.mark, values) == each.copy.html
