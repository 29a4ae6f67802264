import re

import pytest
from django.http import Http404
from django.template import engines
from django.test import Client, RequestFactory
from django.utils.translation import override
from django.views.defaults import page_not_found, server_error
from pytest_django.fixtures import DjangoAssertNumQueries
from wagtail.models import Locale

from home.models import HomePage, InfographicPage, StoryPage
from home.models.article import SitePage

STORY = "/{}/stories/who-builds-roofs/"
ADDRESSES = [
    "/{}/",
    "/{}/stories/",
    STORY,
    "/{}/infographics/",
    "/{}/infographics/stock/",
    "/{}/infographics/one-in-eight/",
    "/{}/infographics/origins/",
    "/{}/work/",
    "/{}/about/",
]


@pytest.mark.parametrize("language", ["en", "fr", "ht"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_every_kind_of_page_is_read_in_every_language(site, reader: Client, language, address):
    response = reader.get(address.format(language))
    page = response.content.decode()
    assert response.status_code == 200
    assert f'<html lang="{language}" dir="ltr">' in page
    assert page.count("<h1") == 1
    assert page.count('<script type="application/ld+json">') == 1
    assert page.count("<script") - 1 == page.count('<script src="/static/site/reading.js" defer ') <= 1
    assert not response.cookies


def test_article_is_light(site, reader: Client):
    assert len(reader.get(STORY.format("en")).content) < 60_000


def test_number_of_queries_does_not_grow_with_a_story(
    story: StoryPage, reader: Client, django_assert_max_num_queries: DjangoAssertNumQueries
):
    reader.get(STORY.format("en"))
    with django_assert_max_num_queries(12) as short:
        reader.get(STORY.format("en"))
    blocks = list(story.body.raw_data)
    story.body = [dict(block) for block in blocks * 6]
    story.save_revision().publish()
    with django_assert_max_num_queries(len(short)):
        reader.get(STORY.format("en"))


@pytest.mark.parametrize("address", ["/en/", "/en/infographics/", "/en/infographics/stock/"])
def test_number_of_queries_is_bounded(site, reader: Client, address, django_assert_max_num_queries):
    reader.get(address)
    with django_assert_max_num_queries(24):
        reader.get(address)


def test_page_links_to_the_languages_in_which_it_is_live_and_no_other(site, reader: Client):
    page = reader.get(STORY.format("en")).content.decode()
    switch = page[page.index('class="languages"') : page.index("</nav>", page.index('class="languages"'))]
    assert re.findall(r'href="([^"]+)" lang="(\w+)"', switch) == [
        (STORY.format("en"), "en"),
        (STORY.format("fr"), "fr"),
        (STORY.format("ht"), "ht"),
    ]
    assert "Kreyòl ayisyen" in switch
    assert re.findall(r'hreflang="([\w-]+)" href="http://testserver', page) == ["en", "fr", "ht", "x-default"]


def test_language_whose_translation_is_incomplete_has_no_page(site, reader: Client):
    assert reader.get(STORY.format("es")).status_code == 404


def test_kweyol_is_open_for_translation_but_has_no_pages(site):
    assert Locale.objects.filter(language_code="acf").exists()
    assert not StoryPage.objects.filter(locale__language_code="acf").exists()


def test_language_without_pages_never_gets_those_of_another_silently(home_page: HomePage, rf: RequestFactory):
    with override("acf"), pytest.raises(Http404):
        home_page.route(rf.get("/acf/"), [])


def test_missing_page_names_the_languages_there_are_where_its_own_has_none(site, rf: RequestFactory):
    with override("acf"):
        page = page_not_found(rf.get("/acf/"), Http404()).content.decode()
    assert '<html lang="acf"' in page
    assert '<a href="/fr/" lang="fr" hreflang="fr" dir="ltr">Français</a>' in page


@pytest.mark.parametrize(("language", "words"), [("en", "This page is not here"), ("fr", 'lang="fr"')])
def test_missing_page_says_so_in_the_language_of_its_address(site, reader: Client, language, words):
    response = reader.get(f"/{language}/nothing/")
    assert response.status_code == 404
    assert words in response.content.decode()
    assert f'href="/{language}/"' in response.content.decode()


def test_page_for_a_server_error_needs_no_request_and_no_query(db, django_assert_num_queries):
    with override("fr"), django_assert_num_queries(0):
        response = server_error(RequestFactory().get("/fr/"))
    assert response.status_code == 500
    assert '<html lang="fr"' in response.content.decode()


def test_infographic_has_a_real_table_with_localised_numbers_and_says_where_there_is_no_figure(
    infographic: InfographicPage, reader: Client
):
    page = reader.get("/fr/infographics/stock/").content.decode()
    assert '<th scope="col" class="figure-cell">Women [fr]</th>' in page
    assert '<th scope="row">1990</th><td class="figure-cell">1\u202f210</td>' in page
    rows = [list(row) for row in infographic.data["rows"]]
    rows[0][1] = None
    infographic.data = {**infographic.data, "rows": rows}
    infographic.save_revision().publish()
    assert "no figure" in reader.get("/en/infographics/stock/").content.decode()


def test_infographic_stands_beside_its_summary_source_and_downloads(site, reader: Client):
    page = reader.get("/en/infographics/one-in-eight/").content.decode()
    for words in (
        "12.7 per cent in 2024.",
        "UN DESA, International Migrant Stock 2024",
        "Born abroad includes",
        ".csv",
    ):
        assert words in page


def test_story_shows_its_infographics_in_its_own_language(site, reader: Client):
    page = reader.get(STORY.format("fr")).content.decode()
    assert "More than three times as many people born abroad in 2024 as in 1990 [fr]" in page
    assert "languages-note" not in page


def test_story_says_when_an_infographic_is_in_another_language(site, reader: Client):
    InfographicPage.objects.get(locale__language_code="fr", slug="stock").unpublish()
    page = reader.get(STORY.format("fr")).content.decode()
    assert '<figure class="infographic" lang="en">' in page
    assert '<p class="languages-note" lang="fr">' in page


def test_hostile_cell_is_shown_as_text(infographic: InfographicPage, reader: Client):
    page = InfographicPage.objects.get(locale__language_code="en", slug="origins")
    rows = [list(row) for row in page.data["rows"]]
    rows[0][0] = "<script>alert(1)</script>"
    page.data, page.highlight = {**page.data, "rows": rows}, ""
    page.save_revision().publish()
    shown = reader.get("/en/infographics/origins/").content.decode()
    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown


def test_quote_and_callout_and_sources_are_shown(site, reader: Client):
    page = reader.get(STORY.format("en")).content.decode()
    assert '<figure class="quote' in page
    assert '<aside class="callout"' in page
    assert "The convention, article 21" in page
    assert page.index("Sources") < page.index("Table 1")


def test_shared_link_has_the_picture_of_the_lead_infographic(site, reader: Client):
    page = reader.get(STORY.format("fr")).content.decode()
    assert '<meta property="og:image" content="http://testserver/fr/infographic/one-in-eight.png">' in page


def test_home_page_leads_with_its_story_and_three_numbers(site, reader: Client):
    page = reader.get("/fr/").content.decode()
    assert "Two in three roofs were rebuilt by mixed crews [fr]" in page
    assert "12,7\u00a0%" in page
    assert page.count('class="number"') == 3
    assert 'href="/fr/subscribe/"' in page
    assert 'href="/fr/subscribe/telegram/"' in page


def test_topic_page_gathers_what_is_on_its_topic(site, reader: Client):
    assert "Two in three roofs" in reader.get("/en/work/").content.decode()
    assert "Haiti is the largest" not in reader.get("/en/work/").content.decode()
    assert "Haiti is the largest" in reader.get("/en/data/").content.decode()


def test_right_to_left_language_turns_the_page(site, reader: Client, settings):
    template = engines["django"].from_string(
        '{% load site_tags %}<html dir="{% text_direction "ar" %}"><html dir="{% text_direction "ht" %}">'
    )
    assert template.render() == '<html dir="rtl"><html dir="ltr">'


def test_page_without_a_body_of_the_cms_has_the_same_frame(site, reader: Client):
    page = reader.get("/fr/subscribe/").content.decode()
    assert '<html lang="fr"' in page
    assert 'href="/en/subscribe/" lang="en"' in page
    assert "Moving, working, belonging [fr]" in page


@pytest.mark.parametrize("model", [StoryPage, InfographicPage])
def test_addresses_within_the_editor_are_the_same_whoever_opened_it_first(model):
    def ids(panel) -> list[str]:
        children = getattr(panel, "children", [])
        return [*getattr(panel, "child_identifiers", []), *(name for child in children for name in ids(child))]

    make = SitePage.__dict__["get_edit_handler"].fn
    found = {}
    for language in ("en", "fr", "ht"):
        with override(language):
            found[language] = ids(make(model))

    assert found["en"] == found["fr"] == found["ht"]
    assert "content" in found["fr"]
