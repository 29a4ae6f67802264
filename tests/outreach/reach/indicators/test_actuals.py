"""What was reached: counted, entered, or unknown; and what is hidden of it."""

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from outreach.reach import printing
from outreach.reach.cube import Cube
from outreach.reach.disclosure import AtLeast, FewerThan, Hidden, Shown, Unknown
from outreach.reach.indicators import keeping, wording
from outreach.reach.indicators.actuals import (
    cost,
    counted,
    divided,
    entered,
    from_totals,
    in_quarter,
    to_date,
    up_to,
)
from outreach.reach.indicators.quarters import Quarter
from outreach.reach.indicators.readings import achievement, counted_women, female_share, points, reported, typed, words
from outreach.reach.indicators.records import Estimate, Spend
from outreach.reach.indicators.sources import SOURCES
from outreach.reach.indicators.totals import Counting, Frozen, Moving
from outreach.reach.indicators.wording import basis
from outreach.reach.metrics import DELIVERY_RATE, FEMALE_SHARE, INDICATORS, LEAVING_RATE

from .conftest import NOW, TODAY

Q4, NEXT = Quarter(2026, 4), Quarter(2027, 1)
FIRST, LAST = date(2026, 10, 1), date(2026, 12, 31)
OF_LEDGER = [code for code, source in SOURCES.items() if not source.of_site]


@pytest.fixture
def sent(ledger, campaign):
    """A broadcast of the campaign that ended on 19 November: 20 women and 17 men reached, 6 bounced."""

    def sent(women: int = 20, men: int = 17, **fields):
        broadcast = ledger.broadcast()
        reached = ledger.deliver(broadcast, women, tracks_clicks=True, tracks_opens=True)
        reached += ledger.deliver(broadcast, min(men, 5), gender="man", tracks_clicks=True, tracks_opens=True)
        reached += ledger.deliver(broadcast, max(men - 5, 0), gender="man", tracks_clicks=True)
        ledger.deliver(broadcast, 6, status="bounced")
        for delivery in reached[:12]:
            ledger.event(delivery)
        for delivery in reached[:14]:
            ledger.event(delivery, "open")
        broadcast.campaign = campaign
        for name, value in fields.items():
            setattr(broadcast, name, value)
        broadcast.save()
        ledger.count(broadcast)
        return broadcast

    return sent


def value(code, campaign, first=FIRST, last=LAST):
    return counted(code=code, counting=Counting(campaign), first=first, last=last).value


def of_quarter(indicator, quarter, today=TODAY):
    return in_quarter(indicator=indicator, quarter=quarter, today=today, counting=Counting(indicator.campaign))


def so_far(indicator, quarter, today=TODAY):
    return up_to(indicator=indicator, quarter=quarter, today=today, counting=Counting(indicator.campaign))


def newest(indicator, today=TODAY):
    return to_date(indicator=indicator, today=today, counting=Counting(indicator.campaign))


@pytest.mark.django_db
def test_figures_that_are_not_final_are_rounded_down_and_tell_nothing_by_gender(sent, campaign):
    sent()

    assert {code: value(code, campaign) for code in OF_LEDGER} == {
        "R1": AtLeast(30),  # 37 people
        "D1": AtLeast(30),  # 37 messages accepted, and 6 not
        "D2": Hidden(),  # 30 of 30, and up to 18 more
        "R2": Decimal("1.00"),
        "R3": Unknown(),  # nobody is subscribed
        "R4": Hidden(),
        "R5": Hidden(),
        "E1": Shown(Fraction(33, 100)),  # 10 of 30
        "E2": Shown(Fraction(50, 100)),  # 10 of 20: of 25 messages whose opens may be seen, 14 were opened
        "E5": Hidden(),  # nobody left, or up to 9
    }
    actual = counted(code="R1", counting=Counting(campaign), first=FIRST, last=LAST)
    assert (actual.how, actual.provisional, actual.female) == ("counted", True, Hidden())
    assert words(actual.value) == "at least 30"


@pytest.mark.django_db
def test_nothing_tells_no_one_from_nine_before_the_figures_are_final(sent, campaign):
    sent(women=5, men=4)
    few = value("R1", campaign)
    assert words(few) == "fewer than 10"
    assert (printing.as_number(typed(few)), printing.status(typed(few))) == (10, "fewer than")


