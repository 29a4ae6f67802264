"""Mail providers that sign what they post, or send it as a form or in an envelope: rightly signed and wrongly."""

import json

import httpx
import pytest
from anymail.exceptions import AnymailWebhookValidationFailure
from django.urls import reverse

from outreach.delivery.models import Delivery
from outreach.tracking.webhooks import amazon

from .conftest import basic, metadata
from .signed import MAILTRAP_KEY, MANDRILL_KEY, SIGNED, TELLS, UNISENDER_GO_KEY, Post, postal_public_key
from .test_views import EXPECTED, standing

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _keys(settings, secret):
    settings.ANYMAIL = {
        "MANDRILL_WEBHOOK_KEY": MANDRILL_KEY,
        "POSTAL_WEBHOOK_KEY": postal_public_key(),
        "MAILTRAP_TRACKING_SECRET": MAILTRAP_KEY,
        "UNISENDER_GO_API_KEY": UNISENDER_GO_KEY,
    }


@pytest.fixture
def post(client, secret):
    """Posts as a provider does; the answer."""

    def post(provider: str, posted: Post, *, authorization: str = secret):
        headers = {**posted.headers, **({"Authorization": authorization} if authorization else {})}
        address = reverse("mail_webhook", args=[provider])
        return client.post(address, posted.content, content_type=posted.content_type, headers=headers)

    return post


@pytest.fixture
def numbered(accepted) -> Delivery:
    """A delivery that the provider has under a number."""
    Delivery.objects.filter(pk=accepted[1].pk).update(provider_id="12345")
    return accepted[1]


@pytest.mark.parametrize(("provider", "what"), [(name, what) for name in SIGNED for what in sorted(TELLS[name])])
def test_what_a_provider_reports_reaches_ledger_and_person(post, accepted, numbered, provider, what):
    posted = SIGNED[provider](what, 1, metadata(numbered), "12345")

    assert [post(provider, posted).status_code, post(provider, posted).status_code] == [200, 200]

    status, state, reasons, soft = standing(numbered)
    assert (status, state, tuple(reasons), soft) in (
        {("accepted", "active", (), 0)} if (provider, what) == ("mandrill", "delivered") else EXPECTED[what]
    )
    assert standing(accepted[0])[:2] == ("accepted", "active")


@pytest.mark.parametrize("provider", SIGNED)
def test_what_somebody_else_signed_is_refused(post, numbered, provider):
    posted = SIGNED[provider]("hard", 1, metadata(numbered), "12345", known=False)

    assert post(provider, posted).status_code == 400

    assert standing(numbered) == ("accepted", "active", [], 0)


@pytest.mark.parametrize("provider", sorted(set(SIGNED) - {"unisender_go"}))
def test_what_is_not_signed_at_all_is_refused(post, numbered, provider):
    posted = SIGNED[provider]("hard", 1, metadata(numbered), "12345")

    assert post(provider, Post(posted.content, {}, posted.content_type)).status_code == 400

    assert standing(numbered) == ("accepted", "active", [], 0)


@pytest.mark.parametrize("provider", SIGNED)
@pytest.mark.parametrize("authorization", ["", basic("provider:a-wrong-password-of-one")])
def test_a_right_signature_is_not_enough_without_the_secret(post, numbered, provider, authorization):
    answer = post(provider, SIGNED[provider]("hard", 1, metadata(numbered), "12345"), authorization=authorization)

    assert answer.status_code == (401 if provider == "amazon_ses" and not authorization else 400)
    assert standing(numbered) == ("accepted", "active", [], 0)


def test_amazon_is_asked_for_the_secret_which_it_sends_only_then(post, numbered):
    answer = post("amazon_ses", SIGNED["amazon_ses"]("hard", 1, metadata(numbered), ""), authorization="")

    assert answer.headers["WWW-Authenticate"].startswith("Basic ")


QUESTION = (
    "https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=arn:aws:sns:us-east-1:1:x&Token=2336"
)
NOT_AMAZONS = [
    "",
    "http://sns.us-east-1.amazonaws.com/",
    "https://sns.us-east-1.amazonaws.com.example.org/",
    "https://sns.us-east-1.amazonaws.com@example.org/",
    "https://sns.us-east-1.amazonaws.com:8443/",
    "https://127.0.0.1/",
    "https://[",
]


def asked_of_amazon(address: str, *, status: int = 200) -> list[str]:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(status)

    with httpx.Client(transport=httpx.MockTransport(answer)) as client:
        amazon.confirm(address, client=client)
    return asked


def test_a_topic_is_confirmed_where_amazon_says():
    assert asked_of_amazon(QUESTION) == [QUESTION]
    with pytest.raises(httpx.HTTPError):
        asked_of_amazon(QUESTION, status=403)


@pytest.mark.parametrize("address", NOT_AMAZONS)
def test_no_other_address_is_asked(post, address):
    with pytest.raises(AnymailWebhookValidationFailure):
        asked_of_amazon(address)

    body = {"Type": "SubscriptionConfirmation", "MessageId": "1", "SubscribeURL": address}
    headers = {"X-Amz-Sns-Message-Type": "SubscriptionConfirmation", "X-Amz-Sns-Message-Id": "1"}
    assert post("amazon_ses", Post(json.dumps(body).encode(), headers)).status_code == 400
