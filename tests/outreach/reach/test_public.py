"""The public page of a campaign's results."""

import csv
import io
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from openpyxl import load_workbook
from pypdf import PdfReader
from wagtail.models import Locale, Page, Site

from home.models import CampaignPage
from outreach.broadcasts.campaign import Campaign
from outreach.broadcasts.models import Broadcast
from outreach.reach import metrics, public
from outreach.reach.about import about
from outreach.reach.downloads import KINDS
from outreach.reach.periods import parse
from outreach.reach.public import Results, TooFine
from outreach.reach.reports import Apart
from outreach.reach.snapshots.freezing import freeze_period
from outreach.reach.snapshots.publishing import publish, withdraw
from outreach.reach.tables import PUBLIC_K, report

from .conftest import CLOSED

pytestmark = pytest.mark.django_db

HEAVIEST = 100_000
"""Bytes of the page with all its style sheets."""
ROLES = ["editor", "approver", "evaluator", "data officer", "administrator", "superuser", ""]


@pytest.fixture
def campaign():
    return Campaign.objects.create(
        name="Rights at work <now>", slug="rights-at-work", objective="Workers know their rights.",
        starts_on="2026-01-01", ends_on="2026-12-31",
    )  # fmt: skip


@pytest.fixture
def results(campaign, ledger, october, monkeypatch):
    """Two published periods, with officials of whom 7 of another gender have to be hidden from the public."""
    ledger.deliver(october, 30, segment="officials", group="official")
    ledger.deliver(october, 30, segment="officials", group="official", gender="man")
    ledger.deliver(october, 7, segment="officials", group="official", gender="another")
    ledger.deliver(october, 9, segment="officials", group="official", gender="")
    ledger.close(october)
    apart = (
        Apart("Visits to the site", 4321, "visits", "Counted without cookies, once a day.", "Site", metrics.VISITS),
        Apart("Radio", 12000, "people", "Estimate: audience of the station.", "Station", metrics.ESTIMATED_AUDIENCE),
    )
    newest = Results(
        campaign,
        "2026-Q4",
        "Quarter 4 of 2026",
        date(2026, 11, 22),
        replace(report(broadcast=october.pk, k=PUBLIC_K), apart=apart),
    )
    earlier = replace(newest.report, apart=())
    found = [newest, replace(newest, code="2026-Q3", period="Quarter 3 of 2026", report=earlier)]
    monkeypatch.setattr(public, "published", lambda *, campaign: found)
    return newest


@pytest.fixture
def get(client):
    return lambda rest="", language="en", **query: client.get(f"/{language}/results/rights-at-work/{rest}", query)


def test_page_of_a_campaign_without_published_results_says_what_will_be_there(get, campaign):
    answer = get()
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "No results of this campaign are published yet" in text
    assert '<meta name="robots" content="noindex">' in text
    assert answer["X-Robots-Tag"] == "noindex"
    assert "Rights at work &lt;now&gt;" in text
    assert get("csv/").status_code == 404


def test_period_stands_on_the_page_from_its_publication_to_its_withdrawal(get, campaign, october, ledger, member):
    Broadcast.objects.filter(pk=october.pk).update(campaign=campaign)
    ledger.close(october)
    frozen = freeze_period(period=parse("2026-11"), campaign=campaign, user=member("evaluator"), now=CLOSED)
    assert not public.published(campaign=campaign)
    publish(snapshot=frozen, user=member("evaluator"), now=CLOSED)
    [shown] = public.published(campaign=campaign)
    assert (shown.code, shown.period, shown.report.k) == ("2026-11", "November 2026", 10)
    assert "November 2026" in get().content.decode()
    assert "Frozen, version 1" in get(period="2026-11").content.decode()
    withdraw(snapshot=frozen, user=member("evaluator"), now=CLOSED)
    assert "No results of this campaign are published yet" in get().content.decode()


def test_page_names_campaign_and_months_in_its_own_language(get, campaign, results):
    locale, _made = Locale.objects.get_or_create(language_code="ht")
    page = CampaignPage(
        title="Dwa nan travay",
        slug="dwa",
        summary="Travayè konnen dwa yo.",
        purpose="<p>Dwa</p>",
        results_slug="rights-at-work",
    )
    page.locale = locale
    Page.get_first_root_node().add_child(instance=page)
    creole, english = (get(language=language).content.decode() for language in ("ht", "en"))
    assert "<h1>Dwa nan travay</h1>" in creole
    assert "Travayè konnen dwa yo." in creole
    assert "22 novanm 2026" in creole
    assert "Rights at work" not in creole
    assert "<h1>Rights at work &lt;now&gt;</h1>" in english


def test_page_of_no_campaign_is_not_found(client, db):
    assert client.get("/en/results/nothing/").status_code == 404
    assert client.get("/en/results/nothing/csv/").status_code == 404


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("rest", ["", "csv/", "xlsx/", "pdf/", "code_book/"])
def test_everybody_reads_the_same(client, member, get, results, role, rest):
    plain = get(rest).content
    if role:
        client.force_login(member(role))
    answer = get(rest)
    assert answer.status_code == 200
    assert answer.content == plain
    assert "public" in answer["Cache-Control"]
    assert "max-age=300" in answer["Cache-Control"]