@pytest.mark.django_db
def test_where_no_broadcast_ended_everything_is_unknown_and_not_0(campaign):
    assert {code: value(code, campaign) for code in OF_LEDGER} == dict.fromkeys(OF_LEDGER, Unknown())


@pytest.mark.django_db
@pytest.mark.parametrize(
    "fields",
    [
        {"campaign": None},
        {"state": "sending"},
        {"kind": "welcome"},
        {"finished_at": datetime(2026, 10, 1, 3, 59, tzinfo=UTC)},
        {"finished_at": datetime(2027, 1, 1, 4, 0, tzinfo=UTC)},
    ],
    ids=["no campaign", "still sent", "welcome", "before the quarter", "after the quarter"],
)
def test_a_broadcast_that_is_not_of_the_campaigns_quarter_is_not_counted(sent, campaign, fields):
    sent(**fields)
    assert value("R1", campaign) == Unknown()


@pytest.mark.django_db
@pytest.mark.parametrize("moment", [datetime(2026, 10, 1, 4, 0, tzinfo=UTC), datetime(2027, 1, 1, 3, 59, tzinfo=UTC)])
def test_a_quarter_is_that_of_the_clocks_in_the_office(sent, campaign, moment):
    sent(finished_at=moment)
    assert value("R1", campaign) == AtLeast(30)


@pytest.mark.django_db
def test_people_who_were_reached_in_two_quarters_count_once_over_both(ledger, campaign, make):
    for moment in (datetime(2026, 11, 1, tzinfo=UTC), datetime(2027, 2, 1, tzinfo=UTC)):
        broadcast = ledger.broadcast()
        ledger.deliver(broadcast, people=list(range(1, 41)))
        broadcast.campaign, broadcast.finished_at = campaign, moment
        broadcast.save()
        ledger.count(broadcast)
    reached = make(code="R1", metric="R1", basis="quarter")
    later = date(2027, 3, 1)

    assert [of_quarter(reached, each, later).value for each in (Q4, NEXT)] == [AtLeast(40)] * 2
    assert so_far(reached, NEXT, later).value == AtLeast(40)
    assert newest(reached, later).value == AtLeast(40)


@pytest.mark.django_db
def test_a_quarter_that_has_not_begun_has_no_actual(sent, make):
    sent()
    assert of_quarter(make(code="R1", metric="R1"), NEXT, TODAY).value == Unknown()


def final(genders=None, site=None, **totals):
    people = {f"gender={gender}": count for gender, count in (genders or {}).items()}
    people[""] = totals.pop("people", 0)
    counts = {name: {"": count} for name, count in totals.items()}
    return Frozen(Cube({"people": people, **counts}), broadcasts=1, site=site or {})


FINAL = final(
    people=82, accepted=82, unaccepted=13, withdrawn=None, trackable_people=32, clickers=8,
    opened=10, open_trackable=40,
    site={
        "items": 12, "items_in_every_language": 9, "items_accessible": 8, "quoted_people": 5, "quoted_women": 3,
        "active_subscribers": 210, "visits": 3, "visits_signalled": 3, "visits_completed": 1,
    },
    genders={"woman": 32, "man": 19, "another": 11, "undisclosed": 12, "": 8},
)  # fmt: skip


@pytest.mark.parametrize(
    ("code", "expected"),
    [("R1", Shown(82)), ("D1", Shown(95)), ("D2", Shown(Fraction(82, 95))), ("R2", Decimal("1")),
     ("R4", Shown(Fraction(32, 62))), ("R5", Shown(Fraction(62, 82))), ("E1", Shown(Fraction(1, 4))), ("E5", Hidden()),
     ("P1", Shown(12)), ("P2", Shown(Fraction(3, 4))), ("P3", Shown(Fraction(2, 3))), ("P4", Shown(Fraction(3, 5))),
     ("R3", Shown(Fraction(39, 100))), ("W1", Shown(3)), ("E2", Shown(Fraction(1, 4))), ("E3", Shown(Fraction(1, 3)))],
)  # fmt: skip
def test_final_figures_are_exact_and_small_ones_are_hidden(code, expected):
    found = from_totals(code=code, found=FINAL, first=FIRST, last=LAST)
    assert (found.value, found.provisional) == (expected, False)


