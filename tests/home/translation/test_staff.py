"""The staff pages of the translation of pages, through their addresses."""

import io
import re
import zipfile

import polib
import pytest
from django.contrib.auth.models import Group, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from wagtail.models import Page
from wagtail_localize.models import StringTranslation, Translation

from home.models import InfographicPage, NewsPage, RightsCardPage, StoryPage
from home.translation.catalogue_export import catalogue

ROLES = {
    "editor": "Editors",
    "approver": "Approvers",
    "evaluator": "Evaluators",
    "data officer": "Data officers",
}
ALLOWED = {"editor", "approver"}


def client_of(role: str) -> Client:
    client = Client()
    if role != "anonymous":
        user = User.objects.create_user(role.replace(" ", "-"))
        user.groups.add(Group.objects.get(name=ROLES[role]))
        client.force_login(user)
    return client


@pytest.fixture
def po(spanish_story: StoryPage) -> polib.POFile:
    translation = Translation.objects.get(
        source__object_id=spanish_story.translation_key, target_locale=spanish_story.locale
    )
    found = catalogue(translation)
    next(entry for entry in found if entry.msgid == "Always").msgstr = "Siempre"
    return found


def upload(po: polib.POFile | bytes, name: str = "es.po") -> dict[str, SimpleUploadedFile]:
    data = po if isinstance(po, bytes) else str(po).encode()
    return {"file": SimpleUploadedFile(name, data)}


def carried(page: str) -> dict[str, str]:
    """The hidden fields with which the second step answers."""
    names = ("name", "upload", "looked_at")
    return {name: re.search(f'name="{name}" value="([^"]*)"', page).group(1) for name in names}


@pytest.mark.parametrize("role", ["anonymous", *ROLES])
@pytest.mark.parametrize(
    "address",
    [
        "home_translation_drafts",
        "home_translation_compare",
        "home_translation_export",
        "home_translation_import",
        "home_translation_import_page",
        "home_translation_states",
    ],
)
def test_only_who_writes_or_approves_pages_gets_in(story, french_story, role, address):
    page = story if address == "home_translation_drafts" else french_story
    of_page = address in ("home_translation_drafts", "home_translation_compare", "home_translation_import_page")
    response = client_of(role).get(reverse(address, args=[page.pk] if of_page else []))
    if address == "home_translation_states" and role not in ("anonymous", *ALLOWED):
        assert "Two in three roofs" not in response.content.decode()
    else:
        assert (response.status_code == 200) is (role in ALLOWED)


@pytest.mark.parametrize("role", ["anonymous", "evaluator", "data officer"])
def test_nobody_else_makes_exports_or_imports_anything(story, spanish_story, po, role):
    client, pages = client_of(role), Page.objects.count()
    client.post(reverse("home_translation_drafts", args=[story.pk]), {"languages": ["acf"]})
    client.post(reverse("home_translation_import"), upload(po))
    response = client.post(reverse("home_translation_export"), {"languages": ["es"], "which": "all"})
    assert "attachment" not in response.headers.get("Content-Disposition", "")
    assert Page.objects.count() == pages


# Drafts


def test_one_click_makes_the_missing_drafts_and_says_what_came_of_it(story):
    client = client_of("editor")
    address = reverse("home_translation_drafts", args=[story.pk])
    page = client.get(address).content.decode()
    assert re.search(r'value="acf"[^>]*checked', page)
    assert not re.search(r'value="fr"[^>]*checked', page)
    page = client.post(address, {"languages": ["acf"]}, follow=True).content.decode()
    assert "1 draft was made: Two in three roofs were rebuilt by mixed crews (Kwéyòl)." in page
    assert "Pages above them were missing and are drafts now" in page
    pages = Page.objects.count()
    assert "Nothing had to be made" in client.post(address, {"languages": ["acf"]}, follow=True).content.decode()
    assert Page.objects.count() == pages


def test_language_of_no_page_is_refused_beside_the_field(story):
    page = client_of("editor").post(reverse("home_translation_drafts", args=[story.pk]), {"languages": ["xx"]})
    assert "This page is not translated into “xx”." in page.content.decode()
    page = client_of("approver").post(reverse("home_translation_drafts", args=[story.pk]), {})
    assert "Choose at least one language." in page.content.decode()


