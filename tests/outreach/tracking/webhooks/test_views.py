"""Mail providers post to Anymail's views as their documentation says, with the secret and without."""

import hashlib
import hmac
import json
import logging

import pytest
from django.test import Client
from django.urls import reverse

from outreach.audience.models import SoftBounce, Subscription, Suppression
from outreach.delivery.models import Delivery

from .conftest import SECRET, basic, metadata
from .payloads import PROVIDERS, mailersend

pytestmark = pytest.mark.django_db
WHATS = ["delivered", "delayed", "hard", "soft", "complaint"]


@pytest.fixture
def post(client, secret):
    """Posts as a provider does; the answer's status."""

    def post(provider: str, payload, *, authorization: str = secret) -> int:
        content = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        return client.post(
            reverse("mail_webhook", args=[provider]),
            content,
            content_type="application/json",
            headers={"Authorization": authorization} if authorization else {},
        ).status_code

    return post


def standing(delivery: Delivery) -> tuple[str, str, list[str], int]:
    delivery.refresh_from_db()
    subscription = Subscription.objects.get(pk=delivery.subscription_id)
    return (
        delivery.status,
        subscription.state,
        list(Suppression.objects.values_list("reason", flat=True)),
        SoftBounce.objects.count(),
    )


EXPECTED = {
    "delivered": {("delivered", "active", (), 0)},
    "delayed": {("accepted", "active", (), 1)},
    "hard": {("bounced", "stopped", ("hard_bounce",), 0)},
    # Some providers try again after what they call a soft bounce, and others do not.
    "soft": {("failed", "active", (), 1), ("accepted", "active", (), 1)},
    "complaint": {("delivered", "left", ("complaint",), 0)},
}


@pytest.mark.parametrize("what", WHATS)
@pytest.mark.parametrize("provider", PROVIDERS)
def test_what_a_provider_reports_reaches_ledger_and_person(post, accepted, provider, what):
    payload = PROVIDERS[provider](what, 1, metadata(accepted[1]))

    assert [post(provider, payload), post(provider, payload)] == [200, 200]

    status, state, reasons, soft = standing(accepted[1])
    assert (status, state, tuple(reasons), soft) in EXPECTED[what]
    assert standing(accepted[0])[:2] == ("accepted", "active")


@pytest.mark.parametrize(("what", "status"), [("delivered", "delivered"), ("hard", "bounced"), ("soft", "failed")])
def test_a_provider_that_says_nothing_back_is_understood_by_its_own_number(post, accepted, what, status, settings):
    settings.ANYMAIL = {"MAILERSEND_SIGNING_SECRET": "signing"}
    payload = json.dumps(mailersend(what, 1, {}, provider_id=f"id-{accepted[1].pk}")).encode()

    assert post("mailersend", payload) == 400, "not signed"
    assert Delivery.objects.get(pk=accepted[1].pk).status == "accepted"

    assert signed_post(post, payload) == 200
    assert Delivery.objects.get(pk=accepted[1].pk).status == status


def signed_post(post, payload: bytes) -> int:
    signature = hmac.new(b"signing", payload, hashlib.sha256).hexdigest()
    return (
        Client()
        .post(
            reverse("mail_webhook", args=["mailersend"]),
            payload,
            content_type="application/json",
            headers={"Authorization": basic(SECRET), "Signature": signature},
        )
        .status_code
    )


@pytest.mark.parametrize("authorization", ["", basic("provider:a-wrong-password-of-one"), "Basic x", "Bearer x"])
def test_without_the_secret_nothing_is_taken(post, accepted, authorization):
    payload = PROVIDERS["brevo"]("hard", 1, metadata(accepted[1]))

    assert post("brevo", payload, authorization=authorization) == 400

    assert standing(accepted[1]) == ("accepted", "active", [], 0)


def test_where_no_secret_is_set_nobody_can_report_anything(post, accepted, settings):
    settings.ANYMAIL_WEBHOOK_SECRET = []

    assert post("brevo", PROVIDERS["brevo"]("hard", 1, metadata(accepted[1])), authorization="") == 403

    assert standing(accepted[1]) == ("accepted", "active", [], 0)


