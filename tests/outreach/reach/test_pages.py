"""What evaluators see in the admin, and that nobody else does."""

import re
from html.parser import HTMLParser

import pytest
from django.urls import reverse
from django.utils import translation
from django.utils.html import escape
from wagtail.log_actions import log

from outreach.reach.metrics import METRICS
from outreach.reach.snapshots.closing import close_due

from .conftest import CLOSED

pytestmark = pytest.mark.django_db

NAMES = ("index", "csv", "code_book", "xlsx")
READERS = {"approver": True, "evaluator": True, "superuser": True}


@pytest.fixture
def evaluator(client, member):
    client.force_login(member("evaluator"))
    return client


@pytest.fixture
def page(evaluator):
    return lambda **query: evaluator.get(reverse("reach:index"), query, follow=True)


@pytest.fixture
def closed(page):
    """The page of a broadcast whose window is over."""

    def get(broadcast, **query):
        close_due(now=CLOSED)
        return page(broadcast=broadcast.pk, **query)

    return get


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


def test_evaluator_finds_reach_their_account_and_nothing_else_in_the_menu(evaluator, october):
    html = evaluator.get(reverse("wagtailadmin_home")).content.decode()
    sidebar = html[html.index("wagtail-sidebar-props") :]
    sidebar = sidebar[: sidebar.index("</script>")]
    links = set(re.findall(r'"url": "([^"]+)"', sidebar))
    assert links == {reverse("reach:index"), reverse("snapshots:index"), reverse("wagtailadmin_account")}
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


def test_page_shows_the_figures_counted_by_hand(closed, october):
    answer = closed(october)
    found = rows(answer)
    assert found["Workers"] == ["20", "10", "6", "5", "8", "49", "73.5%", "55.6%"]
    assert found["All segments"] == ["32", "19", "11", "12", "8", "82", "75.6%", "51.6%"]
    text = answer.content.decode()
    values = re.findall(r'class="reach-value[^"]*">([^<]+)<', text)
    assert values == ["82", "8", "51.6%", "86.3%"]


def test_links_choose_the_metric_and_keep_the_broadcast(closed, october):
    answer = closed(october, metric="clicked")
    assert rows(answer)["Workers"] == ["8", "–", "–", "–", "–", "8", "100.0%"]
    assert f"?broadcast={october.pk}&amp;metric=bounced#table-bounced" in answer.content.decode()


@pytest.mark.parametrize(
    "query",
    [{"broadcast": "99"}, {"broadcast": "x"}, {"broadcast": "-1"}, {"broadcast": "1e3"}, {"broadcast": "٣"},
     {"broadcast": "9" * 40}, {"metric": "delivery_rate"}, {"metric": "<b>"}, {"metric": ""}],
)  # fmt: skip
def test_what_is_not_there_is_not_found(page, october, query):
    assert page(**query).status_code == 404


@pytest.mark.parametrize("name", ["csv", "code_book", "xlsx"])
def test_download_of_what_is_not_there_is_not_found(evaluator, october, name):
    assert evaluator.get(reverse(f"reach:{name}"), {"broadcast": "99"}, follow=True).status_code == 404


def test_hidden_figures_are_nowhere_in_the_page(closed, ledger, october):
    ledger.deliver(october, 30, segment="officials")
    ledger.deliver(october, 30, segment="officials", gender="man")
    ledger.deliver(october, 3, segment="officials", gender="another")
    ledger.deliver(october, 9, segment="officials", gender="")
    ledger.count(october)
    text = closed(october).content.decode()
    assert rows(closed(october))["officials"][2] == "hidden"
    assert ">3<" not in text
    assert "inline-size: 10%" not in text  # 3 of the longest bar's 30


def test_every_metric_is_defined_on_the_page_and_every_link_to_a_definition_leads_there(page, october):
    text = page().content.decode()
    for metric in METRICS:
        assert f'id="metric-{metric.slug}"' in text
        assert escape(str(metric.formula)) in text
    for anchor in set(re.findall(r'href="#(metric-[^"]+)"', text)):
        assert f'id="{anchor}"' in text


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
    assert "No broadcast has ended yet" in page().content.decode()
    answer = page(broadcast=broadcast.pk)
    assert "Open: still being sent" in answer.content.decode()
    assert "at least 30" in answer.content.decode()


def test_downloads_are_files_named_after_date_and_broadcast_and_kept_by_no_cache(evaluator, october):
    for name, end, kind in (
        ("csv", "csv", "text/csv"), ("code_book", "csv", "text/csv"), ("xlsx", "xlsx", "application/vnd.openxml"),
    ):  # fmt: skip
        answer = evaluator.get(reverse(f"reach:{name}"), {"broadcast": october.pk})
        assert answer["Content-Type"].startswith(kind)
        assert re.search(
            rf'filename="reach-[a-z0-9-]*broadcast-{october.pk}-october\.{end}"', answer["Content-Disposition"]
        )
        assert "no-store" in answer["Cache-Control"]


def test_page_is_written_in_the_language_of_the_reader(closed, member, october):
    with translation.override("fr"):
        text = closed(october).content.decode()
    assert "75,6 %" in text.replace("\xa0", " ").replace("&nbsp;", " ") or "75.6%" in text


def test_page_asks_the_database_the_same_however_many_broadcasts_there_are(page, ledger, django_assert_max_num_queries):
    for number in range(4):
        broadcast = ledger.broadcast(str(number))
        ledger.deliver(broadcast, 20)
        ledger.count(broadcast)
    page()
    with django_assert_max_num_queries(20):
        page()