def test_from_a_translation_the_way_leads_to_its_source(story, french_story):
    response = client_of("editor").get(reverse("home_translation_drafts", args=[french_story.pk]))
    assert response.url == reverse("home_translation_drafts", args=[story.pk])


def test_pages_ticked_in_a_listing_are_drafted_together(story, french_story):
    others = Page.objects.filter(locale=story.locale, slug__in=["stock", "origins"])
    address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "home_translate"])
    query = "&".join(f"id={page.pk}" for page in [*others, french_story])
    client = client_of("editor")
    page = client.get(f"{address}?{query}").content.decode()
    assert "These stay as they are" in page
    client.post(f"{address}?{query}", {"next": "/admin/"})
    assert Page.objects.filter(locale__language_code="acf", slug__in=["stock", "origins"], live=False).count() == 2


def test_editor_of_the_source_shows_every_language_and_the_ways_on(story, french_story):
    page = client_of("editor").get(reverse("wagtailadmin_pages:edit", args=[story.pk])).content.decode()
    assert 'id="tab-label-translations"' in page
    assert "Missing" in page
    assert "Not reviewed" in page
    assert reverse("wagtailadmin_pages:edit", args=[french_story.pk]) in page
    assert reverse("home_translation_compare", args=[french_story.pk]) in page
    assert reverse("home_translation_drafts", args=[story.pk]) in page


def test_new_page_has_no_translations_yet(story):
    parent = story.get_parent()
    page = client_of("editor").get(reverse("wagtailadmin_pages:add", args=["home", "storypage", parent.pk]))
    assert "Save the page first" in page.content.decode()


# Side by side


def test_side_by_side_shows_both_languages_and_the_state(story, spanish_story):
    page = client_of("approver").get(reverse("home_translation_compare", args=[spanish_story.pk])).content.decode()
    assert "A crew starts at <b>six</b>." in page
    assert "A crew starts at <b>six</b>. [es]" in page
    assert "Not translated yet" in page
    assert reverse("home_review_translation", args=[spanish_story.pk]) in page


def test_from_a_source_the_way_leads_to_its_languages(story):
    response = client_of("editor").get(reverse("home_translation_compare", args=[story.pk]))
    assert response.url == reverse("home_translation_drafts", args=[story.pk])


# Export


def test_export_answers_with_a_file(story):
    response = client_of("editor").post(
        reverse("home_translation_export"), {"languages": ["es", "ht"], "which": "all", "topic": "work"}
    )
    names = zipfile.ZipFile(io.BytesIO(response.content)).namelist()
    assert names[0] == "README.txt"
    assert {name.partition("/")[0] for name in names[1:]} == {"es", "ht"}
    assert {"es/stories-who-builds-roofs.po", "es/work.po", "ht/stories-who-builds-roofs.po"} <= set(names)
    about_work = {
        page.get_url_parts()[2].removeprefix("/en/").strip("/").replace("/", "-")
        for kind in (StoryPage, InfographicPage, NewsPage, RightsCardPage)
        for page in kind.objects.live().filter(locale__language_code="en", topics__topic="work")
    }
    assert {name.partition("/")[2] for name in names[1:]} == {f"{name}.po" for name in {*about_work, "work"}}


def test_export_of_chosen_pages_holds_no_others(story):
    client = client_of("editor")
    address = reverse("home_translation_export")
    assert story.title in client.get(address, {"pages": story.pk}).content.decode()
    response = client.post(address, {"languages": ["es"], "which": "waiting", "pages": [story.pk]})
    assert response.headers["Content-Disposition"] == 'attachment; filename="stories-who-builds-roofs.es.po"'


def test_export_of_nothing_is_said(story):
    page = client_of("editor").post(reverse("home_translation_export"), {"languages": ["fr"], "which": "waiting"})
    assert "Nothing waits for a translator there." in page.content.decode()
    page = client_of("approver").post(reverse("home_translation_export"), {"which": "waiting"})
    assert "Choose at least one language." in page.content.decode()


@pytest.mark.parametrize("pages", ["x", "0", "-1", "99999999999999999999"])
def test_export_of_invented_pages_changes_nothing(site, pages):
    client = client_of("editor")
    assert client.get(reverse("home_translation_export"), {"pages": pages}).status_code == 200
    posted = {"languages": ["fr"], "which": "all", "pages": pages}
    assert client.post(reverse("home_translation_export"), posted).status_code == 200


