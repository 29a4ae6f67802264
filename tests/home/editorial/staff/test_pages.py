import csv
import io

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from home.models import ChecklistAnswer, PhotoConsent, StoryPage, Term
from outreach import roles
from tests.home.editorial.conftest import TODAY
from tests.home.editorial.forms import form_data

pytestmark = pytest.mark.usefixtures("at_noon")

ROLES = [None, roles.EDITORS, roles.APPROVERS, roles.EVALUATORS, roles.DATA_OFFICERS]


def staff(role: str) -> User:
    roles.ensure()
    user = User.objects.create_user(f"somebody {role}")
    user.groups.add(Group.objects.get(name=role))
    return user


@pytest.fixture
def checklist_url(story: StoryPage) -> str:
    return reverse("home_checklist", args=[story.pk])


def addresses(story: StoryPage) -> list[str]:
    return [
        reverse("home_checklist", args=[story.pk]),
        reverse("home_checklist_report"),
        reverse("home_balance"),
        reverse("wagtailsnippets_home_term:list"),
        reverse("wagtailsnippets_home_term:add"),
        reverse("wagtailsnippets_home_photoconsent:list"),
        reverse("wagtailsnippets_home_photoconsent:add"),
    ]


@pytest.mark.parametrize("role", ROLES, ids=str)
def test_editors_and_approvers_open_every_page_and_nobody_else_any(client: Client, story: StoryPage, role):
    if role:
        client.force_login(staff(role))
    expected = 200 if role in (roles.EDITORS, roles.APPROVERS) else 302
    assert {url: client.get(url).status_code for url in addresses(story)} == dict.fromkeys(addresses(story), expected)


@pytest.mark.parametrize("role", [roles.EVALUATORS, roles.DATA_OFFICERS])
def test_evaluators_and_data_officers_are_offered_nothing_of_it(client: Client, site, role):
    client.force_login(staff(role))
    page = client.get("/admin/").content.decode()
    assert "Voices and pictures" not in page
    assert "Editorial" not in page


def test_administrator_keeps_terms_and_consents_and_no_pages(client: Client, story: StoryPage, checklist_url):
    client.force_login(staff(roles.ADMINISTRATORS))
    assert client.get(reverse("wagtailsnippets_home_term:list")).status_code == 200
    assert client.get(reverse("wagtailsnippets_home_photoconsent:list")).status_code == 200
    assert client.get(checklist_url).status_code == 302


def test_nobody_deletes_a_consent(client: Client, consent):
    client.force_login(staff(roles.APPROVERS))
    url = reverse("wagtailsnippets_home_photoconsent:delete", args=[consent.pk])
    client.post(url)
    assert PhotoConsent.objects.filter(pk=consent.pk).exists()


def test_editor_answers_an_item_and_sees_who_answered(client: Client, story: StoryPage, checklist_url):
    client.force_login(staff(roles.EDITORS))
    data = {"item": "do_no_harm", "do_no_harm-answer": "fail", "do_no_harm-reason": "The village is named."}
    response = client.post(checklist_url, data, follow=True)
    assert "The village is named." in response.content.decode()
    assert ChecklistAnswer.objects.get().answered_by.username == "somebody Editors"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"do_no_harm-answer": "not_applicable"}, "Say why, in a sentence."),
        ({}, "Choose an answer."),
        ({"do_no_harm-answer": "perhaps"}, "Choose among the answers that are offered."),
        ({"do_no_harm-answer": "fail", "do_no_harm-reason": "x" * 1001}, "at most 1000 characters"),
    ],
)
def test_wrong_answer_is_not_kept_and_the_message_stands_beside_the_field(editor, checklist_url, data, message):
    response = editor.post(checklist_url, {"item": "do_no_harm", **data})
    assert response.status_code == 422
    assert message in response.content.decode()
    assert not ChecklistAnswer.objects.exists()


@pytest.mark.parametrize("item", ["consent", "unknown", ""])
def test_item_that_nobody_may_answer_is_not_found(editor, checklist_url, item):
    assert editor.post(checklist_url, {"item": item}, follow=True).status_code == 404


def test_page_of_another_kind_has_no_checklist(editor, home_page):
    assert editor.get(reverse("home_checklist", args=[home_page.pk]), follow=True).status_code == 404


def test_editor_has_the_checklist_and_the_words_to_avoid_beside_the_page(editor, story: StoryPage):
    Term.objects.create(locale=story.locale, term="workforce", definition="…", instead_of="manpower", why="Men only.")
    story.title = "Roofs & manpower"
    story.save_revision()
    page = editor.get(reverse("wagtailadmin_pages:edit", args=[story.pk])).content.decode()
    assert 'data-side-panel="editorial-checklist"' in page
    assert ' lang="en" dir="auto">Roofs &amp; <mark>manpower</mark></q>' in page
    assert "<del>manpower</del>" in page
    assert "<ins>workforce</ins>" in page
    assert "Men only." in page