def test_a_wrong_signature_of_the_provider_is_refused(post, accepted):
    payload = PROVIDERS["mailgun"]("hard", 1, metadata(accepted[1]))
    payload["signature"]["signature"] = "0" * 64

    assert post("mailgun", payload) == 400

    assert standing(accepted[1]) == ("accepted", "active", [], 0)


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"null", b"[]", b"{}", b"[[[]]]", b'"x"', b"[1, 2]", b"\xff\xfe", b'{"event": {}}', b"[" * 50_000],
)
def test_what_can_not_be_read_changes_nothing_and_is_no_error_of_ours(post, accepted, provider, content):
    assert post(provider, content) in {200, 400}

    assert standing(accepted[1]) == ("accepted", "active", [], 0)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_what_is_about_no_message_of_ours_is_taken_and_changes_nothing(post, accepted, provider):
    foreign = {"message_id": "1.1.aaaaaaaaaaaaaaaaaaaa@testserver", "delivery": str(accepted[1].pk)}

    assert post(provider, PROVIDERS[provider]("complaint", 99, foreign)) == 200
    assert post(provider, PROVIDERS[provider]("hard", 99, metadata(accepted[1]))) == 200

    assert standing(accepted[1]) == ("accepted", "active", [], 0)


def test_metadata_of_any_shape_is_no_error(post, accepted):
    for strange in ([], "x", 7, {"message_id": ["x"]}, {"message_id": {"a": 1}}, None):
        payload = PROVIDERS["postmark"]("hard", 99, strange)
        assert post("postmark", payload) in {200, 400}


@pytest.mark.parametrize("event", ["opened", "unique_opened", "click", "proxy_open"])
def test_opens_and_clicks_of_the_provider_are_left_aside(post, accepted, event):
    assert post("brevo", PROVIDERS["brevo"](event, 1, metadata(accepted[1]))) == 200

    assert standing(accepted[1]) == ("accepted", "active", [], 0)


@pytest.mark.parametrize(
    ("reason", "status", "state"),
    [
        ("Bounced Address", "bounced", "stopped"),
        ("Invalid", "bounced", "stopped"),
        ("Unsubscribed Address", "delivered", "left"),
        ("Spam Content", "rejected", "active"),
    ],
)
def test_what_a_provider_did_not_even_try_has_its_reason(post, accepted, reason, status, state):
    event = {**PROVIDERS["sendgrid"]("delivered", 1, metadata(accepted[1]))[0], "event": "dropped", "reason": reason}

    assert post("sendgrid", [event]) == 200

    assert standing(accepted[1])[:2] == (status, state)


def test_a_thousand_events_in_one_request_are_carried_out(post, accepted, django_assert_max_num_queries):
    events = [
        PROVIDERS["sendgrid"]("delivered", number, metadata(accepted[number]))[0]
        for _again in range(334)
        for number in range(3)
    ]

    with django_assert_max_num_queries(40):
        assert post("sendgrid", events) == 200

    assert set(Delivery.objects.values_list("status", flat=True)) == {"delivered"}


def test_nothing_that_is_logged_holds_an_address(post, accepted, caplog):
    caplog.set_level(logging.DEBUG)
    payload = PROVIDERS["brevo"]("hard", 1, metadata(accepted[1]))

    post("brevo", payload)
    post("brevo", payload, authorization="")
    post("brevo", json.dumps(payload).encode()[:-1])
    post("amazon_ses", json.dumps(payload).encode()[:-1])

    assert caplog.records
    logged = [
        record.getMessage() + str(record.exc_text or "")
        for record in caplog.records
        if record.name != "django.db.backends"
    ]
    assert not [line for line in logged if "person1" in line.lower()]


def test_providers_that_look_before_they_post_get_an_answer(client, secret):
    address = reverse("mail_webhook", args=["mandrill"])

    assert [client.head(address).status_code, client.get(address).status_code] == [200, 200]
    assert client.put(address).status_code == 405
    assert client.post("/anymail/nobody/tracking/").status_code == 400
    assert client.post(reverse("mail_webhook", args=["unisender_go"])).status_code == 400, "not set up"
