"""What the ledger and the events keep of one person, in their document."""

import pytest
from django.utils import timezone

from outreach.audience.models import Subscription
from outreach.audience.personal_data import document, readable
from outreach.broadcasts import services as broadcasts
from outreach.delivery.freeze import freeze
from outreach.delivery.models import Delivery
from outreach.tracking.models import TrackingEvent
from tests.outreach.delivery.conftest import START, broadcast, everybody, person  # noqa: F401

pytestmark = pytest.mark.django_db


@pytest.fixture
def delivered(broadcast):
    for number in range(2):
        person(number)
    Subscription.objects.update(allows_click_tracking=True)
    broadcasts.freeze_content(broadcast)
    freeze(broadcast=broadcast, now=START)
    Delivery.objects.update(status="accepted", attempted_at=START, provider_id="<1@example.org>")
    return list(Delivery.objects.order_by("pk"))


def test_messages_stand_with_subject_date_and_what_became_of_them(delivered):
    found = document(subscriber=delivered[0].subscriber)["messages"]

    assert [(each["subject"], each["status"], each["sent_at"]) for each in found] == [
        ("Subject en", "accepted", START.isoformat())
    ]


def test_clicks_stand_with_the_link_that_was_followed_and_those_of_others_do_not(delivered):
    for delivery in delivered:
        TrackingEvent.objects.create(
            broadcast_id=delivery.broadcast_id, delivery=delivery, kind="click", link=1, occurred_at=timezone.now()
        )

    (event,) = document(subscriber=delivered[0].subscriber)["events"]

    assert (event["kind"], event["subject"]) == ("click", "Subject en")
    assert event["link"] == delivered[0].message.links[0]


@pytest.mark.parametrize("link", [None, 0, 99])
def test_an_event_without_a_link_that_the_message_has_is_told_without_one(delivered, link):
    TrackingEvent.objects.create(
        broadcast_id=delivered[0].broadcast_id, delivery=delivered[0], kind="open", link=link, occurred_at=START
    )

    assert document(subscriber=delivered[0].subscriber)["events"][0]["link"] == ""


def test_the_document_asks_the_same_number_of_queries_for_many_messages(delivered, django_assert_num_queries):
    subscriber = delivered[0].subscriber
    with django_assert_num_queries(10):
        readable(subscriber=subscriber)
    for number in range(2, 30):
        TrackingEvent.objects.create(
            broadcast_id=delivered[0].broadcast_id, delivery=delivered[0], kind="open", link=number, occurred_at=START
        )

    with django_assert_num_queries(10):
        readable(subscriber=subscriber)
