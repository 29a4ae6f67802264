import pytest

from home.models import NewsPage
from home.news.archive import Part, archive

pytestmark = pytest.mark.usefixtures("site")


def names(parts: list[Part]) -> list[tuple[str, str, int]]:
    return [(part.key, part.name, part.count) for part in parts]


def test_news_is_divided_by_year_place_and_topic_with_counts():
    found = archive(NewsPage.newest("en"))
    assert names(found.years) == [("2025", "2025", 1), ("2024", "2024", 2)]
    assert names(found.places) == [
        ("roseau-dominica", "Roseau, Dominica", 2),
        ("geneva-switzerland", "Geneva, Switzerland", 1),
    ]
    assert names(found.topics) == [("work", "Work", 2), ("data", "Facts and figures", 1)]


def test_each_part_holds_as_many_items_as_it_says():
    news = NewsPage.newest("en")
    found = archive(news)
    for part in [*found.years, *found.places, *found.topics]:
        assert part.of(news).count() == part.count, part


def test_place_has_the_same_address_in_every_language_and_its_own_name():
    french = archive(NewsPage.newest("fr"))
    assert names(french.places)[0] == ("roseau-dominica", "Roseau, Dominica [fr]", 2)


def test_language_without_news_has_an_empty_archive():
    assert archive(NewsPage.newest("acf")).years == []


def test_dividing_takes_three_queries(django_assert_num_queries):
    news = NewsPage.newest("en")
    with django_assert_num_queries(3):
        archive(news)


@pytest.mark.parametrize(("kind", "key"), [("year", "1999"), ("place", "atlantis"), ("topic", "rights")])
def test_part_without_news_is_not_found(kind, key):
    assert archive(NewsPage.newest("en")).find(kind, key) is None
