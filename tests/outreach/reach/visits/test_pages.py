"""What evaluators see of web reading and take away, and that nobody else does."""

import csv
import io
import re
from datetime import date
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook
from pypdf import PdfReader

from outreach.reach.documents.writers import WRITERS
from outreach.tracking.models import PageDay

pytestmark = pytest.mark.django_db

FILES = tuple(f"visits_{name}" for name in WRITERS)
NAMES = ("visits", *FILES)
CELL = re.compile(r"<t[hd][^>]*>.*?</t[hd]>", re.DOTALL)
READERS = {"approver", "evaluator", "superuser"}


@pytest.fixture
def evaluator(client, member):
    client.force_login(member("evaluator"))
    return client


@pytest.fixture
def page(evaluator):
    return lambda **query: evaluator.get(reverse("reach:visits"), query)


def lines(answer):
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


@pytest.mark.parametrize("is_read", [True, False])
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("role", ["editor", "approver", "evaluator", "data officer", "administrator", "superuser"])
def test_each_role_gets_what_it_may(client, member, request, role, name, is_read):
    if is_read:
        request.getfixturevalue("read")
    client.force_login(member(role))
    answer = client.get(reverse(f"reach:{name}"))
    if role in READERS:
        assert answer.status_code == 200
    else:
        assert (answer.status_code, answer["Location"]) == (302, reverse("wagtailadmin_home"))


@pytest.mark.parametrize("name", NAMES)
def test_nobody_outside_gets_anything(client, read, name):
    answer = client.get(reverse(f"reach:{name}"))
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("wagtailadmin_login"))


def test_page_shows_three_figures_and_machines_apart(page, read):
    text = page(period="2026-10").content.decode()
    assert re.findall(r'class="reach-value[^"]*">([^<]+)<', text) == ["45", "34", "40.0%"]
    apart = text[text.index('class="reach-apart"') :]
    assert re.search(r'Page views by machines</a> <span class="reach-shown">7<', apart)


def test_page_says_in_words_what_visits_are(page, read):
    text = page().content.decode()
    for words in (
        "Visits are not people", "never added to people reached", "Readers without JavaScript are not in",
        "No cookie is set, and no address is kept", "Hits that were not counted, by reason",
    ):  # fmt: skip
        assert words in text


def test_what_nobody_told_is_shown_as_unknown_and_not_as_0(page, read):
    text = page(period="2026-10").content.decode()
    row = text[text.index('<th scope="row">Computer or tablet</th>') :]
    cells = re.findall(r'<td class="reach-(\w+)">([^<]+)</td>', row)[:6]
    assert cells == [
        ("shown", "6"), ("shown", "5"), ("shown", "0"), ("unknown", "–"), ("unknown", "–"), ("shown", "0"),
    ]  # fmt: skip


def test_title_in_another_language_than_the_readers_says_so(page, read, stories):
    stories.locale = type(stories.locale).objects.get(language_code="fr")
    stories.title = "Récits"
    stories.save()
    assert '<th scope="row" lang="fr">Récits</th>' in page().content.decode()


def test_title_is_never_read_as_markup(page, read, stories):
    stories.title = "<script>alert(1)</script>"
    stories.save()
    assert "<script>alert(1)" not in page().content.decode()


@pytest.mark.parametrize("period", ["2026-13", "2026-Q5", "x" * 5000, "0000", "\x00", "<b>", "2026-12/2026-11"])
def test_wrong_period_is_named_as_such_and_the_list_is_offered(page, evaluator, read, period):
    answer = page(period=period)
    text = answer.content.decode()
    assert answer.status_code == 400
    assert "help-critical" in text
    assert '<option value="2026-10">' in text
    assert "reach-table" not in text
    for name in FILES:
        refused = evaluator.get(reverse(f"reach:{name}"), {"period": period})
        assert (refused.status_code, refused["Content-Type"]) == (400, "text/plain; charset=utf-8")


def test_period_in_which_nothing_was_counted_says_so(page, read):
    text = page(period="2025").content.decode()
    assert "Nothing was counted in this period" in text
    assert re.findall(r'class="reach-value[^"]*">([^<]+)<', text) == ["–", "–", "–"]


def test_before_the_first_visit_the_page_says_what_it_is_for(page):
    text = page().content.decode()
    assert "No page was read yet" in text
    assert "reach-table" not in text


def test_chosen_period_stays_chosen_and_goes_with_the_files(page, read):
    text = page(period="2026-10").content.decode()
    assert '<option value="2026-10" selected>' in text
    assert '<input type="hidden" name="period" value="2026-10">' in text


