import pytest

from outreach.reach.metrics import ACCEPTED, CLICKED, COHORT_CLICKS, METRICS, Share


def test_list_is_closed_and_every_metric_has_one_name_and_a_whole_definition():
    assert len({metric.slug for metric in METRICS}) == len({str(metric.name) for metric in METRICS}) == len(METRICS)
    for metric in METRICS:
        parts = [metric.code, metric.name, metric.definition, metric.formula, metric.unit]
        parts += [metric.is_not, metric.unknown, metric.source]
        assert all(str(part) for part in parts), metric.slug


def test_codes_are_those_of_the_indicators():
    assert {metric.code for metric in METRICS} == {"R1", "R4", "R5", "D2", "E1", "E5"}


def test_count_is_zero_where_nothing_happened():
    assert ACCEPTED.value({}) == 0


@pytest.mark.parametrize("metric", [CLICKED, COHORT_CLICKS])
def test_clicks_are_unknown_where_nobody_could_be_seen_to_click(metric):
    assert metric.value({metric.slug: 0, metric.known_by: 0}) is None
    assert metric.value({metric.slug: 0, metric.known_by: 9}) == 0


def test_gender_shares_count_those_who_stated_a_gender():
    shares = {metric.code: metric for metric in METRICS if isinstance(metric, Share)}
    assert shares["R4"].numerator == ("woman",)
    assert shares["R4"].denominator == shares["R5"].numerator == ("woman", "man", "another")
