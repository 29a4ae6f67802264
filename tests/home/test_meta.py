import re
from xml.etree import ElementTree

import pytest
from django.test import Client
from wagtail.models import Page

from home import sitemap
from home.models import StoryPage

ALTERNATE = re.compile(r'<link rel="alternate" hreflang="([\w-]+)" href="http://testserver([^"]+)">')
CANONICAL = re.compile(r'<link rel="canonical" href="http://testserver([^"]+)">')
VIEWS = ["/{}/subscribe/", "/{}/subscribe/telegram/", "/{}/leave/"]
NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


def alternates(reader: Client, address: str) -> dict[str, str]:
    return dict(ALTERNATE.findall(reader.get(address).content.decode()))


def test_translations_name_each_other_and_the_one_for_everybody_else(site, reader: Client):
    for page in Page.objects.live().filter(depth__gt=1).specific():
        named = alternates(reader, page.get_url())
        assert named[page.locale.language_code] == page.get_url()
        assert named["x-default"] == named.get("en", next(iter(named.values())))
        assert CANONICAL.findall(reader.get(page.get_url()).content.decode()) == [page.get_url()]
        if page.locale.language_code == "fr":
            for language, address in named.items():
                assert alternates(reader, address) == named, (page, language)


@pytest.mark.parametrize("address", VIEWS)
def test_views_that_are_no_pages_name_their_translations_too(site, reader: Client, address):
    named = alternates(reader, address.format("fr") + "?topic=work&utm_source=mail")
    assert named == {
        **{language: address.format(language) for language in ("en", "fr", "es", "ht")},
        "x-default": address.format("en"),
    }
    for other in named.values():
        assert alternates(reader, other) == named


def test_query_that_makes_no_other_page_is_not_in_the_address_of_the_page(site, reader: Client):
    page = reader.get("/en/stories/?utm_source=mail&b=7-x").content.decode()
    assert CANONICAL.findall(page) == ["/en/stories/"]


def test_later_part_of_a_list_is_a_page_of_its_own_without_translations(site, reader: Client):
    page = reader.get("/en/stories/?page=2").content.decode()
    assert CANONICAL.findall(page) == ["/en/stories/?page=2"]
    assert ALTERNATE.findall(page) == []
    assert CANONICAL.findall(reader.get("/en/stories/who-builds-roofs/?page=2").content.decode()) == [
        "/en/stories/who-builds-roofs/"
    ]


def test_address_that_leads_nowhere_is_not_indexed_and_names_no_address(site, reader: Client):
    response = reader.get("/en/nothing/")
    page = response.content.decode()
    assert response.status_code == 404
    assert '<meta name="robots" content="noindex">' in page
    assert CANONICAL.findall(page) == ALTERNATE.findall(page) == []


def test_site_map_lists_each_page_once_with_translations_that_list_each_other(site, reader: Client):
    root = ElementTree.fromstring(reader.get("/sitemap.xml").content)
    entries = {
        entry.findtext("s:loc", namespaces=NAMES): {
            link.get("hreflang"): link.get("href") for link in entry.findall("x:link", NAMES)
        }
        for entry in root.findall("s:url", NAMES)
    }
    assert len(entries) == len(root.findall("s:url", NAMES)) == sitemap.pages().count()
    assert all(entry.findtext("s:lastmod", namespaces=NAMES) for entry in root.findall("s:url", NAMES))
    for links in entries.values():
        assert "x-default" in links
        for address in links.values():
            assert entries[address] == links


def test_restricted_page_is_not_in_the_site_map(site, reader: Client, story: StoryPage):
    story.view_restrictions.create(restriction_type="login")
    assert story.full_url.encode() not in reader.get("/sitemap.xml").content


def test_large_site_map_is_split_and_every_part_is_complete(site, reader: Client, monkeypatch):
    whole = reader.get("/sitemap.xml").content.decode()
    monkeypatch.setattr(sitemap, "LARGEST", 7)
    root = ElementTree.fromstring(reader.get("/sitemap.xml").content)
    parts = [part.text for part in root.findall("s:sitemap/s:loc", NAMES)]
    assert parts[0] == "http://testserver/sitemap-1.xml"
    urls = []
    for part in parts:
        urls += re.findall(r"<url>.*?</url>", reader.get(part).content.decode())
    assert urls == re.findall(r"<url>.*?</url>", whole)
    assert reader.get(f"/sitemap-{len(parts) + 1}.xml").status_code == 404
    assert reader.get("/sitemap-0.xml").status_code == 404
