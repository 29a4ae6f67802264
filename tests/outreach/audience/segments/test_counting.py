"""Counting people in segments, and the segments that every campaign starts with."""

import pytest

from outreach.audience import subscriptions
from outreach.audience.rules import EVERYBODY
from outreach.audience.segments import size

pytestmark = pytest.mark.django_db


def test_only_those_are_counted_whom_a_message_can_reach_now(confirmed, joins, now):
    confirmed(address="a@example.org", group="worker")
    confirmed(address="b@example.org", group="media")
    joins(channel="telegram", address="1", method="bot")
    joins(address="pending@example.org")
    left = confirmed(address="left@example.org", group="worker")
    subscriptions.leave(subscription=left, method="one_click", now=now)

    assert size(EVERYBODY).people == 3
    assert size(EVERYBODY).by_channel == {"email": 2, "telegram": 1}
    assert size({"field": "group", "in": ["worker"]}).people == 1


def test_a_person_with_two_addresses_is_one_person(confirmed, joins):
    person = confirmed().subscriber
    chat = joins(channel="telegram", address="1", method="bot")
    type(chat).objects.filter(pk=chat.pk).update(subscriber=person)

    assert (size(EVERYBODY).people, size(EVERYBODY).by_channel) == (1, {"email": 1, "telegram": 1})


@pytest.mark.parametrize(("people", "warns"), [(0, False), (1, True), (4, True), (5, False)])
def test_fewer_than_five_people_could_be_singled_out(confirmed, people, warns):
    for number in range(people):
        confirmed(address=f"{number}@example.org")

    assert size(EVERYBODY).singles_out is warns


def test_counting_takes_two_queries_whatever_the_rule(django_assert_num_queries):
    rule = {"all": [{"field": "topic", "in": ["work"]}, {"not": {"field": "language", "in": ["en"]}}]}

    with django_assert_num_queries(2):
        size(rule)