def test_every_indicator_that_nobody_enters_is_counted():
    assert set(SOURCES) == {metric.code for metric in INDICATORS if not metric.is_entered}


def test_the_female_share_stands_beside_the_people_reached():
    assert from_totals(code="R1", found=FINAL, first=FIRST, last=LAST).female == Shown(Fraction(32, 62))


@pytest.mark.parametrize("code", ["R1", "R4"])
def test_gender_completeness_stands_beside_the_female_share(code):
    found = from_totals(code=code, found=FINAL, first=FIRST, last=LAST)
    assert (found.completeness, found.lacks_headline) == (Shown(Fraction(62, 82)), False)


def test_what_is_not_of_people_has_no_gender_completeness():
    assert from_totals(code="D1", found=FINAL, first=FIRST, last=LAST).completeness == Unknown()


@pytest.mark.parametrize(("silent", "lacks"), [(40, False), (41, True)])
def test_below_sixty_per_cent_completeness_a_female_share_is_no_headline(silent, lacks):
    of = final(people=60 + silent, genders={"woman": 30, "man": 20, "another": 10, "": silent})
    assert from_totals(code="R1", found=of, first=FIRST, last=LAST).lacks_headline == lacks


def test_that_everybody_stated_a_gender_is_no_secret():
    of = final(people=60, genders={"woman": 30, "man": 20, "another": 10})
    found = from_totals(code="R1", found=of, first=FIRST, last=LAST)
    assert (found.completeness, found.lacks_headline) == (Shown(Fraction(1)), False)


@pytest.mark.parametrize(
    ("people", "active", "expected"),
    [
        (37, 210, Shown(Fraction(14, 100))),
        (9, 210, Hidden()),
        (37, 0, Unknown()),
        (250, 210, Shown(Fraction(119, 100))),
    ],
)
def test_coverage_that_is_not_final_is_that_of_rounded_counts_and_can_pass_a_hundred(people, active, expected):
    found = Moving(broadcasts=1, counts={"people": people}, site={"active_subscribers": active} if active else {})
    assert found.coverage() == expected


def test_a_final_coverage_of_hidden_people_is_hidden_and_without_subscribers_unknown():
    assert final(people=None, site={"active_subscribers": 210}).coverage() == Hidden()
    assert final(people=82).coverage() == Unknown()


@given(st.integers(0, 300), st.integers(0, 300))
def test_no_share_that_is_not_final_tells_of_fewer_than_ten_people(part, rest):
    found = Moving(broadcasts=1, counts={"withdrawn": part, "accepted": part + rest})
    is_all = part // 10 == (part + rest) // 10
    assert (found.share(LEAVING_RATE) == Hidden()) == (part < 10 or is_all)


@given(st.dictionaries(st.sampled_from(["attempted", "accepted"]), st.integers(0, 300)))
def test_a_rate_that_is_not_final_is_never_above_one_nor_divided_by_what_is_hidden(counts):
    share = Moving(broadcasts=2, counts=counts).share(DELIVERY_RATE)
    assert share == Hidden() or 0 < share.value <= 1


@given(st.integers(0, 10_000))
def test_a_figure_that_is_not_final_is_never_more_than_there_is(count):
    shown = Moving(broadcasts=1, counts={"people": count}).count("people")

    assert isinstance(shown, AtLeast)
    assert count - 10 < shown.value <= count
    assert shown.value % 10 == 0


def test_a_gender_that_everybody_stated_is_hidden():
    everybody = final(people=30, genders={"woman": 30})
    assert everybody.share(FEMALE_SHARE) == Hidden()


