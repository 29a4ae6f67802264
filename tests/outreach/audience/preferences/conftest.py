"""Somebody who joined by e-mail, and the ways to their page."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone

from outreach.audience.addresses import address_hash, encrypt
from outreach.audience.choices import ChannelName, Purpose
from outreach.audience.models import Subscription
from outreach.audience.preferences import links


@pytest.fixture
def now() -> datetime:
    """The views read the clock, so these people joined just now."""
    return timezone.now().replace(microsecond=0)


@pytest.fixture
def ana(confirmed) -> Subscription:
    return confirmed(
        address="ana@example.org",
        group="worker",
        gender="woman",
        topics=["rights"],
        purposes=frozenset({Purpose.MESSAGES, Purpose.GENDER_STATISTICS, Purpose.CLICK_TRACKING}),
    )


@pytest.fixture
def chat(ana, now) -> Subscription:
    """Her chat on Telegram."""
    return Subscription.objects.create(
        subscriber=ana.subscriber,
        channel=ChannelName.TELEGRAM,
        address_encrypted=encrypt("12345"),
        address_hash=address_hash(channel=ChannelName.TELEGRAM, address="12345"),
        state=Subscription.State.ACTIVE,
        allows_messages=True,
        confirmed_at=now,
    )


@pytest.fixture
def page_of(now) -> Callable[..., str]:
    """The path of somebody's page, by a fresh link or by one from a message."""

    def page_of(subscription: Subscription, *, proven: bool = True, made: datetime | None = None) -> str:
        token = links.token(subscription=subscription, proven=proven, now=made or now)
        return f"/en/preferences/{token}/"

    return page_of


@pytest.fixture
def filled(client) -> Callable[[str], dict[str, Any]]:
    """The form of a page as a browser would send it back untouched."""

    def filled(path: str) -> dict[str, Any]:
        soup = BeautifulSoup(client.get(path).content, "html.parser")
        data: dict[str, Any] = {}
        for field in soup.select("form.form input[name]"):
            kind = field.get("type", "text")
            if kind not in {"checkbox", "radio"} or field.has_attr("checked"):
                data.setdefault(field["name"], []).append(field.get("value", "on"))
        for select in soup.select("form.form select[name]"):
            options = select.select("option[selected]") or select.select("option")
            data[select["name"]] = [options[0]["value"]]
        return data

    return filled
