import re

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.test import Client

from home.models import HomePage, NewsIndexPage, NewsPage

LIST = "/{}/news/"
ITEM = "/{}/news/free-movement/"
PARTS = ["/{}/news/2025/", "/{}/news/place/roseau-dominica/", "/{}/news/topic/work/"]


@pytest.fixture
def item(site) -> NewsPage:
    return NewsPage.objects.get(locale__language_code="en", slug="free-movement")


def soup(client: Client, address: str) -> BeautifulSoup:
    response = client.get(address)
    assert response.status_code == 200, address
    return BeautifulSoup(response.content, "html.parser")


def titles(page: BeautifulSoup) -> list[str]:
    return [link.get_text() for link in page.select(".news__what a")]


@pytest.mark.parametrize("language", ["en", "fr", "ht"])
@pytest.mark.parametrize("address", [LIST, ITEM, *PARTS])
def test_news_is_read_in_every_language_without_a_cookie(site, reader: Client, language, address):
    response = reader.get(address.format(language))
    page = response.content.decode()
    assert response.status_code == 200
    assert f'<html lang="{language}" dir="ltr">' in page
    assert page.count("<h1") == 1
    assert not response.cookies
    assert not re.findall(r'(?:src|<link[^>]+stylesheet[^>]+href)="https?://', page)


def test_list_has_the_newest_first_with_day_and_place(site, reader: Client):
    page = soup(reader, "/en/news/")
    assert titles(page) == [
        "Four states open their borders to each other",
        "A new estimate of the world's migrant workers",
        "Twelve people complete a training",
    ]
    assert page.select_one(".news__when").get_text(" ", strip=True) == "1 October 2025 Roseau, Dominica"


def test_archive_leads_to_each_part_and_says_how_many_it_holds(site, reader: Client):
    page = soup(reader, "/en/news/")
    links = {link["href"]: link.get_text(" ", strip=True) for link in page.select("#archive a")}
    assert list(links) == [
        "/en/news/2025/",
        "/en/news/2024/",
        "/en/news/topic/work/",
        "/en/news/topic/data/",
        "/en/news/place/roseau-dominica/",
        "/en/news/place/geneva-switzerland/",
    ]
    assert links["/en/news/2024/"] == "2024 2 (2 items)"
    for address in links:
        assert titles(soup(reader, address))


def test_part_shows_what_belongs_to_it_under_a_title_and_an_address_of_its_own(site, reader: Client):
    page = soup(reader, "/en/news/2024/")
    assert titles(page) == ["A new estimate of the world's migrant workers", "Twelve people complete a training"]
    assert page.h1.get_text() == "News: 2024"
    assert page.find("link", rel="canonical")["href"] == "http://testserver/en/news/2024/"
    assert page.select_one('#archive [aria-current="page"]')["href"] == "/en/news/2024/"
    assert page.find("a", string="All news")["href"] == "/en/news/"


def test_part_leads_to_the_same_part_in_the_languages_that_have_it(site, reader: Client):
    NewsPage.objects.get(locale__language_code="ht", slug="free-movement").unpublish()
    page = soup(reader, "/fr/news/2025/")
    assert [link["href"] for link in page.select(".languages a")] == [
        "/en/news/2025/",
        "/fr/news/2025/",
        "/es/news/2025/",
    ]
    assert [link["href"] for link in page.find_all("link", hreflang=re.compile("^..$"))] == [
        "http://testserver/en/news/2025/",
        "http://testserver/fr/news/2025/",
        "http://testserver/es/news/2025/",
    ]


@pytest.mark.parametrize(
    "address",
    [
        "1999/", "20255/", "٢٠٢٥/", "place/atlantis/", "place/", "topic/", "topic/rights/", "topic/nothing/",
        "place/roseau-dominica%00/", "place/%27%20OR%201=1--/", "place/" + "a" * 10_000 + "/", "2025/place/",
        "topic/<script>/", "nothing-here/",
    ],
)  # fmt: skip
def test_part_that_is_not_there_is_missing_whatever_was_asked(site, reader: Client, address):
    response = reader.get(f"/en/news/{address}")
    assert response.status_code == 404
    assert "<script>" not in response.content.decode().replace("<script src", "")


