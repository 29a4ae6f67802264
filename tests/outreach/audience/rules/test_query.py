"""A rule as a query and the same rule read plainly agree, for every rule and every person."""

from datetime import timedelta

import pytest
from django.test import override_settings
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from outreach.audience.models import Subscriber, Subscription, TopicChoice
from outreach.audience.rules import Person, as_query, matches

from .rules import NOW, RULE, midnight, people


class TestRules(TestCase):
    """Everybody has two addresses, of which only those on the channels they are said to have are active."""

    @classmethod
    def setUpTestData(cls):
        cls.people = list(people())
        cls.rows = Subscriber.objects.bulk_create(
            Subscriber(
                language=person.language,
                group=person.group,
                gender=person.gender,
                parish=person.parish,
                source=person.source,
                joined_at=person.joined,
                active_at=person.active,
            )
            for person in cls.people
        )
        TopicChoice.objects.bulk_create(
            TopicChoice(subscriber=row, topic=topic)
            for row, person in zip(cls.rows, cls.people, strict=True)
            for topic in person.topics
        )
        Subscription.objects.bulk_create(
            Subscription(
                subscriber=row,
                channel=channel,
                address_hash=str(row.pk),
                state="active" if channel in person.channels else "left",
            )
            for row, person in zip(cls.rows, cls.people, strict=True)
            for channel in ("email", "telegram")
        )

    @settings(max_examples=60, deadline=None)
    @given(RULE)
    def test_the_query_of_a_rule_finds_those_whom_a_plain_reading_finds(self, rule):
        expected = {
            row.pk for row, person in zip(self.rows, self.people, strict=True) if matches(rule, person, now=NOW)
        }

        found = list(Subscriber.objects.filter(as_query(rule, now=NOW)).values_list("pk", flat=True))
        through_addresses = Subscription.objects.filter(as_query(rule, now=NOW, prefix="subscriber__"))

        assert len(found) == len(set(found))
        assert set(found) == expected
        assert through_addresses.count() == 2 * len(expected)
        assert set(through_addresses.values_list("subscriber", flat=True)) == expected

    @settings(max_examples=15, deadline=None)
    @given(rule=RULE, zone=st.sampled_from(["Pacific/Kiritimati", "America/Havana", "Asia/Kathmandu", "UTC"]))
    def test_both_agree_wherever_the_office_is(self, rule, zone):
        with override_settings(OFFICE_TIME_ZONE=zone):
            expected = {
                row.pk for row, person in zip(self.rows, self.people, strict=True) if matches(rule, person, now=NOW)
            }

            assert set(Subscriber.objects.filter(as_query(rule, now=NOW)).values_list("pk", flat=True)) == expected


def person(**said):
    return Person(**{"joined": NOW, "active": NOW, "language": "en", **said})


@pytest.mark.parametrize(
    ("rule", "joined", "fits"),
    [
        ({"field": "joined", "within": 1}, midnight(21), True),
        ({"field": "joined", "within": 1}, midnight(21) - timedelta(microseconds=1), False),
        ({"field": "joined", "from": "2026-11-22"}, midnight(22), True),
        ({"field": "joined", "to": "2026-11-21"}, midnight(22), False),
        ({"field": "joined", "to": "2026-11-21"}, midnight(22) - timedelta(microseconds=1), True),
        ({"field": "joined", "from": "2026-11-22", "to": "2026-11-22"}, midnight(23) - timedelta(seconds=1), True),
        ({"field": "joined", "from": "2026-11-22", "to": "2026-11-22"}, midnight(23), False),
    ],
)
def test_days_are_those_of_the_office(rule, joined, fits):
    assert matches(rule, person(joined=joined), now=NOW) is fits


def test_the_last_days_move_on_with_the_moment_of_reading():
    rule = {"field": "active", "within": 30}
    somebody = person(active=NOW - timedelta(days=29))

    assert matches(rule, somebody, now=NOW)
    assert not matches(rule, somebody, now=NOW + timedelta(days=2))


def test_who_chose_no_topic_wants_every_topic():
    rule = {"field": "topic", "in": ["work"]}

    assert matches(rule, person(), now=NOW)
    assert matches(rule, person(topics=("work", "data")), now=NOW)
    assert not matches(rule, person(topics=("data",)), now=NOW)
