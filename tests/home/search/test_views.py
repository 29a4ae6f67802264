"""What a reader who searches is answered."""

import html
import re

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from wagtail.models import Page, PageViewRestriction

from home.models import HomePage, RightsCardPage, StandardPage, StoryPage

EN = "/en/search/"


def answer(reader: Client, query: str, address: str = EN, **more: str) -> str:
    response = reader.get(address, {"q": query, **more})
    assert response.status_code == 200
    return html.unescape(response.content.decode())


def titles(page: str) -> list[str]:
    found = re.findall(r'class="result__title"><a href="[^"]*">(.*?)</a>', page)
    return [re.sub("</?mark>", "", title) for title in found]


def add(home: HomePage, slug: str, body: str, **fields) -> StandardPage:
    """A page of text that the index knows."""
    page = StandardPage(title=f"Page {slug}", slug=slug, summary="A page.", body=f"<p>{body}</p>", **fields)
    home.add_child(instance=page)
    reindex()
    return page


def reindex() -> None:
    call_command("update_index", verbosity=0)


@pytest.fixture
def french_home(site) -> HomePage:
    return HomePage.objects.get(locale__language_code="fr")


def test_page_is_found_by_words_of_its_title_summary_and_text(site, reader: Client):
    story = "Two in three roofs were rebuilt by mixed crews"
    for query in ("roofs", "papers owner", "starts at six", "theirs"):
        assert story in titles(answer(reader, query))


def test_search_in_french_finds_french_pages_and_only_those(site, reader: Client):
    page = answer(reader, "roofs", "/fr/search/")
    assert titles(page) == ["Two in three roofs were rebuilt by mixed crews [fr]"]
    assert '<html lang="fr"' in page


@pytest.mark.parametrize("query", ["sante", "santé", "SANTÉ", "sante\u0301", "sant", "oeuvre", "œuvre", "ecole"])
def test_accents_capitals_and_endings_make_no_difference(french_home: HomePage, reader: Client, query):
    add(french_home, "soins", "La santé de la main-d’œuvre, et l’école.", locale=french_home.locale)
    assert titles(answer(reader, query, "/fr/search/")) == ["Page soins"]


def test_plural_finds_the_singular_and_the_singular_the_plural(home_page: HomePage, reader: Client):
    add(home_page, "one", "A passport")
    add(home_page, "two", "Many passports")
    assert {"Page one", "Page two"} <= set(titles(answer(reader, "passports")))
    assert {"Page one", "Page two"} <= set(titles(answer(reader, "passport")))


def test_drafts_and_withdrawn_and_private_pages_and_aliases_are_not_found(home_page: HomePage, reader: Client):
    add(home_page, "draft", "zebra", live=False)
    add(home_page, "withdrawn", "zebra").unpublish()
    private = add(home_page, "private", "zebra")
    PageViewRestriction.objects.create(page=private, restriction_type="login")
    add(home_page, "alias-of", "zebra").create_alias(update_slug="alias")
    reindex()
    assert titles(answer(reader, "zebra")) == ["Page alias-of"]


def test_unpublished_change_of_a_page_is_not_found(story: StoryPage, reader: Client):
    story.title = "Zebras at work"
    story.save_revision()
    reindex()
    assert titles(answer(reader, "zebra")) == []


def test_words_in_the_title_count_more_than_those_in_the_summary_and_these_more_than_those_below(
    home_page: HomePage, reader: Client
):
    below = add(home_page, "below", "zebra")
    summary = add(home_page, "summary", "horse")
    StandardPage.objects.filter(pk=summary.pk).update(summary="About a zebra")
    title = add(home_page, "title", "horse")
    Page.objects.filter(pk=title.pk).update(title="The zebra")
    reindex()
    assert titles(answer(reader, "zebra")) == ["The zebra", "Page summary", below.title]


def test_pages_with_some_of_the_words_are_shown_where_none_has_all_and_it_is_said(site, reader: Client):
    page = answer(reader, "roofs zebra")
    assert "No page has all of these words" in page
    assert titles(page) == ["Two in three roofs were rebuilt by mixed crews"]
    assert "No page has all of these words" not in answer(reader, "roofs crews")


def test_kind_narrows_the_results_and_each_kind_says_how_many(site, reader: Client):
    everything = answer(reader, "papers passport")
    page = answer(reader, "papers", kind="story")
    assert 'href="?q=papers&kind=story"' in answer(reader, "papers")
    assert 'aria-current="true">Stories <span class="choice-link__number">1</span>' in page
    assert titles(page) == ["Two in three roofs were rebuilt by mixed crews"]
    assert titles(everything)


def test_unknown_kind_and_page_number_show_all_results(site, reader: Client):
    expected = titles(answer(reader, "papers"))
    assert titles(answer(reader, "papers", kind="nonsense")) == expected
    for number in ("abc", "0", "-1", "", "1.5"):
        assert titles(answer(reader, "papers", page=number)) == expected
    assert titles(answer(reader, "papers", page="999")) == expected


def test_long_list_goes_on_on_the_next_page_with_the_same_query(home_page: HomePage, reader: Client):
    for number in range(12):
        home_page.add_child(
            instance=StandardPage(
                title=f"Zebra {number}", slug=f"zebra-{number}", summary="A page.", body="<p>Zebra.</p>"
            )
        )
    reindex()
    first, second = answer(reader, "zebra é"), answer(reader, "zebra", page="2")
    assert len(titles(answer(reader, "zebra"))) == 10
    assert len(titles(second)) == 2
    assert "12 results" in second
    assert "Page 2 of 2" in second
    assert '<ol class="results" start="11"' in second
    assert 'href="?q=zebra+%C3%A9&page=2"' in first