@pytest.mark.parametrize("query", [{"period": "2026-10"}, {"period": "<b>"}, {"period": "\x00"}])
@pytest.mark.parametrize("rest", ["", "csv/"])
def test_period_that_was_not_published_is_not_found(get, results, query, rest):
    assert get(rest, **query).status_code == 404


def test_kind_of_file_that_there_is_not_is_not_found(get, results):
    assert get("docx/").status_code == 404


def test_nothing_can_be_sent_to_the_page(client, results):
    assert client.post("/en/results/rights-at-work/").status_code == 405


def test_report_that_was_hidden_for_evaluators_is_refused(campaign, october):
    with pytest.raises(TooFine):
        Results(campaign, "2026", "2026", date(2026, 11, 22), report(k=5))


def test_public_reads_three_tables_and_no_others(get, results):
    assert [table.slug for table in results.report.tables] == ["people", "channel", "language"]
    assert re.findall(r'id="table-([^"]+)"', get().content.decode()) == ["people", "channel", "language"]
    tables = {row["table"] for row in csv.DictReader(io.StringIO(get("csv/").content.decode("utf-8-sig")))}
    assert tables == {"headline", "people", "channel", "language", "apart"}


def test_counts_below_ten_are_hidden_on_the_page_and_in_every_file(get, results):
    text = get().content.decode()
    officials = text[text.index('<th scope="row">officials') :]
    officials = re.findall(r"<td[^>]*>([^<]*)<", officials[: officials.index("</tr>")])
    assert officials[2] == "hidden"
    assert "Counts from 1 to 9 of people" in text
    rows = list(csv.DictReader(io.StringIO(get("csv/").content.decode("utf-8-sig"))))
    counts = {int(row["value"]) for row in rows if row["value"].isdigit() and row["table"] == "people"}
    assert not counts & set(range(1, 10))
    book = load_workbook(io.BytesIO(get("xlsx/").content))
    values = [cell.value for cell in next(row for row in book.worksheets[1].iter_rows() if row[0].value == "officials")]
    assert values[3] == "hidden"
    pdf = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(get("pdf/").content)).pages)
    assert "hidden" in next(line for line in pdf.splitlines() if line.startswith("officials ") and "30" in line)


def test_other_reach_stands_for_itself_and_is_in_no_sum(get, results):
    text = get().content.decode()
    assert "never added to people reached" in text
    assert "4,321" in text
    assert "12,000" in text
    reached = results.report.figures[0].cell.value
    for other in (reached + 4321, reached + 12000, reached + 16321, 16321):
        assert f"{other:,}" not in text
    rows = list(csv.DictReader(io.StringIO(get("csv/").content.decode("utf-8-sig"))))
    of_apart = [(row["indicator"], row["value"]) for row in rows if row["table"] == "apart"]
    assert of_apart == [("W1", "4321"), ("R6", "12000")]
    assert "4,321" not in get(period="2026-Q3").content.decode()


def test_every_link_to_a_definition_leads_to_one_on_the_page(get, results):
    text = get().content.decode()
    anchors = set(re.findall(r'href="#(metric-[^"]+)"', text))
    assert anchors
    assert {"metric-visits", "metric-estimated_audience"} <= anchors
    assert anchors == set(re.findall(r'<article id="(metric-[^"]+)"', text))


def test_page_needs_no_script_and_weighs_little(get, results):
    text = get().content.decode()
    assert "<script" not in text
    assert " onclick=" not in text
    sheets = re.findall(r'<link rel="stylesheet" href="/static/([^"]+)"', text)
    assert "outreach/public-results.css" in sheets
    folder = Path(django_settings.BASE_DIR) / "templates" / "static"
    assert len(text.encode()) + sum((folder / sheet).stat().st_size for sheet in sheets) < HEAVIEST


def test_page_names_itself_in_each_language_of_the_site(get, results):
    Site.objects.update(hostname="campaign.example.org", port=443)
    text = get(period="2026-Q3").content.decode()
    assert '<link rel="canonical" href="https://campaign.example.org/en/results/rights-at-work/">' in text
    assert 'lang="fr"' in get(language="fr").content.decode()


def test_page_teaches_how_the_figures_were_made(get, results):
    text = get().content.decode()
    for part in ("Accepted is not delivered", "Version of the definitions", "Published on", "Formula", "at least one"):
        assert part in text


@pytest.mark.parametrize("kind", list(KINDS))
def test_files_are_named_after_campaign_and_language(get, results, kind):
    name = get(f"{kind}/", "fr")["Content-Disposition"]
    assert name.startswith('attachment; filename="results-rights-at-work-')
    assert name.endswith(f'-fr.{KINDS[kind].ending}"')


def test_page_asks_the_database_little(get, results, django_assert_max_num_queries):
    get()
    with django_assert_max_num_queries(8):
        get()


def test_the_titles_of_broadcasts_stay_with_staff(results, october):
    facts = about(results.report)
    assert not any(text.startswith(f"{october.pk}: ") for _name, text in facts)
    assert any(text.startswith(f"{october.pk}: ") for _name, text in about(report(broadcast=october.pk)))
