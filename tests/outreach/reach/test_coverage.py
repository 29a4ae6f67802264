"""The second figure of segment coverage: cited, frozen with its period, and no way to a hidden count."""

import csv
import io
import json
from fractions import Fraction

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.core.management import call_command
from django.urls import reverse
from openpyxl import load_workbook
from pypdf import PdfReader

from outreach.audience.models import Segment
from outreach.broadcasts.campaign import Campaign
from outreach.broadcasts.models import Broadcast
from outreach.reach.api.answers import ReportAnswer
from outreach.reach.coverage import covered, is_too_small
from outreach.reach.disclosure import AtLeast, Hidden, Shown, Unknown
from outreach.reach.downloads import as_csv, as_pdf, as_workbook, code_book
from outreach.reach.indicators.document import document
from outreach.reach.indicators.logframe import logframe
from outreach.reach.indicators.populations import PopulationEstimate
from outreach.reach.metrics import POPULATION_COVERAGE
from outreach.reach.periods import parse
from outreach.reach.public import published
from outreach.reach.snapshots.correcting import NothingChanged, correct
from outreach.reach.snapshots.freezing import freeze_period
from outreach.reach.snapshots.models import Snapshot
from outreach.reach.snapshots.publishing import publish
from outreach.reach.tables import PUBLIC_K, report

from .conftest import CLOSED

NOVEMBER = parse("2026-11")


@pytest.fixture
def campaign(ledger, october) -> Campaign:
    """Of a period in which 82 people were reached: 49 workers, 20 of them women, and 33 of the media."""
    Segment.objects.create(code="workers", name="Workers", rule={"field": "group", "in": ["worker"]})
    campaign = Campaign.objects.create(name="Rights", slug="rights", starts_on="2026-11-01", ends_on="2026-11-30")
    Broadcast.objects.update(campaign=campaign)
    ledger.close(october)
    campaign.refresh_from_db()
    return campaign


@pytest.fixture
def estimate(campaign):
    def estimate(people, **fields):
        given = {"campaign": campaign, "people": people, "year": 2024, "source": "Census", **fields}
        return PopulationEstimate.objects.create(**given)

    return estimate


def freeze(campaign, **fields):
    return freeze_period(**{"period": NOVEMBER, "campaign": campaign, "user": None, "now": CLOSED, **fields})


def rows(snapshot, k=5):
    """Label and figure of each group in the table of indicators."""
    table = next(each for each in report(snapshot=snapshot.pk, k=k).tables if each.slug == "indicators")
    return [(row.label, row.cells[0]) for row in table.rows if row.metric.slug == POPULATION_COVERAGE.slug]


def cells(snapshot, k=5):
    return [cell for _label, cell in rows(snapshot, k)]


@pytest.mark.parametrize(
    ("reached", "people", "k", "cell"),
    [
        (Shown(20), 80, 5, Shown(Fraction(1, 4))),
        (Shown(0), 80, 5, Shown(Fraction(0))),
        (Shown(120), 80, 5, Shown(Fraction(3, 2))),
        (Hidden(), 80, 5, Hidden()),
        (Unknown(), 80, 5, Unknown()),
        (AtLeast(20), 80, 5, AtLeast(Fraction(1, 4))),
        (AtLeast(0), 80, 5, Hidden()),
        (Shown(76), 80, 5, Hidden()),
        (Shown(80), 80, 5, Hidden()),
        (Shown(75), 80, 5, Shown(Fraction(15, 16))),
        (Shown(75), 80, 10, Hidden()),
        (Shown(81), 80, 10, Shown(Fraction(81, 80))),
    ],
)
def test_share_is_shown_as_far_as_the_people_reached_are_and_not_where_it_tells_of_nearly_everybody(
    reached, people, k, cell
):
    assert covered(reached=reached, people=people, k=k) == cell