def test_found_words_are_marked_and_markup_of_the_query_is_text(home_page: HomePage, reader: Client):
    add(home_page, "hostile", "A &lt;script&gt;alert(1)&lt;/script&gt; about zebras")
    page = reader.get(EN, {"q": "zebra <script>alert(2)</script>"}).content.decode()
    assert "<mark>zebras</mark>" in page
    assert "&lt;script&gt;alert(2)&lt;/script&gt;" in page
    assert "<script>alert" not in page


SIGNS = [
    "",
    " ",
    "\x00",
    "*",
    '"',
    "'",
    "%",
    "\\",
    "' OR 1=1 --",
    '"a" NOT',
    "NEAR(",
    "title:",
    "😀",
    "\x00a*",
    "{x} : y",
]


@pytest.mark.parametrize("query", SIGNS)
def test_signs_of_any_kind_are_searched_without_an_error(site, reader: Client, query):
    assert answer(reader, query)


def test_control_characters_count_as_spaces(site, reader: Client):
    assert titles(answer(reader, "roofs\x00\x1fcrews\n"))


def test_empty_query_shows_the_form_and_where_to_go(site, reader: Client):
    page = answer(reader, "")
    assert 'name="q"' in page
    assert "Nothing found" not in page
    assert 'href="/en/work/"' in page


@pytest.mark.parametrize("length", [201, 10_000])
def test_query_that_is_too_long_is_refused_beside_its_field(site, reader: Client, length):
    response = reader.get(EN, {"q": "a" * length})
    page = response.content.decode()
    assert response.status_code == 400
    assert f'<p class="error" id="q-error">This is too long: {length} letters. Use a few words' in page
    assert 'aria-describedby="q-error q-hint" aria-invalid="true"' in page
    assert f'value="{"a" * 200}"' in page
    assert "a" * 201 not in page
    assert "Nothing found" not in page


def test_longest_query_is_answered_however_many_words_it_has(site, reader: Client):
    letters = "abcdefghijklmnopqrstuvwxyz0123456789"
    query = " ".join((letters + letters[::-1] + letters)[:100])
    assert answer(reader, query)
    assert answer(reader, "x" * 200)


def test_search_without_a_result_leads_on_to_languages_that_have_one_and_to_topics(
    french_home: HomePage, reader: Client
):
    add(french_home, "zebre", "Un zèbre", locale=french_home.locale)
    page = answer(reader, "zèbre")
    assert "Nothing found for “zèbre”" in page
    assert 'href="/fr/search/?q=z%C3%A8bre" hreflang="fr"' in page
    assert "1 result</a>" in page
    assert 'hreflang="ht"><span' not in page
    assert 'href="/en/work/"' in page
    assert "Two in three roofs" in page


def test_rights_card_says_in_the_results_what_it_rests_on(site, reader: Client):
    page = answer(reader, "passport")
    assert titles(page)[0] == "Passport and permits"
    assert "International standard, not national law" in page


def test_search_is_not_indexed_sets_no_cookie_and_needs_no_script(site, reader: Client):
    response = reader.get(EN, {"q": "roofs"})
    page = response.content.decode()
    assert '<meta name="robots" content="noindex, follow">' in page
    assert "<script" not in page
    assert not response.cookies
    assert reader.post(EN, {"q": "roofs"}).status_code == 405


def test_number_of_queries_does_not_grow_with_the_results(
    home_page: HomePage, reader: Client, django_assert_max_num_queries
):
    add(home_page, "zebra-0", "zebra")
    answer(reader, "zebra")
    with django_assert_max_num_queries(30) as one:
        answer(reader, "zebra")
    for number in range(1, 30):
        home_page.add_child(
            instance=StandardPage(
                title=f"Zebra {number}", slug=f"zebra-{number}", summary="A page.", body="<p>Zebra.</p>"
            )
        )
    reindex()
    with django_assert_max_num_queries(len(one)):
        assert len(titles(answer(reader, "zebra"))) == 10


@pytest.mark.parametrize("language", ["en", "fr", "es", "ht", "acf"])
def test_every_language_has_its_search(site, reader: Client, language):
    page = answer(reader, "roofs", f"/{language}/search/")
    assert f'<html lang="{language}"' in page


@pytest.mark.parametrize("role", [None, "editor", "approver", "evaluator", "data officer"])
def test_everybody_is_answered_alike(site, reader: Client, django_user_model, role):
    from django.contrib.auth.models import Group

    if role:
        user = django_user_model.objects.create_user("someone", password="x")
        user.groups.set(Group.objects.filter(name__istartswith=role))
        assert user.groups.exists()
        reader.force_login(user)
    assert titles(answer(reader, "passport"))
    assert reader.get(reverse("search")).status_code == 200


def test_published_card_is_found_once_its_transaction_ends(site, reader: Client, django_capture_on_commit_callbacks):
    card = RightsCardPage.objects.get(slug="papers", locale__language_code="en")
    with django_capture_on_commit_callbacks(execute=True):
        card.meaning = "<p>About a zebra.</p>"
        card.save_revision().publish()
    assert titles(answer(reader, "zebra")) == ["Passport and permits"]


def test_language_switch_takes_along_what_is_looked_for(site, reader: Client):
    assert 'href="/fr/search/?q=roofs"' in answer(reader, "roofs")
