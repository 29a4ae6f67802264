"""A sample shows what people said, and nothing that leads to one of them."""

import random
from dataclasses import asdict
from datetime import date

import pytest

from outreach.audience.rules import EVERYBODY
from outreach.audience.segments import sample

pytestmark = pytest.mark.django_db


def test_a_sample_says_what_a_person_said(confirmed, now):
    confirmed(address="ana@example.org", language="fr", group="worker", topics=["work"])

    (one,) = sample(EVERYBODY, now=now, chance=random.Random(1))

    assert (one.language, one.group, one.gender) == (
        "Français",
        "Worker or family of a worker",
        "Not asked or not answered",
    )
    assert (len(one.topics), one.channels, one.joined) == (1, ("E-mail",), date(2026, 11, 1))


def test_a_sample_shows_no_address_and_no_number(confirmed, now):
    person = confirmed(address="ana@example.org").subscriber
    type(person).objects.filter(pk=person.pk).update(source="ana")

    told = str([asdict(one) for one in sample(EVERYBODY, now=now, chance=random.Random(1))])

    assert "ana" not in told
    assert not {"pk", "id", "subscriber", "source"} & set(
        asdict(sample(EVERYBODY, now=now, chance=random.Random(1))[0])
    )


def test_ten_at_most_are_shown_wherever_chance_begins(confirmed, now, django_assert_num_queries):
    for number in range(12):
        confirmed(address=f"{number}@example.org")

    for seed in range(5):
        assert len(sample(EVERYBODY, now=now, chance=random.Random(seed))) == 10
    with django_assert_num_queries(7):
        sample(EVERYBODY, now=now, chance=random.Random(4))


def test_only_people_of_the_segment_are_shown(confirmed, joins, now):
    confirmed(address="a@example.org", group="worker")
    confirmed(address="b@example.org", group="media")
    joins(address="pending@example.org", group="media")

    found = sample({"field": "group", "in": ["media"]}, now=now, chance=random.Random(2))

    assert [one.group for one in found] == ["Media"]
    assert sample({"any": []}, now=now, chance=random.Random(2)) == []