@pytest.mark.django_db
class TestEntered:
    def test_the_last_period_counts_and_of_two_the_later_entry(self, make, enter):
        indicator = make()
        enter(indicator, 5, last_day=date(2026, 11, 30))
        enter(indicator, 6, last_day=date(2026, 11, 30))
        enter(indicator, 4, last_day=date(2026, 10, 31))

        found = newest(indicator, TODAY)

        assert (found.value, found.how, found.last) == (Shown(6), "entered", date(2026, 11, 30))

    def test_a_quarter_alone_takes_what_ends_in_it_and_a_cumulative_one_what_ended_before(self, make, enter):
        alone, all_along = make(basis="quarter"), make("All along", basis="cumulative")
        for indicator in (alone, all_along):
            enter(indicator, 5, last_day=date(2026, 11, 30))

        later = date(2027, 2, 1)
        assert of_quarter(alone, Q4, later).value == Shown(5)
        assert of_quarter(alone, NEXT, later).value == Unknown()
        assert of_quarter(all_along, NEXT, later).value == Shown(5)

    def test_entries_are_never_added_up(self, make, enter):
        indicator = make()
        enter(indicator, 5)
        assert so_far(indicator, Q4, TODAY).value == Unknown()

    def test_without_an_entry_the_actual_is_unknown_and_not_0(self, make, enter):
        indicator = make()
        assert words(newest(indicator, TODAY).value) == "–"
        enter(indicator, 0)
        indicator = type(indicator).objects.get()
        assert words(newest(indicator, TODAY).value) == "0"

    def test_a_surveyed_share_has_its_interval(self, make, enter):
        entry = enter(make(code="O1", unit="share"), numerator=89, n=372, method="Drawn at random", women=182)
        found = entered(entry)

        # By hand: Wilson for 89 of 372.
        assert found.interval == "95 % interval: 19.9 to 28.5 %"
        assert (found.n, found.female) == (Shown(372), Shown(Fraction(182, 372)))

    def test_an_interval_is_written_as_the_reader_writes_numbers(self, make, enter):
        with override("fr"):
            assert points(0.199, 0.285, signed=False).count(",") == 2
            assert "+5,2" in points(0.052, -0.334, signed=True)
            assert "-33,4" in points(0.052, -0.334, signed=True)

    def test_a_part_of_a_surveyed_indicator_has_its_interval_too(self, make, enter):
        entry = enter(make(code="O1.1", unit="share"), numerator=89, n=372, method="Drawn at random")
        assert entered(entry).interval == "95 % interval: 19.9 to 28.5 %"

    def test_knowledge_has_the_interval_of_its_change(self, make, enter):
        knowledge = make(code="O2", unit="share", baseline=Decimal(60), baseline_n=80, baseline_date=date(2026, 9, 1))
        entry = enter(knowledge, numerator=56, n=70, method="Drawn at random")

        assert entered(entry).interval == "95 % interval of the change: +5.2 to +33.4 points"
        assert basis(entered(entry)) == (
            "n = 70; change since the baseline: +20.0 points; 95 % interval of the change: +5.2 to +33.4 points; "
            "evidence B"
        )

    @pytest.mark.parametrize(
        ("code", "baseline", "given", "expected"),
        [
            ("O2", 60, {"numerator": 24, "n": 72}, "change since the baseline: -26.7 points"),
            ("O2", 60, {"numerator": 1, "n": 3}, ""),
            ("O2.1", 60, {"value": "60", "n": 70}, "change since the baseline: +0.0 points"),
            ("O2", None, {"value": "60", "n": 70}, ""),
            ("O1", 60, {"value": "70", "n": 70}, ""),
        ],
    )
    def test_knowledge_says_its_change_where_both_were_measured_of_enough_people(
        self, make, enter, code, baseline, given, expected
    ):
        before = {"baseline": baseline and Decimal(baseline), "baseline_n": 80, "baseline_date": date(2026, 9, 1)}
        knowledge = make(code=code, unit="share", **before)

        found = entered(enter(knowledge, given.pop("value", None), method="Drawn at random", **given))

        assert found.change == expected

    @pytest.mark.parametrize("numerator", [1, 4, 16, 19])
    def test_a_share_tells_of_no_fewer_than_five(self, make, enter, numerator):
        entry = enter(make(code="O1", unit="share"), numerator=numerator, n=20, method="All who came")
        assert (entered(entry).value, entered(entry).interval) == (Hidden(), "")

    @pytest.mark.parametrize("numerator", [0, 5, 15, 20])
    def test_a_share_of_enough_or_of_nobody_is_shown(self, make, enter, numerator):
        entry = enter(make(unit="share"), numerator=numerator, n=20)
        assert entered(entry).value == Shown(Fraction(numerator, 20))

    def test_a_share_that_was_entered_in_per_cent_is_one_of_somebody(self, make, enter):
        assert entered(enter(make(unit="share"), 2, n=20)).value == Hidden()
        assert entered(enter(make("Heard of it", unit="share"), 2)).value == Shown(Fraction(1, 50))

    def test_a_female_share_in_per_cent_tells_of_no_fewer_than_five(self, make, enter):
        few, enough = (
            entered(enter(make(name, unit="share"), 50, n=20, female_percent=Decimal(percent))).female
            for name, percent in (("Trained", 10), ("Heard of it", 25))
        )
        assert (few, enough) == (Hidden(), Shown(Fraction(1, 4)))

    def test_few_people_are_fewer_than_five_and_few_stories_are_not(self, make, enter):
        trained = entered(enter(make("Officials trained"), 3, women=1))
        assert (words(trained.value), trained.female) == ("fewer than 5", Hidden())
        assert words(entered(enter(make(), 3)).value) == "3"

    def test_of_few_who_were_asked_the_number_is_not_told(self, make, enter):
        assert wording.basis(entered(enter(make(unit="mean"), 3, n=4))) == (
            "n < 5; hidden because it tells of fewer than 5 people; evidence B"
        )

    @pytest.mark.parametrize(("n", "expected"), [(1, Hidden()), (4, Hidden()), (5, Decimal(3)), (None, Decimal(3))])
    def test_a_mean_of_few_who_were_asked_is_hidden(self, make, enter, n, expected):
        assert entered(enter(make("Visits to an office", unit="mean"), 3, n=n)).value == expected

    def test_a_baseline_that_is_a_mean_of_few_is_hidden_and_nothing_is_achieved_from_what_is_hidden(self, make, enter):
        of_few = {"unit": "mean", "baseline": Decimal(2), "baseline_n": 4, "baseline_date": date(2026, 9, 1)}
        knowledge = make(code="O2", **of_few)
        entry = enter(knowledge, 3, n=4, method="All who came")
        assert wording.baseline(knowledge) == "hidden"
        assert dict(wording.sheet(knowledge))["Baseline"] == "hidden; 2026-09-01; n < 5"
        assert achievement(target=Decimal(4), actual=entered(entry).value) == Unknown()

    @pytest.mark.parametrize(
        ("code", "number", "n", "expected"),
        [("O1", 3, 20, FewerThan(5)), ("O2.1", 18, 20, Hidden()), ("O3", 12, 20, Shown(12)), ("O3", 20, 20, Shown(20)),
         ("O4", 1, 12, Shown(1)), ("T1", 3, 20, Shown(3))],
    )  # fmt: skip
    def test_few_who_answered_are_few_people_and_institutions_are_none(self, make, enter, code, number, n, expected):
        assert entered(enter(make(code=code), number, n=n, method="All who came")).value == expected

    @pytest.mark.parametrize("code", ["P1", "P2", "P3.1", "W1", "E3"])
    def test_of_few_items_or_visits_everything_is_told(self, make, enter, code):
        share, mean = make(code=code, unit="share"), make("Seconds of reading", code=f"{code}-b", unit="mean")
        found = entered(enter(share, numerator=3, n=4))
        assert (found.value, wording.basis(found)) == (Shown(Fraction(3, 4)), "n = 4; evidence B")
        assert entered(enter(mean, 12, n=2)).value == Decimal(12)

    def test_the_sheet_of_few_items_tells_of_how_many_the_baseline_was(self, make):
        of_items = {"unit": "share", "baseline": Decimal(50), "baseline_n": 2, "baseline_date": date(2026, 9, 1)}
        assert dict(wording.sheet(make(code="P2", **of_items)))["Baseline"] == "50.0%; 2026-09-01; n = 2"

    def test_the_change_since_a_baseline_of_few_has_no_interval(self, make, enter):
        knowledge = make(code="O2", unit="share", baseline=Decimal(5), baseline_n=20, baseline_date=date(2026, 9, 1))
        entry = enter(knowledge, numerator=56, n=70, method="Drawn at random")
        assert (wording.baseline(knowledge), entered(entry).interval) == ("hidden", "")

    def test_what_is_no_survey_has_no_interval(self, make, enter):
        assert entered(enter(make(code="P2", unit="share"), numerator=3, n=4)).interval == ""


