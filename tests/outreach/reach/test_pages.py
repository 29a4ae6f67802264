"""What evaluators see in the admin, and that nobody else does."""

import io
import re
from html.parser import HTMLParser

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.html import escape
from pypdf import PdfReader
from wagtail.admin.menu import Menu, admin_menu
from wagtail.log_actions import log

from outreach.broadcasts.campaign import Campaign
from outreach.broadcasts.models import Broadcast
from outreach.reach import periods
from outreach.reach.documents import pdf
from outreach.reach.metrics import METRICS
from outreach.reach.snapshots.freezing import freeze_period
from outreach.reach.snapshots.models import Snapshot

from .conftest import CLOSED

pytestmark = pytest.mark.django_db

NAMES = ("index", "csv", "code_book", "xlsx", "pdf", "definitions", "tokens")
READERS = {"approver": True, "evaluator": True, "superuser": True}


@pytest.fixture
def evaluator(client, member):
    client.force_login(member("evaluator"))
    return client


@pytest.fixture
def page(evaluator):
    return lambda **query: evaluator.get(reverse("reach:index"), query, follow=True)


@pytest.fixture
def closed(october, ledger):
    """The broadcast of October with its window over."""
    ledger.close(october)
    return october


class Tables(HTMLParser):
    """The tables of figures of a page as rows of texts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self.in_table = self.in_cell = False
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        if tag == "table":
            self.in_table = ("class", "reach-table") in attrs
            if self.in_table:
                self.tables.append([])
        elif self.in_table and tag == "tr":
            self.tables[-1].append([])
        elif self.in_table and tag in ("td", "th"):
            self.tables[-1][-1].append("")
            self.in_cell = True

    def handle_endtag(self, tag):
        self.in_cell = self.in_cell and tag not in ("td", "th")

    def handle_data(self, data):
        if self.in_cell:
            self.tables[-1][-1][-1] += data.strip()


def rows(answer):
    return {row[0]: row[1:] for row in Tables(answer.content.decode()).tables[0]}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("role", ["editor", "approver", "evaluator", "data officer", "administrator", "superuser"])
def test_each_role_gets_what_it_may(client, member, october, role, name):
    client.force_login(member(role))
    answer = client.get(reverse(f"reach:{name}"))
    if READERS.get(role):
        assert answer.status_code == 200
    else:
        assert answer.status_code == 302
        assert answer["Location"] == reverse("wagtailadmin_home")


@pytest.mark.parametrize("name", NAMES)
def test_nobody_outside_gets_anything(client, october, name):
    answer = client.get(reverse(f"reach:{name}"))
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("wagtailadmin_login"))


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_evaluator_finds_reach_results_their_account_and_nothing_else_in_the_menu(
    evaluator, october, monkeypatch, language
):
    home = reverse("wagtailadmin_home")
    with translation.override(language):  # Wagtail makes the menu once, in the language of whoever asks first.
        items = Menu(register_hook_name="register_admin_menu_item").registered_menu_items
    monkeypatch.setattr(admin_menu, "registered_menu_items", items)
    html = evaluator.get(home).content.decode()
    sidebar = html[html.index("wagtail-sidebar-props") :]
    sidebar = sidebar[: sidebar.index("</script>")]
    links = set(re.findall(r'"url": "([^"]+)"', sidebar))
    mine = {reverse(f"reach:{name}") for name in ("index", "visits", "definitions", "tokens")}
    mine |= {reverse(name) for name in ("snapshots:index", "results:index", "sign_ups:index", "wagtailadmin_account")}
    assert links == mine
    assert "Read the figures" in html


@pytest.mark.parametrize(
    "name",
    ["broadcasts:index", "wagtailadmin_explore_root", "wagtailusers_users:index", "wagtailimages:index",
     "wagtaildocs:index", "wagtailadmin_reports:aging_pages", "wagtailadmin_pages:search"],
)  # fmt: skip
def test_evaluator_is_turned_away_everywhere_else(evaluator, name):
    assert evaluator.get(reverse(name)).status_code in (302, 403)


def test_evaluator_reads_nothing_of_broadcasts_in_the_audit_log(client, member, ledger):
    log(instance=ledger.broadcast("Rights at work"), action="wagtail.edit")
    for role, reads in (("editor", True), ("evaluator", False)):
        client.force_login(member(role))
        answer = client.get(reverse("wagtailadmin_reports:site_history"))
        assert ("Rights at work" in answer.content.decode()) is reads


def test_editor_has_no_reach_in_the_menu(client, member, october):
    client.force_login(member("editor"))
    assert reverse("reach:index") not in client.get(reverse("wagtailadmin_home")).content.decode()


def test_page_shows_the_figures_counted_by_hand(page, closed):
    answer = page(broadcast=closed.pk)
    found = rows(answer)
    assert found["Workers"] == ["20", "10", "6", "5", "8", "49", "73.5%", "55.6%"]
    assert found["All segments"] == ["32", "19", "11", "12", "8", "82", "75.6%", "51.6%"]
    text = answer.content.decode()
    values = re.findall(r'class="reach-value[^"]*">([^<]+)<', text)
    assert values == ["82", "8", "51.6%", "86.3%"]


def test_page_opens_with_the_latest_figures_that_are_final(page, ledger, october):
    assert "Provisional" in page().content.decode()
    ledger.close(october)
    text = page().content.decode()
    assert "Closed, version 1" in text
    assert f'<option value="{october.pk}" selected>' in text
    freeze_period(period=periods.parse("2026-11"), user=None, now=CLOSED)
    text = page().content.decode()
    assert "Frozen, version 1" in text
    assert '<option value="2026-11" selected>' in text
    assert "Provisional" in page(broadcast="", period="").content.decode(), "all that ended can still be asked for"


def test_links_choose_the_metric_and_keep_the_broadcast(page, closed):
    answer = page(broadcast=closed.pk, metric="clicked")
    assert rows(answer)["Workers"] == ["8", "–", "–", "–", "–", "8", "100.0%"]
    assert f"?broadcast={closed.pk}&amp;metric=bounced#table-bounced" in answer.content.decode()


@pytest.mark.parametrize(
    "query",
    [{"broadcast": "99"}, {"broadcast": "x"}, {"broadcast": "-1"}, {"broadcast": "1e3"}, {"broadcast": "٣"},
     {"broadcast": "9" * 40}, {"metric": "delivery_rate"}, {"metric": "<b>"}, {"period": "2026-13"},
     {"period": "x" * 5000}, {"period": "2026-Q5"}, {"period": "0000"}, {"campaign": "nothing"}, {"campaign": "\x00"}],
)  # fmt: skip
def test_page_says_what_is_not_there_and_offers_what_is(page, october, query):
    answer = page(**query)
    assert answer.status_code == 400
    assert "help-critical" in answer.content.decode()
    assert f'<option value="{october.pk}">' in answer.content.decode()
    assert "reach-table" not in answer.content.decode()


@pytest.mark.parametrize("period", ["2026-12/2026-11", "2026-12-01..2026-11-30", "2026-03-02--2026-03-01"])
def test_period_that_ends_before_it_starts_is_named_as_such(page, october, period):
    answer = page(period=period)
    assert answer.status_code == 400
    assert "This period ends before it starts" in answer.content.decode()


def test_period_and_campaign_show_rounded_totals_and_no_breakdown_before_they_are_frozen(page, ledger, october):
    campaign = Campaign.objects.create(name="Rights", slug="rights", starts_on="2026-01-01", ends_on="2026-12-31")
    Broadcast.objects.filter(pk=october.pk).update(campaign=campaign)
    for query in ({"period": "2026-11"}, {"period": "2026-Q4"}, {"period": "2026"}, {"campaign": "rights"}):
        text = page(**query).content.decode()
        assert re.findall(r'class="reach-value[^"]*">([^<]+)<', text) == [
            "at least 80",
            "at least 80",
            "fewer than 10",
            "fewer than 10",
        ]
        assert "reach-table" not in text
    assert page(period="2026-10").status_code == 200
    assert "No broadcast of this choice has ended yet" in page(period="2026-10").content.decode()


def test_broadcast_of_another_campaign_or_period_is_named_as_such(page, october):
    assert "not of that campaign and period" in page(broadcast=october.pk, period="2026-10").content.decode()
    assert page(broadcast=october.pk, period="2026-11").status_code == 200


def test_every_headline_shows_the_rows_behind_it(page, closed):
    text = page(broadcast=closed.pk).content.decode()
    headlines = text[text.index('class="reach-figures"') : text.index('class="reach-metrics"')]
    assert headlines.count("Rows behind it") == 4
    behind = Tables(headlines.replace("reach-behind", "reach-table")).tables
    assert ["Workers", "20", "10", "6", "5", "8", "49", "73.5%", "55.6%"] in behind[0]


def test_clicks_of_machines_stand_apart_from_those_of_people(page, closed):
    text = page(broadcast=closed.pk).content.decode()
    apart = text[text.index('class="reach-apart"') :]
    assert re.search(r'Clicks by machines</a> <span class="reach-shown">6<', apart)
    assert "Clicks by machines" not in text[: text.index('class="reach-apart"')]


@pytest.mark.parametrize("name", ["csv", "code_book", "xlsx", "pdf"])
def test_download_of_what_is_not_there_says_so(evaluator, october, name):
    assert evaluator.get(reverse(f"reach:{name}"), {"broadcast": "99"}, follow=True).status_code == 400


@pytest.mark.parametrize("language", ["de", "", "<b>"])
def test_download_in_a_language_of_the_site_only(evaluator, october, language):
    answer = evaluator.get(reverse("reach:csv"), {"language": language})
    assert answer.status_code == (400 if language else 200)


def test_files_are_written_in_the_language_that_was_asked_for(evaluator, october):
    answer = evaluator.get(reverse("reach:pdf"), {"language": "fr"})
    assert PdfReader(io.BytesIO(answer.content)).trailer["/Root"]["/Lang"] == "fr"
    assert answer["Content-Disposition"].endswith('-fr.pdf"')


def test_pdf_of_a_script_without_a_font_is_refused_in_words(evaluator, october, monkeypatch, settings):
    settings.LANGUAGES = [*settings.LANGUAGES, ("ar", "العربية")]
    Broadcast.objects.filter(pk=october.pk).update(title="حقوق العمال")
    monkeypatch.setattr(pdf, "_families", lambda: frozenset({"Libertinus Serif"}))
    answer = evaluator.get(reverse("reach:pdf"), {"broadcast": october.pk, "language": "ar"})
    assert answer.status_code == 503
    assert "Arabic" in answer.content.decode()


def test_hidden_figures_are_nowhere_in_the_page(page, ledger, october):
    ledger.deliver(october, 30, segment="officials")
    ledger.deliver(october, 30, segment="officials", gender="man")
    ledger.deliver(october, 4, segment="officials", gender="another")
    ledger.deliver(october, 9, segment="officials", gender="")
    ledger.close(october)
    text = page(broadcast=october.pk).content.decode()
    assert rows(page(broadcast=october.pk))["officials"][2] == "hidden"
    figures = BeautifulSoup(text, "html.parser")
    figures.select_one(".reach-about").decompose()  # A version may be 3.
    assert ">4<" not in str(figures)
    assert 'width="42.7"' not in text  # 4 of the longest bar's 30


def test_every_metric_is_defined_and_every_link_to_a_definition_leads_there(page, evaluator, closed):
    address = reverse("reach:definitions")
    defined = evaluator.get(address).content.decode()
    for metric in METRICS:
        assert f'id="metric-{metric.slug}"' in defined
        for text in (metric.definition, metric.formula, metric.unit, metric.is_not, metric.unknown, metric.source):
            assert escape(str(text)) in defined
    text = page(broadcast=closed.pk).content.decode()
    kept = f"{address}?snapshot={Snapshot.objects.get(broadcast=closed).pk}"
    assert evaluator.get(kept).status_code == 200
    anchors = set(re.findall(rf'href="{re.escape(kept)}#(metric-[^"]+)"', text))
    assert {"metric-people", "metric-machine_clicks"} < anchors <= {f"metric-{metric.slug}" for metric in METRICS}


def test_demo_label_stands_on_the_page_only_with_demo_data(page, ledger, october):
    assert "Demo data" not in page().content.decode()
    ledger.count(ledger.broadcast("Generated", is_demo=True))
    assert "Includes demo data" in page().content.decode()
    assert "Includes demo data" not in page(broadcast=october.pk).content.decode()


def test_without_any_broadcast_the_page_says_what_it_is_for(page):
    answer = page()
    assert "Nothing was sent yet" in answer.content.decode()
    assert "reach-table" not in answer.content.decode()


def test_first_broadcast_that_still_sends_can_be_chosen(page, ledger):
    broadcast = ledger.broadcast("Now", state="sending")
    ledger.deliver(broadcast, 20)
    ledger.deliver(broadcast, 10, gender="man")
    ledger.count(broadcast)
    assert "No broadcast of this choice has ended yet" in page().content.decode()
    answer = page(broadcast=broadcast.pk)
    assert "Provisional" in answer.content.decode()
    assert "at least 30" not in answer.content.decode()


def test_downloads_are_files_named_after_date_and_broadcast_and_kept_by_no_cache(evaluator, closed):
    for name, end, kind in (
        ("csv", "csv", "text/csv"), ("code_book", "csv", "text/csv"), ("xlsx", "xlsx", "application/vnd.openxml"),
        ("pdf", "pdf", "application/pdf"),
    ):  # fmt: skip
        answer = evaluator.get(reverse(f"reach:{name}"), {"broadcast": closed.pk})
        assert answer["Content-Type"].startswith(kind)
        assert re.search(
            rf'filename="reach-[a-z0-9-]*broadcast-{closed.pk}-october-[a-z0-9-]+-v1-en\.{end}"',
            answer["Content-Disposition"],
        )
        assert "no-store" in answer["Cache-Control"]


def test_page_is_written_in_the_language_of_the_reader(page, member, closed):
    with translation.override("fr"):
        text = page(broadcast=closed.pk).content.decode()
    assert "75,6 %" in text.replace("\xa0", " ").replace("&nbsp;", " ") or "75.6%" in text


def test_page_asks_the_database_the_same_however_many_broadcasts_there_are(page, ledger, django_assert_max_num_queries):
    for number in range(4):
        broadcast = ledger.broadcast(str(number))
        ledger.deliver(broadcast, 20)
        ledger.close(broadcast)
    page()
    with django_assert_max_num_queries(18):
        page()
