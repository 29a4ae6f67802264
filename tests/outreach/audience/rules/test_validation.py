"""What is no rule, or too much of one, is refused with a sentence that names it."""

from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from outreach.audience.rules import (
    EVERYBODY,
    MOST_DEPTH,
    MOST_TESTS,
    Person,
    as_query,
    in_words,
    matches,
    validate_rule,
)

from .rules import RULE

NOW = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)


@given(RULE)
def test_every_rule_that_can_be_built_is_valid(rule):
    validate_rule(rule, depth=-10)


WORDS = ["all", "any", "not", "field", "in", "from", "to", "within", "x"]
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=5)
    | st.sampled_from(["joined", "active", "group", "source", "2026-06-30", "9999-12-31"]),
    lambda part: st.lists(part, max_size=3) | st.dictionaries(st.sampled_from(WORDS), part, max_size=3),
    max_leaves=10,
)


@given(JSON)
def test_anything_else_is_refused_or_can_be_read(rule):
    try:
        validate_rule(rule)
    except ValidationError:
        return
    assert matches(rule, Person(joined=NOW, active=NOW, language="en"), now=NOW) in {True, False}
    assert as_query(rule, now=NOW) is not None
    assert in_words(rule)


@pytest.mark.parametrize(
    "rule",
    [
        {}, [], None, "all", {"all": {}}, {"any": "x"}, {"not": []}, {"all": [], "any": []}, {"field": "group"},
        {"field": "nationality", "in": []}, {"field": ["group"], "in": []}, {"field": "group", "in": "worker"},
        {"field": "group", "in": ["president"]}, {"field": "group", "in": [[]]}, {"field": "group", "in": [None]},
        {"field": "password__startswith", "in": ["a"]}, {"field": {}, "in": []}, {"field": "joined", "in": ["2026"]},
        {"field": "parish", "in": ["st_elsewhere"]}, {"field": "channel", "in": ["fax"]},
        {"field": "source", "in": ["x" * 61]}, {"field": "source", "in": ["a\nb"]}, {"field": "source", "in": [7]},
        {"field": "source", "in": ["x"] * 501}, {"field": "group", "within": 3},
        {"field": "active", "from": "2026-06-30"},
        {"field": "active", "within": 0}, {"field": "active", "within": -1}, {"field": "active", "within": True},
        {"field": "active", "within": 10**9}, {"field": "active", "within": 1.5}, {"field": "active", "within": "30"},
        {"field": "joined", "from": "30.06.2026"}, {"field": "joined", "from": "20260630"},
        {"field": "joined", "from": "2026-02-30"}, {"field": "joined", "from": "9999-12-31"},
        {"field": "joined", "from": "0001-01-01"}, {"field": "joined", "from": None}, {"field": "joined", "to": 5},
        {"field": "joined", "from": "2026-07-01", "to": "2026-06-30"}, {"field": "joined"},
        {"field": "joined", "within": 3, "from": "2026-06-30"}, {"field": ["joined"], "within": 3},
    ],
)  # fmt: skip
def test_what_is_no_rule_is_refused(rule):
    with pytest.raises(ValidationError) as refused:
        validate_rule(rule)

    assert all(len(sentence) < 200 for sentence in refused.value.messages)


def test_a_rule_is_nested_only_so_deep():
    rule = EVERYBODY
    for _level in range(MOST_DEPTH + 1):
        rule = {"not": rule}

    with pytest.raises(ValidationError, match="nested at most"):
        validate_rule(rule)


def test_depth_that_would_break_python_is_refused_as_well():
    rule = EVERYBODY
    for _level in range(100_000):
        rule = {"all": [rule]}

    with pytest.raises(ValidationError, match="nested at most"):
        validate_rule(rule)


def test_ten_thousand_conditions_are_refused_before_they_are_read():
    test = {"field": "group", "in": ["worker"]}

    validate_rule({"any": [test] * MOST_TESTS})
    with pytest.raises(ValidationError, match=f"at most {MOST_TESTS} conditions"):
        validate_rule({"any": [test] * 9_999 + [{"field": "gone", "in": []}]})
