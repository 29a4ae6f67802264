"""A broadcast that was handed to a provider, and the secret with which the provider comes."""

import base64

import pytest

from outreach.broadcasts import services as broadcasts
from outreach.delivery.freeze import freeze
from outreach.delivery.message_ids import message_id
from outreach.delivery.models import Delivery
from tests.outreach.delivery.conftest import START, broadcast, everybody, person  # noqa: F401

SECRET = "provider:a-long-enough-password"


@pytest.fixture
def accepted(broadcast) -> list[Delivery]:
    """Three deliveries that the provider took."""
    for number in range(3):
        person(number)
    broadcasts.freeze_content(broadcast)
    freeze(broadcast=broadcast, now=START)
    Delivery.objects.update(status="accepted", attempted_at=START, settled_at=START)
    for delivery in Delivery.objects.order_by("pk"):
        Delivery.objects.filter(pk=delivery.pk).update(provider_id=f"id-{delivery.pk}")
    return list(Delivery.objects.order_by("pk"))


def metadata(delivery: Delivery) -> dict[str, str]:
    """What the provider was given to say back."""
    named = message_id(broadcast=delivery.broadcast_id, delivery=delivery.pk)
    return {"message_id": named, "delivery": str(delivery.pk)}


def basic(secret: str) -> str:
    return "Basic " + base64.b64encode(secret.encode()).decode()


@pytest.fixture
def secret(settings) -> str:
    """The ``Authorization`` of a provider that knows the secret."""
    settings.ANYMAIL_WEBHOOK_SECRET = [SECRET]
    settings.ANYMAIL = {"MAILGUN_WEBHOOK_SIGNING_KEY": "signing-key", "MANDRILL_API_KEY": "k"}
    return basic(SECRET)
