"""Somebody whom a broadcast reached over Telegram leaves through the bot: it was the occasion, while that counts."""

from datetime import timedelta

import pytest

from outreach.audience.models import Subscription
from outreach.broadcasts.models import Broadcast
from outreach.delivery.models import Delivery
from outreach.tracking.models import TrackingEvent
from tests.outreach.delivery.conftest import (  # noqa: F401
    START,
    approved,
    broadcast,
    clock,
    everybody,
    person,
    sending,
    two_people,
    write,
)

from .test_bot import Phone, client  # noqa: F401

pytestmark = pytest.mark.django_db
CHAT = 1001
"""The chat of the person with number 1."""


@pytest.fixture
def reached(broadcast, sending) -> Delivery:
    """A message that reached the chat, of a broadcast that ended at ``START``."""
    person(1, channels=("telegram",))
    Broadcast.objects.filter(pk=broadcast.pk).update(channels=["telegram"])
    broadcast.refresh_from_db()
    write(broadcast, channel="telegram")
    sending()
    Broadcast.objects.filter(pk=broadcast.pk).update(state="finished", finished_at=START)
    Delivery.objects.update(status="accepted", settled_at=START, attempted_at=START)
    return Delivery.objects.get()


@pytest.fixture
def phone(bot_api, client) -> Phone:
    return Phone(bot_api, client, chat=CHAT)


def leavings() -> list[tuple[int | None, int, object]]:
    events = TrackingEvent.objects.filter(kind="unsubscribe")
    return list(events.values_list("delivery", "broadcast", "occurred_at"))


def by_command(phone, now):
    phone.writes("/stop", now=now)


def by_button(phone, now):
    phone.sends_back("leave:", now=now)


@pytest.mark.parametrize("leave", [by_command, by_button])
def test_leaving_counts_once_for_the_broadcast_that_reached_the_chat_last(reached, phone, leave):
    soon = START + timedelta(days=2)

    leave(phone, soon)
    leave(phone, soon)

    assert Subscription.objects.get().state == "left"
    assert leavings() == [(reached.pk, reached.broadcast_id, soon)]


def test_leaving_is_counted_while_the_broadcast_still_sends(reached, phone):
    Broadcast.objects.update(state="sending", finished_at=None)

    phone.writes("/stop", now=START + timedelta(days=90))

    assert [delivery for delivery, *_rest in leavings()] == [reached.pk]


@pytest.mark.parametrize(
    "change",
    [
        lambda delivery: Delivery.objects.update(status="blocked"),
        lambda delivery: Broadcast.objects.update(kind="welcome"),
        lambda delivery: Broadcast.objects.update(finished_at=START - timedelta(days=6)),
    ],
    ids=["not reached", "a welcome", "its window is over"],
)
def test_leaving_counts_for_no_broadcast_that_it_does_not_belong_to(reached, phone, change):
    change(reached)

    phone.writes("/stop", now=START + timedelta(days=1))

    assert Subscription.objects.get().state == "left"
    assert leavings() == []


def test_leaving_joining_and_leaving_again_counts_once(reached, phone):
    phone.writes("/stop", now=START + timedelta(days=1))
    phone.writes("/start", now=START + timedelta(days=1)).presses("English").presses("Yes, send me messages")
    phone.writes("/stop", now=START + timedelta(days=2))

    assert Subscription.objects.get().state == "left"
    assert len(leavings()) == 1
