from datetime import date

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse
from wagtail.models import Page
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text
from wagtail_localize.models import Translation

from home.models import NewsIndexPage, NewsPage
from home.models.news import LONGEST
from outreach import roles

ROLES = {
    "editor": roles.EDITORS,
    "approver": roles.APPROVERS,
    "evaluator": roles.EVALUATORS,
    "data officer": roles.DATA_OFFICERS,
}
WRITE = {"editor", "approver"}


@pytest.fixture
def news_list(site) -> NewsIndexPage:
    return NewsIndexPage.objects.get(locale__language_code="en")


@pytest.fixture
def item(site) -> NewsPage:
    return NewsPage.objects.get(locale__language_code="en", slug="free-movement")


def addresses(news_list: NewsIndexPage, item: NewsPage) -> list[str]:
    return [
        reverse("wagtailadmin_explore", args=[news_list.pk]),
        reverse("wagtailadmin_pages:add", args=["home", "newspage", news_list.pk]),
        reverse("wagtailadmin_pages:edit", args=[item.pk]),
    ]


def form(**given: object) -> dict[str, object]:
    return nested_form_data(
        {
            "title": "A desk opens in Marigot",
            "slug": "a-desk-opens",
            "join-count": "0",
            "summary": "It answers questions on papers.",
            "published": "2026-10-05",
            "place": "Marigot, Dominica",
            "body": rich_text("<p>Every Monday.</p>"),
            "partners": "Ministry of Labour",
            "source": "Ministry of Labour, 5 October 2026",
            "source_url": "https://example.org/desk",
            "topics": inline_formset([{"topic": "work"}]),
            "comments": inline_formset([]),
            "action-publish": "1",
            **given,
        }
    )


@pytest.fixture
def publish(editor: Client, news_list: NewsIndexPage):
    address = reverse("wagtailadmin_pages:add", args=["home", "newspage", news_list.pk])
    return lambda **given: editor.post(address, form(**given))


@pytest.mark.parametrize("role", ROLES)
def test_editors_and_approvers_write_news_and_nobody_else(client: Client, news_list, item, role):
    user = User.objects.create_user(role)
    user.groups.add(Group.objects.get(name=ROLES[role]))
    client.force_login(user)
    for address in addresses(news_list, item):
        assert (client.get(address).status_code == 200) is (role in WRITE), address


def test_nobody_writes_news_without_signing_in(client: Client, news_list, item):
    for address in addresses(news_list, item):
        assert client.get(address)["Location"].startswith("/admin/login/"), address


def test_explorer_lists_the_newest_first_with_its_day_and_place(editor: Client, news_list):
    page = BeautifulSoup(editor.get(reverse("wagtailadmin_explore", args=[news_list.pk])).content, "html.parser")
    rows = [row.get_text(" ", strip=True) for row in page.select("table.listing tbody tr")]
    assert [row.split(" Oct")[0].split(" Dec")[0].split(" May")[0][:12] for row in rows] == [
        "Four states ", "A new estima", "Twelve peopl",
    ]  # fmt: skip
    assert "1 October 2025" in rows[0]
    assert "Roseau, Dominica" in rows[0]


def test_form_begins_with_today_and_offers_the_places_of_earlier_news(editor: Client, news_list):
    address = reverse("wagtailadmin_pages:add", args=["home", "newspage", news_list.pk])
    with time_machine.travel("2026-12-01T02:00:00Z", tick=False):
        page = BeautifulSoup(editor.get(address).content, "html.parser")
    assert page.find("input", {"name": "published"})["value"] == "2026-11-30", "the day of the office"
    place = page.find("input", {"name": "place"})
    offered = [option["value"] for option in page.find("datalist", id=place["list"]).find_all("option")]
    assert offered == ["Roseau, Dominica", "Geneva, Switzerland"]


def test_item_is_published_with_everything_it_says(publish, reader: Client):
    assert publish().status_code == 302
    page = NewsPage.objects.get(slug="a-desk-opens")
    assert (page.live, page.published, page.place_slug) == (True, date(2026, 10, 5), "marigot-dominica")
    assert "A desk opens" in reader.get("/en/news/place/marigot-dominica/").content.decode()


@pytest.mark.parametrize(
    ("given", "field", "reason"),
    [
        ({"place": ""}, "place", "This field is required."),
        ({"place": "🏝️"}, "place", "Write the place in letters."),
        ({"place": "a" * 81}, "place", "at most 80 characters"),
        ({"source": ""}, "source", "This field is required."),
        ({"source_url": "javascript:alert(1)"}, "source_url", "Enter a valid URL."),
        ({"published": "31 February"}, "published", "Enter a valid date."),
        ({"slug": "2026"}, "slug", "Add a word to it."),
        ({"slug": "feed"}, "slug", "Add a word to it."),
        ({"slug": "free-movement"}, "slug", "already in use"),
        ({"body": rich_text(f"<p>{'a' * (LONGEST + 1)}</p>")}, "body", f"at most {LONGEST} characters (it has"),
        ({"topics": inline_formset([{"topic": "gossip"}])}, "topics", "gossip is not one of the available choices"),
    ],
)
def test_bad_input_is_refused_beside_its_field_and_nothing_is_saved(publish, given, field, reason):
    before = Page.objects.count()
    page = BeautifulSoup(publish(**given).content, "html.parser")
    errors = [
        error.get_text(" ", strip=True) for error in page.select(".error-message, .w-field__errors, .help-critical")
    ]
    assert any(reason in error for error in errors), errors
    assert Page.objects.count() == before


def test_tags_do_not_count_towards_the_length_of_the_text(publish):
    bold = "".join(f"<p><b>{'a' * 10}</b></p>" for _paragraph in range(LONGEST // 10))
    assert publish(body=rich_text(bold)).status_code == 302


def test_draft_may_still_lack_its_place(publish):
    response = publish(**{"place": "", "action-publish": ""})
    assert response.status_code == 302
    assert not NewsPage.objects.get(slug="a-desk-opens").live


def test_corrected_place_moves_the_item_in_every_language(item: NewsPage, reader: Client):
    item.place = "Portsmouth, Dominica"
    item.save_revision().publish()
    translation = Translation.objects.get(source__object_id=item.translation_key, target_locale__language_code="fr")
    translation.source.update_from_db()
    translation.save_target(publish=False)
    translation.get_target_instance().get_latest_revision().publish()
    french = NewsPage.objects.get(translation_key=item.translation_key, locale__language_code="fr")
    assert french.place_slug == "portsmouth-dominica"
    assert reader.get("/fr/news/place/portsmouth-dominica/").status_code == 200


def test_publishing_a_translation_keeps_the_address_of_its_place(site):
    french = NewsPage.objects.get(slug="free-movement", locale__language_code="fr")
    french.place = "Roseau (Dominique)"
    french.save_revision().publish()
    french.refresh_from_db()
    assert (french.place, french.place_slug) == ("Roseau (Dominique)", "roseau-dominica")


def test_list_and_item_are_previewed_before_they_are_published(news_list: NewsIndexPage, item: NewsPage):
    item.title = "Not published yet"
    for page in (news_list, item):
        response = page.make_preview_request()
        assert response.status_code == 200
        assert page.title in response.content.decode()


def test_news_has_no_page_below_it_and_the_list_holds_news_only():
    assert NewsPage.allowed_subpage_models() == []
    assert NewsIndexPage.allowed_subpage_models() == [NewsPage]
