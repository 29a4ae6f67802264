"""After anything that the team does, each page of a small site reads from the cache as it would without one."""

import re
from collections.abc import Callable
from itertools import chain

import pytest
from django.db import transaction
from django.test import Client, override_settings
from pytest_django import DjangoDbBlocker
from wagtail.models import Page

from home.models import (
    HomePage,
    InfographicIndexPage,
    InfographicPage,
    StandardPage,
    StoryIndexPage,
    StoryPage,
    TopicPage,
)
from home.page_cache import emptying, store

TOKEN = re.compile(rb'data-page="[^"]*"')


def in_language(model, language="en", **more):
    return model.objects.get(locale__language_code=language, **more)


def publish(page):
    page.save_revision().publish()


def retitle(page):
    page.title += " anew"
    publish(page)


def reword_story():
    page = in_language(StoryPage)
    page.body = [*page.body.raw_data, {"type": "callout", "value": "<p>More.</p>"}]
    publish(page)


def reword_infographic():
    page = in_language(InfographicPage, slug="stock")
    page.text_summary = "Said otherwise."
    publish(page)


def write_story():
    page = StoryPage(title="New", slug="new", summary="Just written.", locale=in_language(HomePage).locale)
    in_language(StoryIndexPage).add_child(instance=page)
    publish(page)


def write_menu_page():
    page = StandardPage(
        title="Help", slug="help", summary="Help.", body="<p>Help</p>", locale=in_language(HomePage).locale
    )
    in_language(HomePage).add_child(instance=page)


def copy_story():
    story = in_language(StoryPage)
    story.copy(to=in_language(StoryIndexPage), update_attrs={"slug": "copied", "title": "Copied"})


def draft_story():
    page = in_language(StoryPage)
    page.title = "Only a draft"
    page.save_revision()


def change_topic():
    page = in_language(StoryPage)
    page.topics.set([type(page.topics.first())(topic="data")])
    publish(page)


def move_story_below_another_list():
    index = in_language(StoryIndexPage)
    other = StoryIndexPage(title="Archive", slug="archive", summary="Old ones.", locale=index.locale)
    index.get_parent().add_child(instance=other)
    in_language(StoryPage).move(other, pos="last-child")


def change_slug(page):
    page.slug += "-anew"
    publish(page)


def restrict():
    in_language(StoryPage).view_restrictions.create(restriction_type="login")


def restrict_infographic():
    in_language(InfographicPage, slug="stock").view_restrictions.create(restriction_type="login")


def restrict_list_of_infographics():
    in_language(InfographicPage, slug="stock").get_parent().view_restrictions.create(restriction_type="login")


def publish_scheduled():
    from datetime import timedelta

    from django.core.management import call_command
    from django.utils import timezone

    page = in_language(StoryPage)
    page.expire_at = timezone.now() - timedelta(minutes=1)
    page.save()
    call_command("publish_scheduled")


DEEDS: dict[str, Callable[[], object]] = {
    "title of a story": lambda: retitle(in_language(StoryPage)),
    "title of a translation": lambda: retitle(in_language(StoryPage, "fr")),
    "title of a home page": lambda: retitle(in_language(HomePage)),
    "title of a topic": lambda: retitle(in_language(TopicPage, key="work")),
    "title of a list": lambda: retitle(in_language(StoryIndexPage, "fr")),
    "title of an infographic": lambda: retitle(in_language(InfographicPage, slug="stock")),
    "words of a story": reword_story,
    "words of an infographic": reword_infographic,
    "a draft": draft_story,
    "a new story": write_story,
    "a copy": copy_story,
    "a new page in the menu": write_menu_page,
    "another topic": change_topic,
    "story taken away": lambda: in_language(StoryPage).unpublish(),
    "translation taken away": lambda: in_language(StoryPage, "fr").unpublish(),
    "infographic taken away": lambda: in_language(InfographicPage, slug="stock").unpublish(),
    "translated infographic taken away": lambda: in_language(InfographicPage, "fr", slug="stock").unpublish(),
    "list taken away": lambda: in_language(StoryIndexPage).unpublish(),
    "story deleted": lambda: in_language(StoryPage).delete(),
    "branch deleted": lambda: in_language(StoryIndexPage).delete(),
    "story moved": move_story_below_another_list,
    "slug of a story": lambda: change_slug(in_language(StoryPage)),
    "slug of a list": lambda: change_slug(in_language(StoryIndexPage)),
    "slug of a home page": lambda: change_slug(in_language(HomePage, "fr")),
    "page in the menu moved first": lambda: in_language(TopicPage, key="work").move(
        in_language(HomePage), pos="first-child"
    ),
    "story restricted": restrict,
    "infographic restricted": restrict_infographic,
    "list of infographics restricted": restrict_list_of_infographics,
    "story expired": publish_scheduled,
    "number taken from the home page": lambda: in_language(HomePage).numbers.first().delete(),
}


STAYS = {
    "a draft": {"/en/", "/en/stories/", "/en/stories/who-builds-roofs/", "/fr/stories/who-builds-roofs/", "/en/work/"},
    "words of a story": {"/en/about/", "/en/infographics/", "/fr/", "/ht/", "/fr/stories/"},
    "words of an infographic": {"/en/about/", "/en/stories/", "/fr/", "/fr/stories/", "/en/infographics/origins/"},
    "title of a translation": {"/en/about/", "/en/", "/ht/stories/", "/en/stories/", "/fr/about/"},
    "a new story": {"/en/about/", "/fr/", "/fr/stories/", "/fr/stories/who-builds-roofs/", "/en/infographics/"},
    "story taken away": {"/en/about/", "/fr/", "/fr/stories/"},
}


