"""What a form that asks for little changes, and what it leaves as it is."""

from datetime import timedelta

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.conf import settings as configured
from django.utils.translation import override

from outreach.audience.confirmation import link
from outreach.audience.models import Consent, Subscriber, Subscription
from outreach.audience.subscriptions import leave

WHOLE = {
    "group": "worker",
    "gender": "woman",
    "parish": "st_paul",
    "topics": ["work", "rights"],
    "purposes": frozenset({"messages", "gender_statistics", "click_tracking"}),
}
SHORT = {"is_short": True, "purposes": frozenset({"messages"})}
LATER = timedelta(minutes=30)


def about(subscriber):
    subscriber.refresh_from_db()
    topics = set(subscriber.topics.values_list("topic", flat=True))
    return subscriber.group, subscriber.gender, subscriber.parish, topics


def test_whoever_joins_by_it_has_said_nothing_else(confirmed):
    subscription = confirmed(**SHORT, language="fr")

    assert subscription.state == "active"
    assert about(subscription.subscriber) == ("", "", "", set())
    assert subscription.subscriber.language == "fr"
    assert [(each.purpose, each.granted) for each in Consent.objects.all()] == [("messages", True)]


def test_whoever_is_here_keeps_what_it_does_not_ask(confirmed, now):
    subscription = confirmed(**WHOLE)
    before, entries = about(subscription.subscriber), Consent.objects.count()

    confirmed(**SHORT, now=now + LATER)

    subscription.refresh_from_db()
    assert about(subscription.subscriber) == before
    assert before == ("worker", "woman", "st_paul", {"work", "rights"})
    assert subscription.allows_click_tracking
    assert subscription.allows_gender_statistics
    assert Consent.objects.count() == entries


def test_the_whole_form_takes_back_what_is_passed_over(confirmed, now):
    subscription = confirmed(**WHOLE)

    confirmed(purposes=frozenset({"messages"}), now=now + LATER)

    subscription.refresh_from_db()
    assert about(subscription.subscriber) == ("", "", "", set())
    assert not subscription.allows_click_tracking


def test_whoever_left_and_joins_by_it_agrees_to_messages_alone(confirmed, now):
    subscription = confirmed(**WHOLE)
    leave(subscription=subscription, method="one_click", now=now)

    confirmed(**SHORT, now=now + LATER)

    subscription.refresh_from_db()
    assert (subscription.state, subscription.allows_messages) == ("active", True)
    assert not subscription.allows_click_tracking
    assert Subscriber.objects.get().gender == ""


@pytest.mark.parametrize("answers", [SHORT, WHOLE], ids=["short", "whole"])
def test_the_page_that_confirms_names_what_was_asked_and_what_to_think_of(client, joins, now, answers):
    request = joins(**answers).join_requests.get()
    with time_machine.travel(now, tick=False), override("en"):
        page = BeautifulSoup(
            client.get(link(request=request, now=now).removeprefix(configured.SITE_URL)).content, "html.parser"
        )

    assert ("Topics" in page.text) == (answers is WHOLE)
    assert ("Saint Paul" in page.text) == (answers is WHOLE)
    assert "Are you under 18?" in page.text
    assert "Does somebody else use your phone or your mailbox?" in page.text
    assert Subscription.objects.get().state == "pending"
