from itertools import pairwise

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from home.editorial.lint import Rule, lint

ILLEGAL = Rule(avoid="illegal migrant", instead="migrant in an irregular situation")
DOMINICAN = Rule(
    avoid="Dominican", instead="Dominican (Dominica)", unless=("Dominican (Dominica)", "Dominican Republic")
)
NEUTRAL = st.text(alphabet="bdfhjkmnpqtvwz éñ.,;:-\n", max_size=40)
"""Text that holds no phrase of these tests and no quotation mark."""


def found(text: str, *rules: Rule, language: str = "en") -> list[str]:
    return [finding.words for finding in lint(text, rules, language=language)]


@pytest.mark.parametrize(
    ("text", "avoid", "language", "words"),
    [
        ("An ILLEGAL  migrant came.", "illegal migrant", "en", ["ILLEGAL  migrant"]),
        ("Illegal migrants came.", "illegal migrant", "en", ["Illegal migrants"]),
        ("Two policemen and a policeman.", "policeman", "en", ["policemen", "policeman"]),
        ("Many colonies.", "colony", "en", ["colonies"]),
        ("Des migrants illégaux.", "migrant illégal", "fr", ["migrants illégaux"]),
        ("MIGRANT ILLEGAL", "migrant illégal", "fr", ["MIGRANT ILLEGAL"]),
        ("Los inmigrantes ilegales.", "inmigrante ilegal", "es", ["inmigrantes ilegales"]),
        ("Migran ilegal yo.", "migran ilegal", "ht", ["Migran ilegal"]),
        ("Migrans", "migran", "ht", []),
        ("Yon bon moun", "bòn", "ht", []),
        ("Yon BÒN", "bòn", "ht", ["BÒN"]),
        ("Yon bo\u0300n", "bòn", "ht", ["bo\u0300n"]),
        ("bòn", "bo", "ht", []),
        ("An alienated alien’s view", "alien", "en", ["alien"]),
        ("manpower-planning", "manpower", "en", ["manpower"]),
        ("the maiden’s maid", "maid", "en", ["maid"]),
    ],
)
def test_phrase_is_found_with_case_accents_and_plurals_of_its_language(text, avoid, language, words):
    assert found(text, Rule(avoid, "other"), language=language) == words


@pytest.mark.parametrize(
    "text",
    [
        "She said: “An illegal migrant has no rights.”",
        'The law says "illegal migrant" twice.',
        "« illegal migrant »",
        "‘illegal migrant’ is what they said",
        "„illegal migrant“",
    ],
)
def test_words_in_quotation_marks_are_left_alone(text):
    assert found(text, ILLEGAL) == []


def test_words_outside_quotation_marks_are_found_beside_a_quotation():
    assert found("“illegal migrant” is what an illegal migrant hears", ILLEGAL) == ["illegal migrant"]


def test_apostrophe_opens_no_quotation():
    assert found("It’s an illegal migrant’s word", ILLEGAL) == ["illegal migrant"]


def test_word_is_right_within_the_phrases_named_for_it():
    text = "A Dominican (Dominica) in the Dominican Republic met a Dominican."
    assert [finding.start for finding in lint(text, [DOMINICAN], language="en")] == [text.rindex("Dominican")]


def test_of_findings_that_overlap_the_longest_counts():
    assert found("an illegal migrant worker", ILLEGAL, Rule("illegal migrant worker", "x")) == [
        "illegal migrant worker"
    ]


def test_rule_without_words_finds_nothing():
    assert found("anything", Rule("  ", "x"), Rule("", "x")) == []


@given(before=NEUTRAL, after=NEUTRAL)
@example(before="é", after="")
def test_phrase_is_found_at_its_place_in_any_text_and_only_as_words(before, after):
    text = f"{before}illegal migrant{after}"
    alone = not before[-1:].isalnum() and not after[:1].isalnum()
    findings = lint(text, [ILLEGAL], language="en")
    assert [(finding.start, finding.words) for finding in findings] == (
        [(len(before), "illegal migrant")] if alone else []
    )


@given(before=NEUTRAL, inside=NEUTRAL, after=NEUTRAL)
def test_quotation_is_left_alone_in_any_text(before, inside, after):
    assume("\n" not in inside)
    assert found(f"{before}“{inside} illegal migrant {inside}”{after}", ILLEGAL) == []


@given(st.text(max_size=60), st.text(max_size=8), st.sampled_from(["en", "fr", "es", "ht", "ar"]))
@example("ß", "s", "en")
@example("e\u0301galite\u0301", "égalité", "fr")
def test_every_finding_is_a_part_of_the_text_and_none_overlaps(text, avoid, language):
    findings = lint(text, [Rule(avoid, "other")], language=language)
    assert all(finding.words == text[finding.start : finding.end] and finding.words for finding in findings)
    assert all(first.end <= second.start for first, second in pairwise(findings))


@given(st.text(alphabet="aeiouxyz ", min_size=1, max_size=30))
def test_case_changes_nothing(text):
    rule = Rule("ax", "other")
    places = [
        [(finding.start, finding.end) for finding in lint(each, [rule], language="en")] for each in (text, text.upper())
    ]
    assert places[0] == places[1]