@pytest.mark.django_db
def test_each_group_is_divided_by_its_own_size(campaign, estimate):
    estimate(8200)
    estimate(4100, gender="woman")
    estimate(980, segment="workers", year=2020, source="Survey")
    estimate(100, segment="workers", gender="woman")
    snapshot = freeze(campaign)
    assert rows(snapshot) == [
        (
            "R3 Coverage of the group. All segments: estimated 8,200 people in 2024, source: Census",
            Shown(Fraction(1, 100)),
        ),
        (
            "R3 Coverage of the group. All segments · Women: estimated 4,100 people in 2024, source: Census",
            Shown(Fraction(32, 4100)),
        ),
        ("R3 Coverage of the group. Workers: estimated 980 people in 2020, source: Survey", Shown(Fraction(1, 20))),
        (
            "R3 Coverage of the group. Workers · Women: estimated 100 people in 2024, source: Census",
            Shown(Fraction(1, 5)),
        ),
    ]  # fmt: skip


@pytest.mark.django_db
def test_without_an_estimate_it_is_not_known(campaign):
    assert rows(freeze(campaign)) == [("R3 Coverage of the group", Unknown())]


@pytest.mark.django_db
def test_a_share_tells_no_count_that_is_hidden(campaign, estimate):
    """The size is known to everybody: whoever reads the share knows the people."""
    for place in ({"gender": "woman"}, {"gender": "man"}, {"gender": "another"}):
        estimate(1000, segment="workers", **place)
        estimate(1000, **place)
    snapshot = freeze(campaign)
    hidden = 0
    for k in (5, 10):
        figures = json.loads(snapshot.payload)["figures"][str(k)]["people"]
        kept = json.loads(snapshot.payload)["populations"]
        for each, cell in zip(kept, cells(snapshot, k), strict=True):
            place = "&".join(f"{axis}={each[axis]}" for axis in ("segment", "gender") if each[axis])
            count = figures[place]
            assert cell == (Hidden() if count is None else Shown(Fraction(count, 1000)))
            hidden += count is None
    assert hidden, "the ledger has counts that are hidden"


@pytest.mark.django_db
def test_more_than_all_is_shown_and_said(campaign, estimate):
    estimate(41)
    ((label, cell),) = rows(freeze(campaign))
    assert cell == Shown(Fraction(2))
    assert is_too_small(cell)
    assert "the estimate is too small" in label


@pytest.mark.django_db
def test_a_later_edit_changes_no_frozen_figure(campaign, estimate):
    found = estimate(8200)
    snapshot = freeze(campaign)
    before, payload = rows(snapshot), snapshot.payload
    PopulationEstimate.objects.filter(pk=found.pk).update(people=41, source="Another")
    estimate(50, gender="woman")
    snapshot = Snapshot.objects.get(pk=snapshot.pk)
    assert (rows(snapshot), snapshot.payload) == (before, payload)
    call_command("check_snapshots")


@pytest.mark.django_db
def test_an_estimate_that_was_entered_late_can_be_brought_into_a_frozen_period(campaign, estimate):
    snapshot = freeze(campaign)
    with pytest.raises(NothingChanged):
        correct(snapshot=snapshot, reason="Again", user=None, now=CLOSED)
    estimate(8200)
    estimate(980, segment="workers")
    later = correct(snapshot=snapshot, reason="The census came out", user=None, now=CLOSED)
    assert (cells(snapshot), cells(later)) == ([Unknown()], [Shown(Fraction(1, 100)), Shown(Fraction(1, 20))])
    Segment.objects.update(name="Workers and their families")
    with pytest.raises(NothingChanged):
        correct(snapshot=later, reason="Again", user=None, now=CLOSED)


@pytest.mark.django_db
def test_the_latest_estimate_up_to_the_year_of_the_period_counts_and_none_of_another_campaign(campaign, estimate):
    other = Campaign.objects.create(name="Other", slug="other", starts_on="2026-01-01", ends_on="2026-12-31")
    for year, people in ((2020, 100), (2025, 8200), (2027, 300)):
        estimate(people, year=year)
    estimate(90, campaign=other)
    assert cells(freeze(campaign)) == [Shown(Fraction(1, 100))]
    assert cells(freeze(None)) == [Unknown()], "of all campaigns nobody says how large their group is"


