"""Somebody blocks the bot and comes back, over the real Bot API protocol, while broadcasts go out."""

import pytest

from outreach.audience.models import Subscription, Suppression
from outreach.broadcasts.models import Broadcast
from outreach.channels.registry import channel as configured
from outreach.delivery.models import Delivery
from outreach.tracking.updates import poll
from tests.outreach.delivery.conftest import (  # noqa: F401
    approved,
    broadcast,
    clock,
    everybody,
    hire,
    person,
    sending,
    two_people,
    write,
)

from .test_bot import Phone, client  # noqa: F401

pytestmark = pytest.mark.django_db
CHAT = 1001
"""The chat of the person with number 1."""


@pytest.mark.parametrize("is_told", [False, True], ids=["403", "update"])
def test_a_blocked_bot_stops_the_chat_and_coming_back_starts_it(
    bot_api, client, broadcast, sending, hire, clock, is_told
):
    subscriber = person(1, channels=("telegram",))
    Broadcast.objects.filter(pk=broadcast.pk).update(channels=["telegram"])
    broadcast.refresh_from_db()
    write(broadcast, channel="telegram")
    sending()
    bot_api.blocks(CHAT)
    if is_told:
        poll(client=client, now=clock.now)
        assert Subscription.objects.get().state == "stopped"
    hire(configured("telegram")).work()

    assert Subscription.objects.get().state == "stopped"
    assert Delivery.objects.get().status == ("cancelled" if is_told else "blocked")
    assert not Suppression.objects.exclude(reason="blocked").exists()

    bot_api.unblocks(CHAT)
    Phone(bot_api, client, chat=CHAT).writes("/start")

    subscription = Subscription.objects.get()
    assert (subscription.state, subscription.subscriber_id) == ("active", subscriber.pk)
    assert not Suppression.objects.exists()
