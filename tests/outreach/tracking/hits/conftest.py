"""Fixtures of the delivery's tests, which the events of hits belong to."""

import pytest

from outreach.audience.models import Subscription
from outreach.broadcasts import services as broadcasts
from outreach.delivery.freeze import freeze
from outreach.delivery.models import Delivery
from tests.outreach.delivery.conftest import START, broadcast, everybody, person  # noqa: F401


@pytest.fixture
def delivered(broadcast):
    """The deliveries of a broadcast to six people, all of whom let their clicks and opens be counted."""
    for number in range(6):
        person(number)
    Subscription.objects.update(allows_click_tracking=True, allows_open_tracking=True)
    broadcasts.freeze_content(broadcast)
    freeze(broadcast=broadcast, now=START)
    broadcast.started_at = START
    broadcast.save()
    Delivery.objects.update(status="accepted", attempted_at=START, settled_at=START)
    return list(Delivery.objects.order_by("pk").select_related("message"))