def test_checklist_leads_to_the_block_in_which_a_word_stands(editor, story: StoryPage, checklist_url):
    Term.objects.create(locale=story.locale, term="workforce", definition="…", instead_of="manpower")
    number = "bbbbbbbb-0000-4000-8000-000000000001"
    story.body = [{"type": "text", "value": "<p>It rains. Send manpower.</p>", "id": number}]
    story.save_revision()
    page = BeautifulSoup(editor.get(checklist_url).content, "html.parser")
    edit = reverse("wagtailadmin_pages:edit", args=[story.pk])
    found = page.select_one(".check__warnings li")
    assert found.a["href"] == f"{edit}#block-{number}-section"
    assert found.a.text == "Body · block 1, Text"
    assert found.q.text == "Send manpower."
    assert found.mark.text == "manpower"


def test_autosave_brings_the_checklist_anew(editor, story: StoryPage):
    Term.objects.create(locale=story.locale, term="workforce", definition="…", instead_of="manpower")
    story.title = "Manpower again"
    response = editor.post(
        reverse("wagtailadmin_pages:edit", args=[story.pk]),
        form_data(story, photo=False),
        headers={"accept": "application/json"},
    )
    assert "<del>Manpower</del>" in response.json()["html"]


def test_translation_says_what_is_open_above_its_editor(editor, french_story: StoryPage):
    page = editor.get(reverse("wagtailadmin_pages:edit", args=[french_story.pk])).content.decode()
    assert "Open in the checklist:" in page
    assert reverse("home_checklist", args=[french_story.pk]) in page


def test_publishing_and_submitting_say_what_is_open_and_go_through(editor, story: StoryPage):
    data = form_data(story, photo=False, **{"action-publish": "1"})
    response = editor.post(reverse("wagtailadmin_pages:edit", args=[story.pk]), data, follow=True)
    assert response.content.decode().count("Open in the checklist:") == 1
    assert not list(StoryPage.objects.get(pk=story.pk).body)


def rows(response) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(b"".join(response).decode())))


def test_report_lists_the_pages_on_which_an_item_is_open(editor, story: StoryPage):
    url = reverse("home_checklist_report")
    assert story.title in editor.get(url, {"item": "do_no_harm", "locale": story.locale_id}).content.decode()
    assert story.title not in editor.get(url, {"item": "consent"}).content.decode()


def test_report_is_exported_in_words_and_without_formulas(editor, story: StoryPage):
    story.title = "=1+1"
    story.save_revision().publish()
    url = reverse("home_checklist_report")
    found = rows(editor.get(url, {"export": "csv"}))
    line = next(row for row in found if row["Page"].endswith("=1+1"))
    assert line["Page"] == "'=1+1"
    assert line["Do no harm"] == "Not answered"
    sheet = load_workbook(io.BytesIO(b"".join(editor.get(url, {"export": "xlsx"})))).active
    assert "Not answered" in {cell.value for row in sheet for cell in row}


def test_register_lists_what_ends_within_30_days(editor, consent):
    PhotoConsent.objects.create(
        reference="C-soon", filed="Cabinet", scope="All", given_on=TODAY, ends_on=TODAY.replace(day=20)
    )
    url = reverse("wagtailsnippets_home_photoconsent:list")
    page = editor.get(url, {"state": "soon"}).content.decode()
    assert "C-soon" in page
    assert "Ends soon" in page
    assert consent.reference not in page


def test_consent_that_ends_before_it_begins_is_not_kept(editor, db):
    url = reverse("wagtailsnippets_home_photoconsent:add")
    data = {
        "reference": "C-1",
        "people": "0",
        "filed": "Cabinet",
        "scope": "All",
        "given_on": "2026-11-02",
        "ends_on": "2026-11-01",
    }
    page = editor.post(url, data).content.decode()
    assert "This is before the day on which it was given." in page
    assert "A consent that nobody signed is none." in page
    assert not PhotoConsent.objects.exists()


def test_dashboard_shows_the_balance_to_those_who_write(client: Client, site):
    client.force_login(staff(roles.EDITORS))
    assert "Voices and pictures of the last 90 days" in client.get("/admin/").content.decode()


def test_dashboard_names_a_consent_that_ends_soon_to_those_who_keep_the_register(client: Client, site, consent):
    consent.ends_on = TODAY.replace(day=20)
    consent.save()
    client.force_login(staff(roles.EDITORS))
    assert "C-2026-014" in client.get("/admin/").content.decode()
    client.force_login(staff(roles.EVALUATORS))
    assert "C-2026-014" not in client.get("/admin/", follow=True).content.decode()


def test_balance_is_exported_with_zeros_and_days(editor, story: StoryPage):
    response = editor.get(reverse("home_balance"), {"since": "2026-10-01", "until": "2026-11-02", "export": "csv"})
    found = list(csv.DictReader(io.StringIO(response.content.decode())))
    assert {"since", "until", "counted", "gender", "function_or_role", "count"} == set(found[0])
    assert len(found) == 1 + 4 * 5 + 3 + 1
    assert all(row["since"] == "2026-10-01" for row in found)


@pytest.mark.parametrize(
    ("days", "message"),
    [
        ({"since": "2026-11-02", "until": "2026-11-01"}, "This is before the first day."),
        ({"since": "yesterday", "until": "2026-11-01"}, "Enter a valid date."),
    ],
)
def test_wrong_period_gets_a_message_and_the_last_90_days(editor, site, days, message):
    page = editor.get(reverse("home_balance"), days).content.decode()
    assert message in page
    assert "5 August 2026" in page