@pytest.mark.parametrize("number", ["0", "-1", "999", "abc", "9" * 5000, "1%00", "<b>"])
def test_page_number_that_does_not_exist_gives_the_nearest(site, reader: Client, number):
    assert titles(soup(reader, f"/en/news/?page={number}"))


def test_long_list_is_paged(item: NewsPage, reader: Client, monkeypatch):
    monkeypatch.setattr("home.models.news.PAGE", 2)
    assert len(titles(soup(reader, "/en/news/"))) == 2
    second = soup(reader, "/en/news/?page=2")
    assert titles(second) == ["Twelve people complete a training"]
    assert second.find("a", rel="prev")["href"] == "?page=1"


def test_number_of_queries_does_not_grow_with_the_news(item: NewsPage, reader: Client, django_assert_max_num_queries):
    reader.get("/en/news/")
    with django_assert_max_num_queries(24) as few:
        reader.get("/en/news/")
        most = len(few)
    for number in range(12):
        copy = item.copy(update_attrs={"slug": f"more-{number}", "title": f"More {number}"})
        copy.save_revision().publish()
    with django_assert_max_num_queries(most):
        reader.get("/en/news/")


def test_item_says_when_where_with_whom_and_who_says_so(site, reader: Client):
    page = soup(reader, "/en/news/free-movement/")
    article = page.article.get_text(" ", strip=True)
    assert page.article.time["datetime"] == "2025-10-01"
    for words in ("1 October 2025 · Roseau, Dominica", "Nobody needs a permit any more.", "With: CARICOM"):
        assert words in article
    assert page.find("a", string="CARICOM, 30 September 2025")["href"] == "https://example.org/free-movement"
    assert page.find("a", string="All news")["href"] == "/en/news/"


def test_item_in_another_language_keeps_its_date_and_source(site, reader: Client):
    article = soup(reader, "/fr/news/free-movement/").article.get_text(" ", strip=True)
    assert "1er octobre 2025 · Roseau, Dominica [fr]" in article
    assert "Nobody needs a permit any more. [fr]" in article
    assert "CARICOM, 30 September 2025" in article
    assert "September 2025 [fr]" not in article


def test_news_is_only_what_is_published_for_everybody(item: NewsPage, reader: Client):
    item.unpublish()
    assert "Four states open" not in reader.get("/en/news/").content.decode()
    assert reader.get("/en/news/2025/").status_code == 404


def test_list_without_news_says_so(site, reader: Client):
    NewsPage.objects.update(live=False)
    assert "There is no news yet." in reader.get("/en/news/").content.decode()


def test_name_of_a_place_is_shown_as_text(item: NewsPage, reader: Client):
    item.place = "<script>alert(1)</script> Roseau"
    item.save_revision().publish()
    page = reader.get("/en/news/").content.decode()
    assert "<script>alert" not in page
    assert "/en/news/place/scriptalert1script-roseau/" in page


def test_place_in_another_script_has_an_address(item: NewsPage, reader: Client):
    item.place = "روزو"
    item.save_revision().publish()
    address = soup(reader, "/en/news/").find("a", href=re.compile("/place/%"))["href"]
    page = soup(reader, address)
    assert page.find("link", rel="canonical")["href"].isascii()
    assert titles(page) == ["Four states open their borders to each other"]


def test_news_is_counted_and_may_stand_below_the_home_page(site):
    assert {"home.newspage", "home.newsindexpage"} <= settings.COUNTED_PAGES
    assert NewsIndexPage in HomePage.allowed_subpage_models()


def test_content_hash_changes_with_what_a_reader_reads_and_only_then(item: NewsPage):
    before = item.content_hash()
    item.save_revision().publish()
    assert NewsPage.objects.get(pk=item.pk).content_hash() == before
    changes = {
        "title": "Other", "summary": "Other", "body": "<p>Other</p>", "place": "Other", "partners": "Other",
        "source": "Other", "source_url": "https://example.org/other",
    }  # fmt: skip
    for field, value in changes.items():
        page = NewsPage.objects.get(pk=item.pk)
        setattr(page, field, value)
        assert page.content_hash() != before, field
