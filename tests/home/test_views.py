from xml.etree import ElementTree

import pytest
from django.test import Client


@pytest.mark.parametrize(
    ("wanted", "led_to"),
    [("fr-CA,fr;q=0.9", "/fr/"), ("ht", "/ht/"), ("acf", "/en/"), ("x-klingon", "/en/"), ("", "/en/")],
)
def test_reader_is_led_to_the_first_page_in_a_language_of_the_browser_that_the_site_has(
    site, reader: Client, wanted, led_to
):
    response = reader.get("/", headers={"Accept-Language": wanted})
    assert response.headers["Location"] == led_to
    assert "Accept-Language" in response.headers["Vary"]


def test_site_map_lists_each_page_with_its_translations(site, reader: Client):
    root = ElementTree.fromstring(reader.get("/sitemap.xml").content)
    names = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}
    entries = {entry.findtext("s:loc", namespaces=names): entry for entry in root.findall("s:url", names)}
    story = entries["http://testserver/fr/stories/who-builds-roofs/"]
    assert [link.get("hreflang") for link in story.findall("x:link", names)] == ["en", "fr", "ht", "x-default"]
    assert not any("/es/stories/who" in address for address in entries)


def test_robots_are_told_of_the_site_map(db, reader: Client):
    assert b"Sitemap: http://testserver/sitemap.xml" in reader.get("/robots.txt").content
