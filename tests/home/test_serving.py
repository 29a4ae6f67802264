"""Pages are found by their address, and when an address changes, the old one leads to the new one."""

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.utils.translation import override
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page
from wagtail_localize.models import Translation

from home import serving
from home.models import HomePage, StoryIndexPage, StoryPage

STORY = "/{}/stories/who-builds-roofs/"


def test_page_is_found_as_wagtail_finds_it(site):
    for page in Page.objects.live().filter(depth__gt=1).specific():
        path = page.get_url().removeprefix(f"/{page.locale.language_code}/")
        for _again in range(2):
            request = RequestFactory(SERVER_NAME="testserver").get(page.get_url())
            with override(page.locale.language_code):
                found = serving.find(request, path)
                assert page == Page.route_for_request(request, path)[0]
            # A page that leads on to parts of its own goes Wagtail's way.
            assert found == (page if type(page).route in (Page.route, HomePage.route) else None)


@pytest.mark.parametrize("path", ["nothing/", "stories/nothing/", "home/", "stories/who-builds-roofs/more/"])
def test_what_is_not_there_is_not_found(site, path):
    with override("en"):
        assert serving.find(RequestFactory(SERVER_NAME="testserver").get(f"/en/{path}"), path) is None


def test_page_that_is_taken_away_is_no_longer_found(story: StoryPage, reader: Client):
    assert reader.get(STORY.format("en")).status_code == 200
    story.unpublish()
    assert reader.get(STORY.format("en")).status_code == 404


@pytest.fixture
def committed(django_capture_on_commit_callbacks):
    """Publish, and let happen what happens once that is committed."""

    def publish(page: Page) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            page.save_revision().publish()

    return publish


def led(reader: Client, address: str) -> list[str]:
    """The addresses to which one leads, up to a page; a loop fails."""
    response = reader.get(address, follow=True)
    assert response.status_code == 200
    return [to for to, status in response.redirect_chain]


def test_old_address_of_a_story_leads_to_its_new_one(story: StoryPage, reader: Client, committed):
    story.slug = "who-builds"
    committed(story)
    assert led(reader, STORY.format("en")) == ["/en/stories/who-builds/"]
    assert reader.get(STORY.format("en")).status_code == 301
    assert led(reader, STORY.format("en") + "?utm_source=mail") == ["/en/stories/who-builds/"]


def test_slug_that_a_translation_takes_over_from_its_source_leads_on_too(story: StoryPage, reader: Client):
    waiting = len(connection.run_on_commit)
    story.slug = "who-builds"
    story.save_revision().publish()
    for translation in Translation.objects.filter(source__object_id=story.translation_key):
        translation.source.update_from_db()
        if translation.target_locale.language_code in ("fr", "ht"):
            translation.save_target()
    for _savepoints, callback, _robust in iterated(connection.run_on_commit, waiting):
        callback()
    for language in ("en", "fr", "ht"):
        assert led(reader, STORY.format(language)) == [f"/{language}/stories/who-builds/"]


def iterated(callbacks: list, start: int):
    """What is to happen when the transaction is committed, with what that adds."""
    while start < len(callbacks):
        yield callbacks[start]
        start += 1


def test_pages_below_a_renamed_list_lead_on(site, reader: Client, committed):
    index = StoryIndexPage.objects.get(locale__language_code="en")
    index.slug = "articles"
    committed(index)
    assert led(reader, STORY.format("en")) == ["/en/articles/who-builds-roofs/"]
    assert led(reader, "/en/stories/") == ["/en/articles/"]


def test_moved_page_leads_on(story: StoryPage, reader: Client, django_capture_on_commit_callbacks):
    home = HomePage.objects.get(locale__language_code="en")
    other = StoryIndexPage(title="Archive", slug="archive", summary="Old ones.", locale=home.locale)
    home.add_child(instance=other)
    with django_capture_on_commit_callbacks(execute=True):
        story.move(other, pos="last-child")
    assert led(reader, STORY.format("en")) == ["/en/archive/who-builds-roofs/"]


def test_slug_that_goes_and_comes_back_makes_no_loop(story: StoryPage, reader: Client, committed):
    for slug in ("one", "two", "who-builds-roofs", "one", "who-builds-roofs"):
        story.slug = slug
        committed(story)
    assert led(reader, STORY.format("en")) == []
    for old in ("one", "two"):
        assert led(reader, f"/en/stories/{old}/") == [STORY.format("en")]


def test_page_that_stands_at_an_old_address_is_read_there(story: StoryPage, reader: Client, committed):
    story.slug = "moved-on"
    committed(story)
    index = StoryIndexPage.objects.get(locale__language_code="en")
    index.add_child(instance=StoryPage(title="Another", slug="who-builds-roofs", summary="New.", locale=index.locale))
    assert led(reader, STORY.format("en")) == []


def test_old_address_of_a_page_that_is_gone_is_missing(story: StoryPage, reader: Client, committed):
    story.slug = "who-builds"
    committed(story)
    story.delete()
    assert reader.get(STORY.format("en"), follow=True).status_code == 404
    assert not Redirect.objects.filter(old_path=STORY.format("en").rstrip("/")).exists()
