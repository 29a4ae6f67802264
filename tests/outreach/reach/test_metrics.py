from fractions import Fraction

import pytest

from outreach.reach.metrics import (
    ACCEPTED,
    BY_CODE,
    CLICKED,
    COHORT_CLICKS,
    INDICATORS,
    METRICS,
    PARTS,
    Metric,
    Share,
)

CORE = {
    "P1", "P2", "P3", "P4", "D2", "R1", "R2", "R3", "R4", "R5", "R6", "W1", "E1", "E2", "E3", "E5", "O1", "O2", "O3",
    "O4",
}  # fmt: skip
SUPPORTING = {"D1", "E4", "C1"}
LEVELS = {
    "output": {"P1", "P2", "P3", "P4", "D1", "D2", "R1", "R2", "R3", "R4", "R5", "R6", "W1"},
    "out-take": {"E1", "E2", "E3", "E4", "E5"},
    "outcome": {"O1", "O2", "O3", "O4"},
    "efficiency": {"C1"},
}

COUNTS = {
    # Counted by hand: 50 messages, of which 44 arrived, to 40 people; 4 were sent back.
    "planned": 52, "excluded": 7, "failed": 2, "unsent": 2, "missed": 8,
    "attempted": 50, "accepted": 44, "bounced": 4, "people": 40, "withdrawn": 3, "unsubscribed": 2,
    # 12 women, 9 men and 3 others said so, 6 prefer not to say, 10 were not asked.
    "woman": 12, "man": 9, "another": 3, "undisclosed": 6, "not_asked": 10,
    # 20 people allow personal links, 8 of them followed one; 16 mails may be seen opened, 4 were.
    "trackable": 22, "clicked": 9, "trackable_people": 20, "clickers": 8, "open_trackable": 16, "opened": 4,
    "machine_opened": 2, "cohort_size": 24, "cohort_clicks": 15, "machine_clicks": 5,
    "active_subscribers": 60, "population": 800,
    "items": 12, "items_in_every_language": 9, "items_accessible": 10, "quoted_people": 7, "quoted_women": 4,
    "visits": 321, "page_visits": 280, "machine_views": 70,
    "visits_signalled": 200, "visits_completed": 90, "estimated_audience": 5000, "responses": 17,
    "recalling": 110, "recall_respondents": 250, "baseline_correct": 93, "baseline_respondents": 300,
    "endline_correct": 138, "endline_respondents": 300, "agreeing": 204, "attitude_respondents": 400,
    "evidence_users": 14, "evidence_respondents": 40, "spending": 1300,
}  # fmt: skip
BY_HAND = {
    "P1": 12, "P2": Fraction(3, 4), "P3": Fraction(5, 6), "P4": Fraction(4, 7),
    "D1": 50, "D2": Fraction(22, 25), "R1": 40, "R2": Fraction(11, 10), "R3": Fraction(2, 3),
    "R4": Fraction(1, 2), "R5": Fraction(3, 5), "R6": 5000,
    "W1": 321, "E1": Fraction(2, 5), "E2": Fraction(1, 4), "E3": Fraction(9, 20), "E4": 17, "E5": Fraction(3, 44),
    "O1": Fraction(11, 25), "O2": Fraction(3, 20), "O3": Fraction(51, 100), "O4": Fraction(7, 20),
    "C1": Fraction(65, 2),
}  # fmt: skip
PARTS_BY_HAND = {
    "planned": 52, "excluded": 7, "failed": 2, "unsent": 2, "missed": 8, "withdrawn": 3, "opened": 4,
    "accepted": 44, "bounced": 4, "unsubscribed": 2, "clicked": 9, "clickers": 8, "trackable_people": 20,
    "cohort_clicks": 15, "machine_clicks": 5, "machine_opened": 2, "trackable_share": Fraction(1, 2),
    "population_coverage": Fraction(1, 20), "page_visits": 280, "machine_views": 70,
}  # fmt: skip


def test_every_indicator_is_defined_once_and_nothing_else_is_one():
    assert {metric.code for metric in INDICATORS} == CORE | SUPPORTING == set(BY_CODE)
    assert len(INDICATORS) == 23
    assert {metric.code for metric in INDICATORS if metric.is_core} == CORE
    assert {metric.code for metric in PARTS} <= set(BY_CODE)


def test_every_indicator_stands_on_its_level_of_results():
    assert {str(BY_CODE[code].level): codes for codes in LEVELS.values() for code in codes} == LEVELS
    assert all(str(BY_CODE[code].level) == level for level, codes in LEVELS.items() for code in codes)


def test_list_is_closed_and_every_metric_has_one_name_and_a_whole_definition():
    assert len({metric.slug for metric in METRICS}) == len({str(metric.name) for metric in METRICS}) == len(METRICS)
    for metric in METRICS:
        parts = [metric.code, metric.name, metric.definition, metric.formula, metric.unit, metric.level]
        parts += [metric.is_not, metric.unknown, metric.source, metric.version]
        assert all(str(part) for part in parts), metric.slug
    for metric in INDICATORS:
        assert all(str(part) for part in (metric.limits, metric.disaggregation, metric.frequency)), metric.code


@pytest.mark.parametrize("code", sorted(BY_HAND))
def test_indicator_is_what_was_computed_by_hand(code):
    assert BY_CODE[code].value(COUNTS) == BY_HAND[code]


@pytest.mark.parametrize("part", PARTS, ids=lambda metric: metric.slug)
def test_part_is_what_was_computed_by_hand(part):
    assert part.value(COUNTS) == PARTS_BY_HAND[part.slug]


def test_count_is_zero_where_nothing_happened():
    assert ACCEPTED.value({}) == 0


@pytest.mark.parametrize("metric", [CLICKED, COHORT_CLICKS])
def test_clicks_are_unknown_where_nobody_could_be_seen_to_click(metric):
    assert metric.value({metric.slug: 0, metric.known_by: 0}) is None
    assert metric.value({metric.slug: 0, metric.known_by: 9}) == 0


@pytest.mark.parametrize("metric", [each for each in METRICS if isinstance(each, Share)], ids=lambda each: each.slug)
def test_division_by_nothing_is_unknown_and_so_is_what_was_not_counted(metric: Share):
    assert metric.value({**COUNTS, **dict.fromkeys(metric.denominator, 0)}) is None
    for name in (*metric.numerator, *metric.denominator):
        assert metric.value({other: count for other, count in COUNTS.items() if other != name}) is None
    others = [name for name in metric.denominator if name not in metric.numerator]
    assert metric.value({**COUNTS, **dict.fromkeys(metric.numerator, 0), others[0]: 1}) == 0


@pytest.mark.parametrize("code", ["P1", "R6", "W1", "E4"])
def test_what_nobody_counted_or_entered_is_unknown_and_a_zero_is_a_figure(code):
    metric: Metric = BY_CODE[code]
    assert metric.value({}) is None
    assert metric.value({metric.slug: 0}) == 0


def test_change_is_unknown_without_its_baseline_and_may_be_negative():
    change = BY_CODE["O2"]
    assert change.value({**COUNTS, "baseline_respondents": 0}) is None
    assert change.value({name: count for name, count in COUNTS.items() if not name.startswith("endline")}) is None
    assert change.value({**COUNTS, "endline_correct": 90}) == Fraction(-1, 100)


def test_gender_shares_count_those_who_stated_a_gender():
    shares = {metric.code: metric for metric in METRICS if isinstance(metric, Share)}
    assert shares["R4"].numerator == ("woman",)
    assert shares["R4"].denominator == shares["R5"].numerator == ("woman", "man", "another")
