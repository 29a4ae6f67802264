"""A rule becomes a draft and a draft a rule, and both mean the same."""

import pytest
from django.http import QueryDict
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from outreach.audience.rules import EVERYBODY, matches, validate_rule
from outreach.audience.staff.segments.draft import Condition, Group, as_draft, as_rule
from outreach.audience.staff.segments.form_data import MOST_NESTED, DamagedForm, change, read
from tests.outreach.audience.rules.rules import NOW, RULE, people

from .forms import filled_in

PEOPLE = list(people())
WORKERS = {"field": "group", "in": ["worker"]}


def posted(data):
    found = QueryDict(mutable=True)
    for name, value in data.items():
        found.setlist(name, value if isinstance(value, list) else [value])
    return found


@settings(max_examples=60, deadline=None)
@given(RULE)
def test_a_rule_comes_back_from_its_form_with_the_same_meaning(rule):
    draft = read(posted(filled_in(rule)))
    built = as_rule(draft)

    assert draft == as_draft(rule)
    assume(built is not None)  # an empty choice or group is not taken from a form
    validate_rule(built)
    assert [matches(built, person, now=NOW) for person in PEOPLE] == [
        matches(rule, person, now=NOW) for person in PEOPLE
    ]
    assert as_draft(built) == draft


TEXT = st.text(max_size=8) | st.sampled_from(
    ["r", "r-0", "r:group-of-parts", "r-0:group", "r-0:joined", "add r", "all"]
)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(TEXT, max_size=4),
    st.dictionaries(
        st.sampled_from(["r.mode", "r-0.mode", "r-0.values", "r-0.first", "r-0.days", "r.new", "do"]), TEXT
    ),
)
def test_a_form_that_nobody_was_sent_is_refused_or_read(parts, fields):
    data = posted({"part": ["r:group-of-parts", *parts], **fields})
    try:
        draft = read(data)
        change(draft, data)
    except DamagedForm:
        return
    rule = as_rule(draft)
    if rule is None:
        assert any(part.errors for part in draft.everything())
    else:
        validate_rule(rule)


@pytest.mark.parametrize(
    "parts",
    [
        [],
        ["r:group"],
        ["r-0:group-of-parts"],
        ["r:group-of-parts", "r-0:nationality"],
        ["r:group-of-parts", "r-0:gender", "r-0:gender"],
        ["r:group-of-parts", "r-0:gender", "r-0-0:gender"],
        ["r:group-of-parts", "r-<script>:gender"],
        ["r:group-of-parts", *(f"r-{place}:gender" for place in range(300))],
    ],
)
def test_a_damaged_form_is_refused(parts):
    with pytest.raises(DamagedForm):
        read(posted({"part": parts}))


def test_parts_are_added_and_removed_where_the_button_stands():
    draft = Group()

    assert change(draft, posted({"do": "add r", "r.new": "gender"})) == "r-0"
    assert change(draft, posted({"do": "group r"})) == "r-1"
    assert change(draft, posted({"do": "add r-1", "r-1.new": "active_within"})) == "r-1-0"
    assert change(draft, posted({"do": "remove r-0"})) == "r"

    assert draft == Group("all", [Group("any", [Condition("active_within")])])
    assert [part.path for part in draft.everything()] == ["r", "r-0", "r-0-0"]


@pytest.mark.parametrize("button", ["", "add", "add r-7", "remove r", "erase r", "group r-0", "add r-0"])
def test_a_button_that_there_is_not_is_refused(button):
    draft = as_draft(WORKERS)

    with pytest.raises(DamagedForm):
        change(draft, posted({"do": button, "r-0.new": "gender"}))


def test_groups_stand_only_so_deep_in_each_other():
    draft, place = Group(), "r"
    for _level in range(MOST_NESTED):
        place = change(draft, posted({"do": f"group {place}"}))
    change(draft, posted({"do": f"add {place}", f"{place}.new": "gender"}))
    condition = list(draft.everything())[-1]
    condition.values, condition.is_not = ["woman"], True

    assert as_rule(draft) is not None
    assert change(draft, posted({"do": f"group {place}"})) == place
    assert "deep" in next(part for part in draft.everything() if part.path == place).errors[0]


@pytest.mark.parametrize(
    ("condition", "sentence"),
    [
        (Condition("gender"), "Choose at least one."),
        (Condition("gender", values=["president"]), "“president” is not a value of “gender”."),
        (Condition("joined"), "Give the first day, the last day or both."),
        (Condition("joined", first="30/06/2026"), "is not a day"),
        (Condition("joined", first="2026-07-01", last="2026-06-30"), "lies after"),
        (Condition("active_within"), "whole number of days"),
        (Condition("active_within", days="-3"), "whole number of days"),
        (Condition("active_within", days="٣"), "whole number of days"),
        (Condition("joined_within", days="99999"), "whole number of days"),
        (Group("any"), "Add a condition to this group"),
    ],
)
def test_what_is_missing_or_wrong_is_told_at_its_place(condition, sentence):
    assert as_rule(Group(parts=[condition])) is None
    assert sentence in condition.errors[0]


def test_nothing_at_all_is_everybody():
    assert as_rule(Group()) == EVERYBODY
    assert as_draft(EVERYBODY) == Group()
