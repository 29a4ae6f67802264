"""The closed list with its figures, each computed by hand from what stands here."""

from decimal import Decimal
from fractions import Fraction

import pytest

from outreach.reach import printing
from outreach.reach.cube import Cube
from outreach.reach.disclosure import AtLeast, Hidden, Shown, Unknown
from outreach.reach.indicator_table import indicator_table
from outreach.reach.metrics import COVERAGE, DELIVERY_RATE, INDICATORS, LEAVING_RATE, MACHINE_OPENS, POPULATION_COVERAGE
from outreach.reach.periods import parse
from outreach.reach.snapshots.freezing import freeze_period
from outreach.reach.tables import report

from .conftest import CLOSED

FIGURES = {
    "people": {"": 200, "gender=woman": 90, "gender=man": 60, "gender=another": None, "gender=undisclosed": 20,
               "gender=": 26},
    "accepted": {"": 250}, "bounced": {"": 30}, "failed": {"": 20}, "clickers": {"": 30}, "trackable_people": {"": 120},
    "opened": {"": None}, "open_trackable": {"": 80}, "withdrawn": {"": 10},
}  # fmt: skip
SITE = {
    "items": 12, "items_in_every_language": 9, "items_accessible": 12, "quoted_women": 3, "quoted_people": 5,
    "active_subscribers": 800, "visits": 4000, "visits_completed": 30, "visits_signalled": 120,
}  # fmt: skip

BY_HAND = {
    "P1": Shown(12), "P2": Shown(Fraction(3, 4)), "P3": Shown(Fraction(1)), "P4": Shown(Fraction(3, 5)),
    "D1": Shown(300), "D2": Shown(Fraction(5, 6)), "R1": Shown(200), "R2": Shown(Decimal("1.25")),
    "R3": Shown(Fraction(1, 4)), "R4": Hidden(), "R5": AtLeast(Fraction(3, 4)), "W1": Shown(4000),
    "E1": Shown(Fraction(1, 4)), "E2": Hidden(), "E3": Shown(Fraction(1, 4)),
    "E5": Shown(Fraction(1, 25)),
}  # fmt: skip


def table_of(figures=FIGURES, site=SITE, **given):
    return indicator_table(Cube(figures), site, **{"k": 5, **given})


def cells(figures=FIGURES, site=SITE, **given):
    rows = table_of(figures, site, **given).rows
    return {row.metric.code: row.cells[0] for row in rows if row.metric in INDICATORS}


def test_every_indicator_that_is_counted_has_its_row_in_the_order_of_the_closed_list():
    table = table_of()
    counted = [each for each in INDICATORS if not each.is_entered]
    beside = (MACHINE_OPENS, POPULATION_COVERAGE)
    assert [row.metric for row in table.rows if row.metric not in beside] == counted
    assert table.rows[0].label == f"P1 {INDICATORS[0].name}"


def test_what_machines_opened_stands_behind_what_people_did():
    rows = table_of(FIGURES | {"machine_opened": {"": 12}}).rows
    place = [row.metric.slug for row in rows].index("machine_opened")
    assert rows[place - 1].metric.code == "E2"
    assert rows[place].cells == (Shown(12),)


@pytest.mark.django_db
def test_a_frozen_period_knows_every_indicator_for_which_something_was_counted(ledger, october):
    for delivery in october.deliveries.filter(gender="man").order_by("pk")[:12]:
        ledger.event(delivery, "complaint")
    ledger.close(october)
    freeze_period(period=parse("2026-11"), user=None, now=CLOSED)
    table = next(each for each in report(period=parse("2026-11")).tables if each.slug == "indicators")
    found = {row.metric.code: row.cells[0] for row in table.rows if row.metric in INDICATORS}
    # In this ledger nobody is active, nobody read the site, nothing was published and nobody allows opens.
    assert {code for code, cell in found.items() if cell == Unknown()} == {"P2", "P3", "P4", "R3", "W1", "E2", "E3"}
    assert found["E5"] == Shown(Fraction(12, 82))


@pytest.mark.django_db
def test_the_size_of_the_register_is_kept_in_tens(ledger, october, monkeypatch):
    ledger.close(october)
    monkeypatch.setattr("outreach.reach.site_counts.active_subscribers", lambda: 219)
    freeze_period(period=parse("2026-11"), user=None, now=CLOSED)
    table = next(each for each in report(period=parse("2026-11")).tables if each.slug == "indicators")
    (found,) = [row.cells[0] for row in table.rows if row.metric is COVERAGE]
    assert found == Shown(Fraction(39, 100)), "82 of 210"


def test_the_size_of_each_group_stands_behind_the_coverage_with_its_year_and_source():
    given = {"segment": "", "gender": "", "name": "", "people": 1600, "year": 2024, "source": "Census"}
    women = {**given, "gender": "woman", "people": 900, "year": 2023, "source": "Register"}
    another = {**women, "gender": "another"}
    rows = [row for row in table_of(populations=[given, women, another]).rows if row.metric.code == "R3"]
    assert [row.metric for row in rows] == [COVERAGE, *[POPULATION_COVERAGE] * 3]
    assert [row.cells[0] for row in rows[1:]] == [Shown(Fraction(1, 8)), Shown(Fraction(1, 10)), Hidden()]
    assert [row.label for row in rows[1:3]] == [
        "R3 Coverage of the group. All segments: estimated 1,600 people in 2024, source: Census",
        "R3 Coverage of the group. All segments · Women: estimated 900 people in 2023, source: Register",
    ]


def test_without_an_estimate_the_coverage_of_the_group_is_unknown_and_not_0():
    (row,) = [row for row in table_of().rows if row.metric is POPULATION_COVERAGE]
    assert (row.label, row.cells) == ("R3 Coverage of the group", (Unknown(),))


@pytest.mark.parametrize("code", BY_HAND)
def test_figure_is_what_was_computed_by_hand(code):
    assert cells()[code] == BY_HAND[code]


def test_the_female_share_is_shown_where_every_gender_that_was_stated_is():
    people = FIGURES["people"] | {"gender=another": 10}
    found = cells(FIGURES | {"people": people})
    assert (found["R4"], found["R5"]) == (Shown(Fraction(90, 160)), Shown(Fraction(4, 5)))


def test_in_public_a_share_of_fewer_than_ten_people_quoted_is_hidden():
    assert (cells()["P4"], cells(k=10)["P4"]) == (Shown(Fraction(3, 5)), Hidden())
    assert cells(k=10)["P1"] == Shown(12)


def test_where_the_site_counted_no_reader_visits_are_unknown_and_not_0():
    found = cells(site={name: count for name, count in SITE.items() if not name.startswith("visits")})
    assert (found["W1"], found["E3"]) == (Unknown(), Unknown())


def test_a_mean_is_no_share_of_a_hundred():
    assert printing.as_text(cells()["R2"]) == "1.25"
    assert printing.as_number(cells()["R2"]) == 1.25


def test_figures_of_earlier_definitions_keep_their_rates_and_are_unknown_where_they_had_only_totals():
    before = Cube(
        {"accepted": {"": 82, "gender=woman": 40}, "unaccepted": {"": 13}, "withdrawn": {"": 10}, "bounced": {"": 6}}
    )
    assert before.of(DELIVERY_RATE) == Shown(Fraction(82, 95))
    assert before.of(LEAVING_RATE) == Shown(Fraction(10, 82))
    assert before.of(DELIVERY_RATE, {"gender": "woman"}) == Unknown()
    assert before.of(LEAVING_RATE, {"gender": "woman"}) == Unknown()