# Import


def test_import_shows_what_would_change_and_then_saves_it(po, spanish_story):
    client = client_of("editor")
    address = reverse("home_translation_import")
    page = client.post(address, upload(po)).content.decode()
    assert "1 text would be saved." in page
    assert "Siempre" in page
    assert not StringTranslation.objects.filter(data="Siempre").exists()
    page = client.post(address, carried(page), follow=True).content.decode()
    assert "1 translation was saved." in page
    assert StringTranslation.objects.filter(data="Siempre").exists()


def test_what_changed_since_it_was_looked_at_is_shown_again(po, spanish_story):
    client = client_of("editor")
    address = reverse("home_translation_import")
    hidden = carried(client.post(address, upload(po)).content.decode())
    StringTranslation.objects.filter(locale=spanish_story.locale, context__path="title").update(data="Otro título")
    page = client.post(address, hidden).content.decode()
    assert "Something has changed since you looked." in page
    assert not StringTranslation.objects.filter(data="Siempre").exists()


@pytest.mark.parametrize("spoilt", ["", "no base64!", "eJwDAAAAAAE="])
def test_upload_that_was_tampered_with_on_the_way_is_refused(po, spoilt):
    client = client_of("editor")
    address = reverse("home_translation_import")
    hidden = carried(client.post(address, upload(po)).content.decode())
    page = client.post(address, {**hidden, "upload": spoilt}).content.decode()
    assert "w-field__errors" in page
    assert not StringTranslation.objects.filter(data="Siempre").exists()


def test_file_for_another_page_is_refused_beside_the_field(po, french_story):
    address = reverse("home_translation_import_page", args=[french_story.pk])
    page = client_of("editor").post(address, upload(po)).content.decode()
    assert "is for another page" in page
    assert not StringTranslation.objects.filter(data="Siempre").exists()


@pytest.mark.parametrize(
    ("file", "says"),
    [
        (upload(b"x" * 10_000_000), "is larger than 1.5 MB"),
        (upload(b"\x89PNG", "picture.png"), "not in UTF-8"),
        (upload(b"hello", "letter.docx"), "is not a PO file"),
        (upload(b""), "This file is empty."),
        ({}, "Choose the file that the translator sent."),
    ],
)
def test_bad_upload_is_refused_beside_the_field(site, file, says):
    page = client_of("editor").post(reverse("home_translation_import"), file).content.decode()
    assert says in page
    assert "w-field__errors" in page


def test_name_of_a_file_is_no_markup(site):
    file = upload(b"hello", "<script>alert(1)</script>.po")
    page = client_of("editor").post(reverse("home_translation_import"), file).content.decode()
    assert "<script>alert(1)" not in page


# Publishing


def test_half_translated_page_is_not_published_and_what_waits_is_said(spanish_story):
    client = client_of("approver")
    edit = reverse("wagtailadmin_pages:edit", args=[spanish_story.pk])
    page = client.post(edit, {"action": "publish"}, follow=True).content.decode()
    assert "was not published: 1 text is not translated yet." in page
    address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    client.post(f"{address}?id={spanish_story.pk}", {"next": "/admin/"})
    spanish_story.refresh_from_db()
    assert not spanish_story.live


def test_page_is_published_once_its_last_text_is_translated(po, spanish_story, django_capture_on_commit_callbacks):
    client = client_of("approver")
    address = reverse("home_translation_import")
    client.post(address, carried(client.post(address, upload(po)).content.decode()))
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("wagtailadmin_pages:edit", args=[spanish_story.pk]), {"action": "publish"})
    spanish_story.refresh_from_db()
    assert spanish_story.live


def test_pages_of_the_source_language_are_published_as_before(story):
    client = client_of("approver")
    Page.objects.filter(pk=story.pk).update(live=False)
    address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    client.post(f"{address}?id={story.pk}", {"next": "/admin/"})
    assert Page.objects.get(pk=story.pk).live


def test_report_leads_to_the_exchange_with_translators(site):
    page = client_of("editor").get(reverse("home_translation_states")).content.decode()
    assert reverse("home_translation_export") in page
    assert reverse("home_translation_import") in page
