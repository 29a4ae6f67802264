"""People who join, for tests of the audience."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse

from outreach.audience.choices import ChannelName, Purpose
from outreach.audience.models import Consent, Subscription
from outreach.audience.subscriptions import join

from .pages import opened

NOW = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)

Joins = Callable[..., Subscription]


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def joins(db, now) -> Joins:
    """Fill in the form, or press Start, as somebody would."""

    def joins(**answers: Any) -> Subscription:
        return join(
            **{
                "channel": ChannelName.EMAIL,
                "address": "ana@example.org",
                "language": "en",
                "purposes": frozenset({Purpose.MESSAGES}),
                "method": Consent.Method.FORM,
                "now": now,
                **answers,
            }
        )

    return joins


@pytest.fixture
def confirmed(joins, now) -> Joins:
    """Somebody who joined by e-mail and pressed the button in the mail."""
    from outreach.audience.confirmation import link
    from outreach.audience.subscriptions import confirm

    def confirmed(**answers: Any) -> Subscription:
        subscription = joins(**answers)
        address = link(request=subscription.join_requests.latest("id"), now=now)
        return confirm(token=address.rstrip("/").rpartition("/")[2], now=now)

    return confirmed


@pytest.fixture
def sends(client):
    """Send the form a minute after it was opened."""

    def sends(**answers):
        form = {
            "email": "ana@example.org",
            "messages": "on",
            "language": "en",
            "group": "",
            "gender": "",
            "opened": opened(NOW - timedelta(minutes=1)),
            **answers,
        }
        return client.post(reverse("subscribe"), {name: value for name, value in form.items() if value is not None})

    return sends
