"""A page that is not for everybody stands on no page that is."""

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.models import Page, PageViewRestriction

from home import services
from home.models import HomeNumber, HomePage, InfographicPage, StoryIndexPage, StoryPage, TopicPage
from home.models.article import in_language, translation_in

STOCK = "infographics/stock/"


def make_private(page: Page, restriction_type: str = PageViewRestriction.LOGIN, **more: str) -> PageViewRestriction:
    return page.view_restrictions.create(restriction_type=restriction_type, **more)


def read(reader: Client, address: str) -> str:
    response = reader.get(address)
    assert response.status_code == 200
    return response.content.decode()


PLACES = {
    "itself": lambda infographic: infographic,
    "the list above it": lambda infographic: infographic.get_parent(),
}


@pytest.mark.parametrize("place", PLACES)
def test_private_infographic_does_not_stand_in_a_public_story(
    place, story: StoryPage, infographic: InfographicPage, reader: Client
):
    before = read(reader, story.url)
    assert infographic.title in before
    assert infographic.text_summary in before
    make_private(PLACES[place](infographic))
    page = read(reader, story.url)
    assert infographic.title not in page
    assert infographic.text_summary not in page
    assert STOCK not in page
    assert ("infographic__finding" in page) is (place == "itself"), "the other one is as public as it was"


def test_picture_of_a_private_infographic_does_not_go_with_a_public_story(
    story: StoryPage, infographic: InfographicPage, home_page: HomePage, reader: Client
):
    story.lead_infographic = infographic
    story.save_revision().publish()
    picture = reverse("infographic_picture", args=[infographic.slug])
    assert picture in read(reader, story.url)
    assert picture in read(reader, home_page.url)
    make_private(infographic)
    assert picture not in read(reader, story.url)
    assert picture not in read(reader, home_page.url)


def test_who_gave_the_password_of_an_infographic_does_not_see_it_in_a_public_story_either(
    story: StoryPage, infographic: InfographicPage, reader: Client
):
    restriction = make_private(infographic, PageViewRestriction.PASSWORD, password="open")
    session = reader.session
    session["passed_page_view_restrictions"] = [restriction.pk]
    session.save()
    assert infographic.text_summary in read(reader, infographic.url)
    assert infographic.text_summary not in read(reader, story.url)


def test_translation_of_an_infographic_that_is_private_gives_way_to_its_original(
    french_story: StoryPage, infographic: InfographicPage, reader: Client
):
    french = InfographicPage.objects.get(translation_key=infographic.translation_key, locale__language_code="fr")
    assert french.text_summary in read(reader, french_story.url)
    make_private(french)
    page = read(reader, french_story.url)
    assert french.text_summary not in page
    assert infographic.text_summary in page
    make_private(infographic)
    assert infographic.text_summary not in read(reader, french_story.url)


def test_original_that_is_private_does_not_hide_its_public_translation(
    french_story: StoryPage, infographic: InfographicPage, reader: Client
):
    make_private(infographic)
    assert f"/fr/{STOCK}" in read(reader, french_story.url)


def test_story_that_is_private_itself_shows_what_is_private_by_the_same_rule_and_nothing_else(
    story: StoryPage, infographic: InfographicPage, home_page: HomePage
):
    key = infographic.translation_key
    make_private(home_page)
    assert key in in_language([infographic], "en", locale=story.locale, within=story)
    assert key not in in_language([infographic], "en", locale=story.locale)
    make_private(infographic)
    assert key not in in_language([infographic], "en", locale=story.locale, within=story)


def test_home_page_shows_no_number_and_no_story_that_is_private(
    home_page: HomePage, story: StoryPage, infographic: InfographicPage, reader: Client
):
    home_page.lead_story = story
    home_page.numbers.set([HomeNumber(infographic=infographic)])
    home_page.save_revision().publish()
    page = read(reader, home_page.url)
    assert STOCK in page
    assert story.title in page
    make_private(infographic)
    page = read(reader, home_page.url)
    assert STOCK not in page
    assert story.title in page
    make_private(story)
    assert story.title not in read(reader, home_page.url)


def test_lists_lead_to_no_private_list_or_topic(home_page: HomePage, story: StoryPage, reader: Client):
    topic = TopicPage.objects.get(key="work", locale__language_code="en")
    assert f'<h3><a href="{topic.url}">' in read(reader, home_page.url)
    assert f'href="{topic.url}"' in read(reader, story.url).partition("<main")[2].partition("</main>")[0]
    make_private(topic)
    assert f'<h3><a href="{topic.url}">' not in read(reader, home_page.url)
    assert f'href="{topic.url}"' not in read(reader, story.url).partition("<main")[2].partition("</main>")[0]
    make_private(StoryIndexPage.objects.get(locale__language_code="en"))
    assert ">All stories</a>" not in read(reader, home_page.url)


LISTS = ["/en/infographics/", "/en/data/", "/en/fair-work/", "/en/feed/", "/sitemap.xml", "/en/search/?q=born"]


@pytest.mark.parametrize("address", LISTS)
def test_private_infographic_is_in_no_list_feed_site_map_or_search(
    site, infographic: InfographicPage, reader: Client, address
):
    assert f"/en/{STOCK}" in read(reader, address)
    make_private(infographic)
    assert f"/en/{STOCK}" not in read(reader, address)


def test_many_pages_take_the_same_queries_as_one_to_tell_which_are_private(
    site, infographic: InfographicPage, django_assert_num_queries
):
    other = InfographicPage.objects.exclude(pk=infographic.pk).filter(locale=infographic.locale).first()
    make_private(other)
    with django_assert_num_queries(2):
        assert list(in_language([infographic], "en", locale=infographic.locale).values()) == [infographic]
    with django_assert_num_queries(3):
        assert list(in_language([infographic, other], "en", locale=infographic.locale).values()) == [infographic]


def test_nothing_more_is_asked_of_pages_where_none_are_given(site, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert in_language([], "en") == {}


def test_story_reads_otherwise_once_its_infographic_is_private(story: StoryPage, infographic: InfographicPage):
    before = story.content_hash()
    restriction = make_private(infographic)
    assert StoryPage.objects.get(pk=story.pk).content_hash() != before
    restriction.delete()
    assert StoryPage.objects.get(pk=story.pk).content_hash() == before


def test_services_give_nothing_that_is_private(story: StoryPage, french_story: StoryPage):
    make_private(french_story)
    assert services.localized(page=story, language="fr") is None
    assert translation_in(french_story, "fr") is None
    assert services.published_languages(page=story) == ["en", "ht"]
    assert services.lead_picture(page=story, language="en")
    make_private(story.lead_infographic)
    assert services.lead_picture(page=story, language="en") is None