def test_files_say_what_the_page_says(page, evaluator, read):
    text = page(period="2026-10").content.decode()
    tables = re.findall(r'<table class="reach-table">.*?</table>', text, re.DOTALL)
    shown = [
        [unescape(re.sub(r"<[^>]+>", "", cell)).strip() for cell in CELL.findall(row)]
        for each in tables
        for row in re.findall(r"<tr.*?</tr>", each, re.DOTALL)
    ]
    book = load_workbook(
        io.BytesIO(evaluator.get(reverse("reach:visits_xlsx"), {"period": "2026-10"}).content), data_only=True
    )
    written = [row for sheet in book.worksheets for row in sheet.iter_rows(values_only=True)]
    found = lines(evaluator.get(reverse("reach:visits_csv"), {"period": "2026-10"}))
    for row in shown:
        assert any(str(line[0]) == row[0] for line in written if line), row
    assert ("Stories", 36, 25, 10, 4, 0.4, 7) in [row[:7] for row in written]
    by_place = {(line["table"], line["row"], line["column"]): (line["value"], line["status"]) for line in found}
    assert by_place["headline", "Article visits", "Figure"] == ("45", "shown")
    assert by_place["headline", "Page views by machines", "Figure"] == ("7", "shown")
    assert by_place["page", "Stories", "Page views"] == ("36", "shown")
    assert by_place["device", "Not told", "Visits read to the end"] == ("", "unknown")
    assert by_place["drops", "The link is forged, cut off or foreign", "Hits"] == ("12", "shown")
    cells = [cell for row in shown if row[0] in ("Stories", "Français", "2026-10-03") for cell in row[1:]]
    values = {line["value"] for line in found if line["row"] in ("Stories", "Français", "2026-10-03")}
    assert {cell for cell in cells if cell.isdigit()} == {value for value in values if value.isdigit()}
    assert len(shown) - len(tables) == len({(line["table"], line["row"]) for line in found} - HEADLINES)


HEADLINES = {
    ("headline", name)
    for name in ("Article visits", "Different visits", "Read completion rate", "Page views by machines")
}


def test_pdf_has_the_tables_and_the_words(evaluator, read):
    answer = evaluator.get(reverse("reach:visits_pdf"), {"period": "2026-10"})
    text = " ".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages).split())
    for words in ("Web reading", "2026-10-01 to 2026-10-31", "Visits are not people", "Rights at work", "40.0%"):
        assert words in text


@pytest.mark.parametrize("language", ["de", "<b>"])
def test_download_in_a_language_of_the_site_only(evaluator, read, language):
    assert evaluator.get(reverse("reach:visits_csv"), {"language": language}).status_code == 400


def test_files_are_named_after_their_days_and_language_and_kept_by_no_cache(evaluator, read):
    for name, writer in WRITERS.items():
        answer = evaluator.get(reverse(f"reach:visits_{name}"), {"period": "2026-Q4", "language": "fr"})
        assert f'"web-reading-2026-10-01-to-2026-12-31-fr.{writer.suffix}"' in answer["Content-Disposition"]
        assert answer["Content-Type"] == writer.content_type
        assert answer["Cache-Control"].startswith("private, no-store")


def test_page_asks_the_database_the_same_however_much_was_read(page, read):
    page()
    with CaptureQueriesContext(connection) as before:
        page()
    for number in range(40):
        PageDay.objects.create(
            day="2026-10-05", page_id=100 + number, language="en", source="other", device="desk", views=1
        )
    with CaptureQueriesContext(connection) as after:
        page()
    assert len(after) == len(before) < 25


def test_menu_leads_to_the_page(evaluator, client, member, read):
    address = reverse("reach:visits")
    assert address in evaluator.get(reverse("wagtailadmin_home")).content.decode()
    client.force_login(member("editor"))
    assert address not in client.get(reverse("wagtailadmin_home")).content.decode()


MACHINES_ALONE = "No reader was counted in this period"


def test_where_machines_alone_opened_pages_the_page_says_so(page, page_day, stories):
    page_day(date(2026, 10, 1), stories.pk, machine_views=7)
    text = page(period="2026-10").content.decode()
    assert MACHINES_ALONE in text
    assert "Nothing was counted in this period" not in text


def test_where_readers_were_counted_it_does_not_say_so(page, read):
    assert MACHINES_ALONE not in page(period="2026-10").content.decode()


def test_visits_that_a_demo_broadcast_led_here_are_marked_as_invented(page, evaluator, read, letter):
    before = page(period="2026-10").content.decode()
    letter.is_demo = True
    letter.save()
    marked = page(period="2026-10").content.decode()
    book = load_workbook(io.BytesIO(evaluator.get(reverse("reach:visits_xlsx"), {"period": "2026-10"}).content))
    said = {str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row}

    assert "Includes demo data" not in before
    assert "Includes demo data" in marked
    assert "Some of these figures were invented." in said
    assert "Includes demo data" not in page(period="2026-11").content.decode()
