"""Counting people of a rule, and what a reader is told of the counts."""

import pytest

from outreach.audience import subscriptions
from outreach.audience.choices import Purpose
from outreach.audience.rules import EVERYBODY
from outreach.audience.segments import compared, count, people_of, shown, size

pytestmark = pytest.mark.django_db

WORKERS, MEDIA = {"field": "group", "in": ["worker"]}, {"field": "group", "in": ["media"]}


def test_only_those_are_counted_whom_a_message_can_reach_now(confirmed, joins, now):
    confirmed(address="a@example.org", group="worker")
    confirmed(address="b@example.org", group="media", language="fr")
    joins(channel="telegram", address="1", method="bot")
    joins(address="pending@example.org")
    left = confirmed(address="left@example.org", group="worker")
    subscriptions.leave(subscription=left, method="one_click", now=now)

    found = size(EVERYBODY, now=now)

    assert found.people == count(EVERYBODY, now=now) == 3
    assert found.by_channel == {"email": 2, "telegram": 1}
    assert found.by_language == {"en": 2, "fr": 1, "es": 0, "ht": 0, "acf": 0}
    assert count(WORKERS, now=now) == 1


@pytest.mark.parametrize("rule", [EVERYBODY, {"field": "topic", "in": ["work"]}, {"field": "channel", "in": ["email"]}])
def test_a_rule_that_asks_nothing_of_a_persons_own_row_counts_the_same_people(confirmed, joins, now, rule):
    person = confirmed(topics=["work"]).subscriber
    chat = joins(channel="telegram", address="1", method="bot")
    type(chat).objects.filter(pk=chat.pk).update(subscriber=person)
    confirmed(address="b@example.org", topics=["data"])

    assert count(rule, now=now) == people_of(rule, now=now).count()


def test_addresses_are_counted_by_each_consent(confirmed, now):
    confirmed(address="a@example.org")
    confirmed(address="b@example.org", purposes=frozenset({Purpose.MESSAGES, Purpose.CLICK_TRACKING}))

    assert size(EVERYBODY, now=now).by_purpose == {
        "messages": 2,
        "gender_statistics": 0,
        "open_tracking": 0,
        "click_tracking": 1,
    }


def test_a_person_with_two_addresses_is_one_person(confirmed, joins, now):
    person = confirmed().subscriber
    chat = joins(channel="telegram", address="1", method="bot")
    type(chat).objects.filter(pk=chat.pk).update(subscriber=person)

    found = size(EVERYBODY, now=now)

    assert (found.people, found.by_channel) == (1, {"email": 1, "telegram": 1})


@pytest.mark.parametrize(("people", "warns"), [(0, False), (1, True), (4, True), (5, False)])
def test_fewer_than_five_people_could_be_singled_out(confirmed, now, people, warns):
    for number in range(people):
        confirmed(address=f"{number}@example.org")

    assert size(EVERYBODY, now=now).singles_out is warns


def test_counting_takes_two_queries_whatever_the_rule(now, django_assert_num_queries):
    rule = {"all": [{"field": "topic", "in": ["work"]}, {"not": {"field": "channel", "in": ["email"]}}]}

    with django_assert_num_queries(2):
        size(rule, now=now)


def test_two_segments_share_some_people_and_not_others(confirmed, now):
    for number, group in enumerate(["worker", "worker", "media", "student"]):
        confirmed(address=f"{number}@example.org", group=group)
    either = {"field": "group", "in": ["media", "worker"]}

    assert tuple(vars(compared(WORKERS, either, now=now)).values()) == (0, 2, 1)
    assert tuple(vars(compared(WORKERS, MEDIA, now=now)).values()) == (2, 0, 1)


@pytest.mark.parametrize(
    ("number", "rounded"), [(0, "<5"), (1, "<5"), (4, "<5"), (5, "5"), (9, "5"), (10, "10"), (1_234_567, "1,234,565")]
)
def test_who_may_not_see_people_is_told_counts_in_fives(number, rounded):
    assert shown(number, exactly=False) == rounded
    assert shown(number, exactly=True) == f"{number:,}"


def test_one_person_more_or_less_can_not_be_told_from_a_small_difference(confirmed, now):
    """Whoever counts a group with one person and without them reads the same."""
    for number in range(7):
        confirmed(address=f"{number}@example.org", group="worker")
    confirmed(address="one@example.org", group="worker", gender="another")
    without = {"all": [WORKERS, {"not": {"field": "gender", "in": ["another"]}}]}

    told = {shown(count(rule, now=now), exactly=False) for rule in (WORKERS, without)}

    assert told == {"5"}
