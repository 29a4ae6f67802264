"""What the files of a framework say."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from django.utils import translation

from outreach.broadcasts.campaign import Campaign
from outreach.reach.disclosure import Hidden, Shown, Unknown
from outreach.reach.documents.document import Document, Sheet
from outreach.reach.indicators import keeping
from outreach.reach.indicators.document import document
from outreach.reach.indicators.framework import Indicator
from outreach.reach.indicators.logframe import by_quarter, logframe
from outreach.reach.indicators.quarters import Quarter
from outreach.reach.indicators.records import Estimate, Spend
from outreach.reach.indicators.totals import Counting

from .conftest import NOW, TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def written(campaign):
    return lambda: document(frame=logframe(campaign=campaign, today=TODAY), now=NOW)


@pytest.fixture
def aim(editor):
    def aim(indicator: Indicator, value: int, quarter: Quarter = Quarter(2026, 4)):
        keeping.set_target(indicator=indicator, quarter=quarter, value=Decimal(value), user=editor, now=NOW)

    return aim


def sheet(found: Document, slug: str) -> Sheet:
    return next(each for each in found.sheets if each.slug == slug)


def row(found: Document, slug: str, at: int = 0) -> dict[str, object]:
    table = sheet(found, slug)
    return dict(zip(table.headings, table.rows[at], strict=True))


def test_the_logframe_says_what_was_planned_and_reached(make, enter, aim, written):
    stories = make("Stories", code="P1", baseline=Decimal(0), baseline_date=date(2026, 9, 1), verification="Site")
    enter(stories, 44, women=20)
    aim(stories, 20)
    aim(stories, 40, Quarter(2027, 3))

    said = row(written(), "logframe")

    assert (said["Indicator"], said["Result"]) == ("P1 Stories", "Output 3: Campaign delivered")
    assert (said["Baseline"], said["Day of the baseline"]) == (Shown(0), date(2026, 9, 1))
    assert (said["Target"], said["Target for"]) == (Shown(40), "2027-Q3")
    assert (said["Actual"], said["Day of the actual"]) == (Shown(44), date(2026, 11, 30))
    assert said["Rests on"] == "entered; evidence B"
    assert (said["Achieved"], said["Female share"]) == (Shown(Fraction(44, 40)), Shown(Fraction(20, 44)))


def test_gender_completeness_stands_beside_every_female_share(make, enter, of_2025):
    of_2025()
    enter(make("Stories"), 44, women=20)

    found = document(frame=logframe(campaign=Campaign.objects.get(), today=TODAY), now=NOW)

    counted = {"Female share": Shown(Fraction(24, 60)), "Gender completeness": Shown(Fraction(60, 110))}
    for at in (0, 1):
        assert counted.items() <= row(found, "logframe", at).items()
    entered = {"Female share": Shown(Fraction(20, 44)), "Gender completeness": Unknown()}
    assert entered.items() <= row(found, "logframe", 2).items()
    assert entered.items() <= row(found, "entries").items()
    quarter = row(found, "quarters", 1)
    assert (quarter["Code"], quarter["Actual"]) == ("R4", Shown(Fraction(24, 60)))
    assert quarter["Gender completeness"] == Shown(Fraction(60, 110))
    assert quarter["Gender completeness from the first day of the campaign"] == Shown(Fraction(60, 110))


def test_what_is_not_known_is_said_to_be_unknown(make, written):
    make("Share", unit="share")

    said = row(written(), "logframe")

    assert (said["Baseline"], said["Day of the baseline"]) == ("not measured", None)
    assert [said[name] for name in ("Target", "Actual", "Achieved", "Female share")] == [Unknown()] * 4


def test_a_mean_is_a_number_and_words_are_words(make, enter, written):
    enter(make("Visits", unit="mean"), "2.5")
    enter(make("Law", unit="text"), None, text="A draft law was read")

    assert row(written(), "logframe", 0)["Actual"] == 2.5
    assert row(written(), "logframe", 1)["Actual"] == "A draft law was read"


def test_a_dropped_indicator_stands_in_no_table_but_in_the_history(make, editor, written):
    keeping.drop_indicator(indicator=make("Stories"), user=editor, now=NOW, reason="Replaced")

    assert sheet(written(), "logframe").rows == []
    assert row(written(), "changes")["Why"] == "Replaced"


def test_the_quarters_are_those_of_the_campaign_and_of_every_target(make, aim, campaign):
    indicator = make()
    aim(indicator, 5, Quarter(2028, 1))

    found = by_quarter(indicator=Indicator.objects.get(), today=TODAY, counting=Counting(campaign))

    assert [str(each.quarter) for each in found] == ["2026-Q4", "2027-Q1", "2027-Q2", "2027-Q3", "2028-Q1"]


def test_a_target_of_a_quarter_alone_stands_beside_the_actual_of_that_quarter(make, aim, enter, written):
    indicator = make(basis="quarter")
    enter(indicator, 5, last_day=date(2026, 11, 1))
    aim(indicator, 10, Quarter(2027, 1))

    assert row(written(), "logframe")["Actual"] == Unknown()


def test_estimates_have_no_sum_and_few_women_are_hidden(campaign, result, editor, written):
    for title, women in (("Market", 3), ("Fair", 20)):
        keeping.keep_estimate(
            estimate=Estimate(
                campaign=campaign, medium="event", title=title, number=60, women=women, method="signed", grade="A",
                source="Sheet", first_day=TODAY, last_day=TODAY,
            ),
            user=editor,
            now=NOW,
        )  # fmt: skip
    table = sheet(written(), "estimates")

    assert [each[0] for each in table.rows] == ["Market", "Fair"]
    assert [row(written(), "estimates", at)["Women among them"] for at in (0, 1)] == [Hidden(), Shown(20)]
    assert table.totals == frozenset()
    assert "never added up" in table.note


def test_spending_stands_in_its_currency_and_the_cost_is_unknown_without_people(campaign, editor, written):
    spend = Spend(
        campaign=campaign, amount=Decimal("10.50"), currency="EUR", source="L", first_day=TODAY, last_day=TODAY
    )
    keeping.keep_spend(spend=spend, user=editor, now=NOW)

    assert row(written(), "spending")["Amount"] == 10.5
    assert dict(written().facts)["Cost per person reached"] == "unknown"


def test_every_row_has_a_value_for_each_heading_in_each_language(make, enter, aim, settings, campaign):
    enter(make("Stories", code="O1", unit="share"), numerator=30, n=60, women=30, method="Drawn")
    aim(make("Reached", code="R1", metric="R1"), 40)

    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found = document(frame=logframe(campaign=campaign, today=TODAY), now=NOW)
            assert found.language == language
            for table in found.sheets:
                assert all(len(each) == len(table.headings) for each in table.rows)


def test_the_same_framework_gives_the_same_document(make, enter, written):
    enter(make(), 5)
    assert written() == written()


def test_the_number_of_queries_does_not_grow_with_entered_indicators(
    make, enter, campaign, django_assert_max_num_queries
):
    for number in range(12):
        enter(make(f"Indicator {number}"), number)

    with django_assert_max_num_queries(14):
        document(frame=logframe(campaign=campaign, today=TODAY), now=NOW)
