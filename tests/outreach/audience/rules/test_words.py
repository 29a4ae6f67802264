"""A rule as a sentence."""

import pytest
from django.utils import translation
from hypothesis import given, settings

from outreach.audience.rules import EVERYBODY, clauses, in_words

from .rules import RULE


def choice(field, *values):
    return {"field": field, "in": list(values)}


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        (EVERYBODY, "Everybody"),
        (
            {"all": [choice("language", "fr", "es"), {"not": choice("group", "employer")}]},
            "People whose language is Français or Español, and whose group is not “Employer or recruiter”",
        ),
        (
            {"any": [choice("parish", "st_george"), choice("channel", "telegram")]},
            "People whose parish is Saint George, or who can be reached by Telegram",
        ),
        (
            {"all": [choice("gender", "man"), {"any": [choice("parish", "abroad"), choice("group", "media")]}]},
            "People whose gender is Man, and (whose parish is Outside Dominica, or whose group is “Media”)",
        ),
        ({"not": {"not": choice("gender", "woman")}}, "People whose gender is Woman"),
        (
            {"not": {"any": [choice("source", "", "radio"), {"field": "active", "within": 90}]}},
            "People for whom none of this holds "
            "(whose source is not known or radio, who were active in the last 90 days)",
        ),
        ({"not": {"field": "joined", "within": 1}}, "People who did not join in the last 1 day"),
        (
            {"field": "joined", "from": "2026-06-01", "to": "2026-06-30"},
            "People who joined from 1 June 2026 to 30 June 2026",
        ),
        ({"not": {"field": "joined", "to": "2026-06-30"}}, "People who joined after 30 June 2026"),
        (choice("topic"), "People who chose no topic"),
        ({"any": []}, "People who are nobody"),
    ],
)
def test_a_rule_reads_as_a_sentence(rule, sentence):
    with translation.override("en"):
        assert in_words(rule) == sentence


@settings(max_examples=40, deadline=None)
@given(RULE)
def test_every_rule_can_be_told_in_every_language(rule):
    for language in ("en", "es", "acf"):
        with translation.override(language):
            assert in_words(rule)
            assert all(clauses(rule))


def test_what_has_to_be_fulfilled_is_told_one_by_one():
    assert clauses(EVERYBODY) == []
    assert len(clauses({"all": [choice("gender", "woman"), choice("group", "worker")]})) == 2
