"""A rule as a query and the same rule read plainly agree, for every rule and every person."""

from itertools import product

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from outreach.audience.models import Subscriber, Subscription, TopicChoice
from outreach.audience.rules import EVERYBODY, MOST_DEPTH, allowed_values, as_query, matches, validate_rule
from outreach.audience.segments import simple_answers, simple_rule

LANGUAGES, GROUPS, GENDERS = ("en", "ht", "acf"), ("", "worker", "media"), ("", "woman", "undisclosed")
TOPICS = (frozenset(), frozenset({"work"}), frozenset({"work", "rights"}), frozenset({"data"}))
PEOPLE = list(product(LANGUAGES, GROUPS, GENDERS, TOPICS))


def values_of(field):
    return st.lists(st.sampled_from(allowed_values(field)), max_size=4, unique=True)


FIELD = st.sampled_from(["language", "group", "gender", "topic"])
TEST = FIELD.flatmap(lambda field: values_of(field).map(lambda values: {"field": field, "in": values}))
RULE = st.recursive(
    TEST,
    lambda part: (
        st.lists(part, max_size=3).map(lambda parts: {"all": parts})
        | st.lists(part, max_size=3).map(lambda parts: {"any": parts})
        | part.map(lambda negated: {"not": negated})
    ),
    max_leaves=8,
)


class TestRules(TestCase):
    """Every combination of answers is one person with two addresses."""

    @classmethod
    def setUpTestData(cls):
        cls.people = Subscriber.objects.bulk_create(
            Subscriber(language=language, group=group, gender=gender) for language, group, gender, _topics in PEOPLE
        )
        TopicChoice.objects.bulk_create(
            TopicChoice(subscriber=person, topic=topic)
            for person, (*_answers, topics) in zip(cls.people, PEOPLE, strict=True)
            for topic in topics
        )
        Subscription.objects.bulk_create(
            Subscription(subscriber=person, channel=channel, address_hash=str(person.pk))
            for person in cls.people
            for channel in ("email", "telegram")
        )

    @settings(max_examples=100, deadline=None)
    @given(RULE)
    def test_the_query_of_a_rule_finds_those_whom_a_plain_reading_finds(self, rule):
        expected = {
            person.pk
            for person, (language, group, gender, topics) in zip(self.people, PEOPLE, strict=True)
            if matches(rule, language=language, group=group, gender=gender, topics=topics)
        }

        found = list(Subscriber.objects.filter(as_query(rule)).values_list("pk", flat=True))
        through_addresses = Subscription.objects.filter(as_query(rule, prefix="subscriber__"))

        assert len(found) == len(set(found))
        assert set(found) == expected
        assert through_addresses.count() == 2 * len(expected)
        assert set(through_addresses.values_list("subscriber", flat=True)) == expected


@given(RULE)
def test_every_rule_that_can_be_built_is_valid(rule):
    validate_rule(rule, depth=-10)


@given(st.fixed_dictionaries({field: values_of(field) for field in ("language", "group", "gender", "topic")}))
def test_what_ticks_say_can_be_read_back_from_the_rule(answers):
    rule = simple_rule(answers)

    validate_rule(rule)
    assert simple_answers(rule) == {field: values for field, values in answers.items() if values}


@given(RULE)
def test_a_rule_is_shown_as_ticks_only_if_they_say_the_same(rule):
    answers = simple_answers(rule)

    if answers is not None:
        for language, group, gender, topics in PEOPLE[::7]:
            person = {"language": language, "group": group, "gender": gender, "topics": topics}
            assert matches(simple_rule(answers), **person) == matches(rule, **person)


def test_no_tick_at_all_is_everybody():
    assert simple_rule({}) == EVERYBODY
    assert simple_answers(EVERYBODY) == {}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda part: (
        st.lists(part, max_size=3)
        | st.dictionaries(st.sampled_from(["all", "any", "not", "field", "in", "x"]), part, max_size=3)
    ),
    max_leaves=10,
)


@given(JSON)
def test_anything_else_is_refused_or_can_be_read(rule):
    try:
        validate_rule(rule)
    except ValidationError:
        return
    assert matches(rule, language="en", group="", gender="", topics=frozenset()) in {True, False}
    assert as_query(rule) is not None


@pytest.mark.parametrize(
    "rule",
    [
        {}, [], None, "all", {"all": {}}, {"any": "x"}, {"not": []}, {"all": [], "any": []}, {"field": "group"},
        {"field": "nationality", "in": []}, {"field": ["group"], "in": []}, {"field": "group", "in": "worker"},
        {"field": "group", "in": ["president"]}, {"field": "group", "in": [[]]}, {"field": "group", "in": [None]},
        {"field": "password__startswith", "in": ["a"]},
    ],
)  # fmt: skip
def test_what_is_no_rule_is_refused(rule):
    with pytest.raises(ValidationError):
        validate_rule(rule)


def test_a_rule_is_nested_only_so_deep():
    rule = EVERYBODY
    for _level in range(MOST_DEPTH + 1):
        rule = {"not": rule}

    with pytest.raises(ValidationError):
        validate_rule(rule)