@pytest.mark.parametrize(
    ("women", "whole", "expected"),
    [(48, 100, Shown(Fraction(48, 100))), (4, 100, Hidden()), (97, 100, Hidden()), (0, 100, Shown(Fraction(0))),
     (100, 100, Shown(Fraction(1))), (None, 100, Unknown()), (3, None, Unknown())],
)  # fmt: skip
def test_a_female_share_tells_of_no_fewer_than_five(women, whole, expected):
    assert female_share(women=women, whole=whole) == expected


@pytest.mark.parametrize(
    ("target", "actual", "expected"),
    [(Shown(40), Shown(44), Shown(Fraction(11, 10))), (Shown(0), Shown(44), Unknown()),
     (Unknown(), Shown(1), Unknown()),
     (Shown(40), Unknown(), Unknown()), (Shown(40), Hidden(), Unknown()),
     (Shown(1500), AtLeast(750), AtLeast(Fraction(1, 2))),
     (Shown(40), AtLeast(0), Hidden()), (Decimal("2.5"), Decimal(5), Shown(Fraction(2))), ("much", "more", Unknown())],
)  # fmt: skip
def test_achieved_is_the_actual_divided_by_the_target_and_nothing_is_divided_by_nothing(target, actual, expected):
    assert achievement(target=target, actual=actual) == expected