@pytest.fixture
def uncached(settings, site) -> Callable[[str], tuple[int, bytes]]:
    client = Client(SERVER_NAME="testserver")

    def read(address: str) -> tuple[int, bytes]:
        seconds, settings.PAGE_CACHE_SECONDS = settings.PAGE_CACHE_SECONDS, 0
        response = client.get(address)
        settings.PAGE_CACHE_SECONDS = seconds
        return response.status_code, TOKEN.sub(b"", response.content)

    return read


def addresses() -> list[str]:
    pages = Page.objects.filter(depth__gt=1, live=True, locale__language_code__in=["en", "fr"])
    return [str(page.get_url()) for page in pages.exclude(slug__in=["about", "origins", "data"]).specific()]


@pytest.fixture(scope="module")
def read_once(loaded, drawn, django_db_blocker: DjangoDbBlocker) -> tuple[dict[str, str], dict, dict]:
    """The ETag of each page once it is kept and the facts of all are known, and the cache as it is then."""
    cache, reader = store.cache(), Client(SERVER_NAME="testserver")
    with (
        django_db_blocker.unblock(),
        override_settings(PAGE_CACHE_SECONDS=3600, CHART_DIR=drawn),
        transaction.atomic(),
    ):
        for page in Page.objects.filter(depth__gt=1).specific():
            cache.set(f"{store.FACTS}{page.pk}", emptying.facts(page), None)
        read = sorted({*addresses(), *chain(*STAYS.values())})
        for address in read:
            reader.get(address)
        etags = {address: reader.get(address).headers.get("ETag", "") for address in read}
        transaction.set_rollback(True)
    kept = dict(cache._cache), dict(cache._expire_info)
    cache.clear()
    return etags, *kept


@pytest.fixture
def primed(kept, read_once) -> dict[str, str]:
    """The ETag of each page, all of which are kept."""
    etags, entries, ends = read_once
    store.cache()._cache.update(entries)
    store.cache()._expire_info.update(ends)
    return etags


@pytest.mark.parametrize("deed", DEEDS)
def test_each_page_reads_from_the_cache_as_without_one(
    site, reader: Client, primed, uncached, deed, django_capture_on_commit_callbacks
):
    before = addresses()
    assert all(primed[address] for address in before)
    with django_capture_on_commit_callbacks(execute=True):
        DEEDS[deed]()
    for address in {*before, *addresses()}:
        response = reader.get(address)
        assert (response.status_code, TOKEN.sub(b"", response.content)) == uncached(address), address


@pytest.mark.parametrize("deed", STAYS)
def test_page_that_shows_nothing_of_it_is_kept(site, reader: Client, primed, deed):
    DEEDS[deed]()
    assert {address for address in STAYS[deed] if reader.get(address).headers.get("ETag") != primed[address]} == set()


def test_story_whose_running_text_changes_stays_in_its_lists_as_it_was(site, reader: Client, primed):
    reword_story()
    assert reader.get("/en/stories/who-builds-roofs/")["ETag"] != primed["/en/stories/who-builds-roofs/"]
    assert reader.get("/en/about/")["ETag"] == primed["/en/about/"]


def test_pages_are_emptied_when_an_infographic_is_no_longer_private(site, reader: Client, uncached):
    page, places = in_language(InfographicPage, slug="stock"), ["/en/", "/en/stories/who-builds-roofs/", "/en/data/"]
    restriction = page.view_restrictions.create(restriction_type="login")
    for address in places:
        assert "/en/infographics/stock/" not in reader.get(address).text
        assert reader.get(address).headers["ETag"]
    restriction.delete()
    for address in places:
        response = reader.get(address)
        assert (response.status_code, TOKEN.sub(b"", response.content)) == uncached(address), address
    assert "/en/infographics/stock/" in reader.get("/en/stories/who-builds-roofs/").text


def test_infographic_that_is_moved_to_or_from_a_private_place_is_seen_as_it_stands(site, reader: Client):
    page, story = in_language(InfographicPage, slug="stock"), "/en/stories/who-builds-roofs/"
    index = page.get_parent()
    other = InfographicIndexPage(title="Staff", slug="staff", summary="Ours.", locale=page.locale)
    index.get_parent().add_child(instance=other)
    other.view_restrictions.create(restriction_type="login")
    assert page.text_summary in reader.get(story).text
    page.move(other, pos="last-child")
    assert page.text_summary not in reader.get(story).text
    Page.objects.get(pk=page.pk).move(Page.objects.get(pk=index.pk), pos="last-child")
    assert page.text_summary in reader.get(story).text


def test_page_is_emptied_for_everybody_only_when_the_transaction_is_committed(
    site, reader: Client, django_capture_on_commit_callbacks
):
    store.generation()
    with django_capture_on_commit_callbacks() as callbacks:
        retitle(in_language(StoryPage))
    before = store.generation()
    assert callbacks
    for callback in callbacks:
        callback()
    assert store.generation() != before
