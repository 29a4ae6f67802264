"""Feeds are read here as a reader of feeds does: with a parser of XML and the rules of RFC 4287."""

import re
from datetime import UTC, date, datetime
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from django.core.cache import cache
from django.test import Client
from wagtail.models import Page

from home.models import HomePage, NewsIndexPage, NewsPage, StoryPage

NAMES = {"a": "http://www.w3.org/2005/Atom"}
XML = "{http://www.w3.org/XML/1998/namespace}"
URN = re.compile(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
FEEDS = ["/{}/feed/", "/{}/feed/work/", "/{}/news/feed/"]


def read(client: Client, address: str) -> ElementTree.Element:
    response = client.get(address)
    assert response.status_code == 200, address
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    return ElementTree.fromstring(response.content)


def text(element: ElementTree.Element, name: str) -> str:
    return element.findtext(f"a:{name}", default="", namespaces=NAMES)


def entries(feed: ElementTree.Element) -> list[ElementTree.Element]:
    return feed.findall("a:entry", NAMES)


def titles(feed: ElementTree.Element) -> list[str]:
    return [text(entry, "title") for entry in entries(feed)]


def link(element: ElementTree.Element, rel: str) -> str:
    (found,) = [link for link in element.findall("a:link", NAMES) if link.get("rel") == rel]
    return found.get("href", "")


@pytest.fixture
def item(site) -> NewsPage:
    return NewsPage.objects.get(locale__language_code="en", slug="free-movement")


@pytest.mark.parametrize("language", ["en", "fr", "ht"])
@pytest.mark.parametrize("address", FEEDS)
def test_feed_has_what_the_standard_requires(site, reader: Client, language, address):
    feed = read(reader, address.format(language))
    assert feed.tag == f"{{{NAMES['a']}}}feed"
    assert feed.get(f"{XML}lang") == language
    assert URN.fullmatch(text(feed, "id"))
    assert text(feed, "title")
    assert text(feed, "subtitle")
    assert feed.find("a:author/a:name", NAMES).text
    assert link(feed, "self") == f"http://testserver{address.format(language)}"
    assert reader.get(urlsplit(link(feed, "alternate")).path).status_code == 200
    found = entries(feed)
    assert found
    ids = [text(entry, "id") for entry in found]
    assert len(set(ids)) == len(ids)
    for entry in found:
        assert URN.fullmatch(text(entry, "id"))
        assert text(entry, "title")
        assert text(entry, "summary")
        assert datetime.fromisoformat(text(entry, "updated")).tzinfo
        assert datetime.fromisoformat(text(entry, "published")).tzinfo
        assert link(entry, "alternate").startswith(f"http://testserver/{language}/")
    assert datetime.fromisoformat(text(feed, "updated")) >= max(
        datetime.fromisoformat(text(entry, "updated")) for entry in found
    )


def test_stories_infographics_and_news_stand_together_the_newest_first(site, reader: Client):
    feed = read(reader, "/en/feed/")
    found = titles(feed)
    assert {
        "Two in three roofs were rebuilt by mixed crews",
        "One person in eight in Dominica was born abroad in 2024",
        "Four states open their borders to each other",
    } <= set(found)
    days = [text(entry, "published") for entry in entries(feed)]
    assert days == sorted(days, reverse=True)


def test_topic_has_only_what_is_on_it(site, reader: Client):
    feed = read(reader, "/fr/feed/work/")
    assert titles(feed) == [
        "Two in three roofs were rebuilt by mixed crews [fr]",
        "Four states open their borders to each other [fr]",
        "A new estimate of the world's migrant workers [fr]",
    ]
    assert text(feed, "title").replace("\u00a0", "") == "Moving, working, belonging [fr]: Work [fr]"
    assert {category.get("term") for category in feed.iterfind("a:entry/a:category", NAMES)} == {"work", "data"}


def test_news_brings_its_whole_text_as_html(site, reader: Client):
    feed = read(reader, "/en/news/feed/")
    assert len(entries(feed)) == 3
    content = entries(feed)[0].find("a:content", NAMES)
    assert content.get("type") == "html"
    assert content.get(f"{XML}base") == "http://testserver"
    for words in (
        "Nobody needs a <b>permit</b> any more.",
        "1 October 2025</time> · Roseau, Dominica",
        '<a href="https://example.org/free-movement" rel="noopener">CARICOM, 30 September 2025</a>',
    ):
        assert words in content.text


def test_day_of_an_entry_begins_at_midnight_in_the_office(site, reader: Client):
    assert text(entries(read(reader, "/en/news/feed/"))[0], "published") == "2025-10-01T00:00:00-04:00"


def test_entry_keeps_its_name_when_its_address_changes(item: NewsPage, reader: Client):
    before = text(entries(read(reader, "/en/news/feed/"))[0], "id")
    item.slug, item.title = "another", "Another title"
    item.save_revision().publish()
    entry = entries(read(reader, "/en/news/feed/"))[0]
    assert text(entry, "id") == before
    assert link(entry, "alternate") == "http://testserver/en/news/another/"


def test_same_item_has_another_name_in_each_language(site, reader: Client):
    names = {
        text(entry, "id")
        for language in ("en", "fr", "ht")
        for entry in entries(read(reader, f"/{language}/news/feed/"))
    }
    assert len(names) == 9


@pytest.mark.parametrize(
    "hostile", ["<script>alert(1)</script> & “more”", "a]]>b", "line\x0bbreak \x1f of a pasted text \ufffe"]
)
def test_hostile_words_are_written_so_that_the_feed_still_reads(item: NewsPage, reader: Client, hostile):
    item.title, item.summary, item.partners = hostile, hostile, hostile
    item.save_revision().publish()
    entry = entries(read(reader, "/en/news/feed/"))[0]
    shown = re.sub(r"[\x0b\x1f\ufffe]", " ", hostile)
    assert text(entry, "title") == shown
    assert "<script>" not in text(entry, "summary")
    assert "<script>" not in text(entry, "content")


@pytest.mark.parametrize(
    "address",
    [
        "/acf/feed/", "/acf/news/feed/", "/acf/feed/work/", "/en/feed/nothing/", "/en/feed/rights/",
        "/en/feed/" + "a" * 10_000 + "/", "/en/feed/%00/",
    ],
)  # fmt: skip
def test_feed_of_what_is_not_there_is_missing(site, reader: Client, address):
    assert reader.get(address).status_code == 404


def test_only_reading_is_allowed(site, reader: Client):
    assert reader.post("/en/feed/").status_code == 405
    assert reader.head("/en/feed/").status_code == 200


def test_reader_who_has_the_feed_already_is_told_so(item: NewsPage, reader: Client):
    first = reader.get("/en/news/feed/")
    tag, changed = first["ETag"], first["Last-Modified"]
    for headers in ({"If-None-Match": tag}, {"If-Modified-Since": changed}):
        again = reader.get("/en/news/feed/", headers=headers)
        assert (again.status_code, again.content) == (304, b"")
        assert again["ETag"] == tag
    item.summary = "Something else."
    item.save_revision().publish()
    assert reader.get("/en/news/feed/", headers={"If-None-Match": tag}).status_code == 200


def test_feed_is_the_same_until_something_is_published(site, reader: Client):
    assert reader.get("/en/feed/").content == reader.get("/en/feed/").content


def test_empty_feed_is_a_feed_and_keeps_its_time(site, reader: Client):
    NewsPage.objects.update(live=False)
    feed = read(reader, "/en/news/feed/")
    assert entries(feed) == []
    index = NewsIndexPage.objects.get(locale__language_code="en")
    assert datetime.fromisoformat(text(feed, "updated")) == index.last_published_at


def test_feed_has_no_draft_no_alias_and_nothing_private(item: NewsPage, reader: Client):
    item.unpublish()
    assert "Four states open their borders to each other" not in titles(read(reader, "/en/feed/"))


def test_feed_has_the_newest_thirty(item: NewsPage, reader: Client):
    parent = item.get_parent()
    for number in range(31):
        page = NewsPage(
            title=f"Item {number}", slug=f"item-{number}", summary="Said.", place="Roseau", source="The office",
            published=date(2026, 1, 1 + number % 28), live=True, last_published_at=datetime(2026, 2, 1, tzinfo=UTC),
            first_published_at=datetime(2026, 2, 1, tzinfo=UTC),
        )  # fmt: skip
        parent.add_child(instance=page)
    assert len(entries(read(reader, "/en/news/feed/"))) == 30


def test_number_of_queries_does_not_grow_with_entries(item: NewsPage, reader: Client, django_assert_max_num_queries):
    cache.clear()
    reader.get("/en/feed/")
    with django_assert_max_num_queries(14) as few:
        reader.get("/en/feed/")
        most = len(few)
    for number in range(8):
        item.copy(update_attrs={"slug": f"more-{number}"}).save_revision().publish()
    reader.get("/en/feed/")
    with django_assert_max_num_queries(most):
        reader.get("/en/feed/")


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("/fr/", ["/fr/feed/"]),
        ("/fr/stories/who-builds-roofs/", ["/fr/feed/"]),
        ("/fr/work/", ["/fr/feed/", "/fr/feed/work/"]),
        ("/fr/news/", ["/fr/feed/", "/fr/news/feed/"]),
        ("/fr/news/2025/", ["/fr/feed/", "/fr/news/feed/"]),
        ("/fr/news/free-movement/", ["/fr/feed/", "/fr/news/feed/"]),
        ("/fr/subscribe/", ["/fr/feed/"]),
    ],
)
def test_pages_say_which_feeds_there_are(site, reader: Client, address, found):
    page = reader.get(address).content.decode()
    assert re.findall(r'type="application/atom\+xml" title="[^"]+" href="([^"]+)"', page) == found
    for feed in found:
        read(reader, feed)


def test_language_whose_pages_are_gone_has_no_feed(site, reader: Client):
    tree = HomePage.objects.get(locale__language_code="ht")
    Page.objects.descendant_of(tree, inclusive=True).update(live=False)
    assert reader.get("/ht/feed/").status_code == 404


def test_infographic_and_story_have_their_summary_and_no_more(site, reader: Client):
    story = StoryPage.objects.get(locale__language_code="en")
    entry = next(entry for entry in entries(read(reader, "/en/feed/")) if text(entry, "title") == story.title)
    assert text(entry, "summary") == story.summary
    assert entry.find("a:content", NAMES) is None