@pytest.mark.django_db
def test_every_page_file_and_answer_has_it_with_year_and_source(campaign, estimate, client, member):
    estimate(8200, source="Census bureau")
    snapshot = freeze(campaign)
    publish(snapshot=snapshot, user=None, now=CLOSED)
    said = "R3 Coverage of the group. All segments: estimated 8,200 people in 2024, source: Census bureau"
    shown = report(snapshot=snapshot.pk)

    lines = list(csv.DictReader(io.StringIO(as_csv(shown).decode("utf-8-sig"))))
    (line,) = [line for line in lines if line["metric"] == "population_coverage"]
    assert (line["row"], line["value"], line["status"], line["indicator"]) == (said, "0.01", "shown", "R3")
    book = code_book(shown).decode("utf-8-sig")
    assert "metric population_coverage,Formula,people reached / estimated size of the group" in book
    sheets = load_workbook(io.BytesIO(as_workbook(shown))).worksheets
    assert [row[1].value for sheet in sheets for row in sheet.iter_rows() if row[0].value == said] == [0.01]
    text = " ".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(as_pdf(shown))).pages).split())
    assert "8,200" in text
    assert "Census bureau" in text
    answer = ReportAnswer.of(shown).model_dump()
    (row,) = [row for table in answer["tables"] for row in table["rows"] if row["metric"] == "population_coverage"]
    assert (row["label"], row["cells"][0]["value"]) == (said, 0.01)

    client.force_login(member("evaluator"))
    assert said in client.get(reverse("reach:index"), {"snapshot": snapshot.pk}).content.decode()
    (results,) = published(campaign=campaign)
    assert results.report.k == PUBLIC_K
    assert POPULATION_COVERAGE in results.metrics
    assert said in client.get("/en/results/rights/", follow=True).content.decode()


@pytest.mark.django_db
def test_the_framework_has_what_is_frozen_and_before_that_a_lower_bound_of_everybody_only(campaign, estimate):
    found, women = estimate(8200), estimate(4100, gender="woman")

    def shares():
        frame = logframe(campaign=Campaign.objects.get(), today=CLOSED.date())
        return [(each.population, each.share, each.provisional) for each in frame.populations]

    assert shares() == [(found, AtLeast(Fraction(80, 8200)), True), (women, Hidden(), True)]
    freeze(campaign, period=None)
    assert shares() == [(found, Shown(Fraction(1, 100)), False), (women, Shown(Fraction(32, 4100)), False)]
    PopulationEstimate.objects.filter(pk=found.pk).update(people=9000)
    assert shares()[0][1] == Unknown(), "entered or changed since"


@pytest.mark.django_db
def test_the_framework_says_on_its_page_and_in_its_files_that_an_estimate_is_too_small(
    campaign, estimate, client, member
):
    estimate(41)
    freeze(campaign, period=None)
    with time_machine.travel(CLOSED, tick=False):
        client.force_login(member("evaluator"))
        answer = client.get(reverse("results:logframe", args=[campaign.pk]))
    page = BeautifulSoup(answer.content, "html.parser")
    row = page.select_one("section[aria-labelledby=results-populations] tbody tr").get_text(" ", strip=True)
    assert row.startswith("All segments 41 2024 Census 200.0% counted; More people were reached than were estimated")
    sheets = document(frame=logframe(campaign=campaign, today=CLOSED.date()), now=CLOSED).sheets
    (found,) = next(sheet for sheet in sheets if sheet.slug == "populations").rows
    assert found[:5] == ("All segments, 2024", 41, "2024", "Census", Shown(Fraction(2)))
    assert "too small" in found[5]