@pytest.mark.django_db
def test_estimates_are_never_added_to_people_reached(sent, campaign, make, editor):
    sent()
    indicator = make(code="R1", metric="R1")
    before = newest(indicator, TODAY)
    estimate = Estimate(
        campaign=campaign, medium="radio", title="Talk", number=9000, method="letter", grade="C", source="Letter",
        first_day=FIRST, last_day=FIRST,
    )  # fmt: skip
    keeping.keep_estimate(estimate=estimate, user=editor, now=NOW)

    assert newest(indicator, TODAY) == before
    assert "R6" not in SOURCES


@pytest.mark.parametrize(
    ("method", "number", "expected"),
    [("signed", 3, FewerThan(5)), ("counted", 4, FewerThan(5)), ("signed", 5, Shown(5)), ("signed", 0, Shown(0)),
     ("estimate", 3, Shown(3)), ("letter", 3, Shown(3))],
)  # fmt: skip
def test_few_people_who_were_counted_one_by_one_are_fewer_than_five(method, number, expected):
    assert reported(Estimate(method=method, number=number)) == expected


def test_few_women_in_an_estimate_are_hidden():
    assert [counted_women(women=women, whole=40) for women in (3, 38, 20, None)] == [
        Hidden(),
        Hidden(),
        Shown(20),
        Unknown(),
    ]


@pytest.mark.django_db
class TestCost:
    @pytest.fixture
    def spend(self, campaign, editor):
        def spend(amount: str, currency: str = "XCD"):
            row = Spend(
                campaign=campaign, amount=Decimal(amount), currency=currency, source="Ledger",
                first_day=FIRST, last_day=FIRST,
            )  # fmt: skip
            keeping.keep_spend(spend=row, user=editor, now=NOW)

        return spend

    def test_spending_is_divided_by_people_reached(self, sent, campaign, spend):
        sent()
        spend("100.00")
        spend("50.00")

        found = cost(today=TODAY, counting=Counting(campaign))

        # 37 people are at least 30, so a person cost at most 150 / 30.
        assert (found.amount, found.currency, found.at_most) == (Decimal("5.00"), "XCD", True)

    def test_it_is_unknown_without_spending_without_people_and_in_two_currencies(self, sent, campaign, spend):
        sent(women=5, men=4)
        assert cost(today=TODAY, counting=Counting(campaign)).amount is None
        spend("100.00")
        assert cost(today=TODAY, counting=Counting(campaign)).amount is None
        sent()
        assert cost(today=TODAY, counting=Counting(campaign)).amount is not None
        spend("100.00", "EUR")
        assert cost(today=TODAY, counting=Counting(campaign)).amount is None

    def test_a_final_count_gives_the_cost_itself(self):
        found = divided(("XCD", Decimal(100)), Shown(8))
        assert (found.amount, found.at_most) == (Decimal("12.50"), False)

    @pytest.mark.parametrize("reached", [Shown(0), AtLeast(0), Hidden(), Unknown()])
    def test_nothing_is_divided_by_nobody(self, reached):
        assert divided(("XCD", Decimal(100)), reached).amount is None
