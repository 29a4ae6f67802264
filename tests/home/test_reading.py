import pytest

from home.models import InfographicPage, StandardPage, StoryPage
from home.reading import reading_minutes


def page(words: int) -> StandardPage:
    return StandardPage(title="One", summary="", body="<p>" + "word " * (words - 1) + "</p>")


@pytest.mark.parametrize(("words", "minutes"), [(1, 1), (200, 1), (290, 1), (310, 2), (2000, 10)])
def test_two_hundred_words_are_a_minute_and_the_least_is_one(words, minutes):
    assert reading_minutes(page=page(words)) == minutes


def test_words_that_only_a_tag_parts_are_two():
    standard = StandardPage(title="", summary="", body="<li>word</li>" * 400)
    assert reading_minutes(page=standard) == 2


def test_every_text_block_of_a_story_counts(story: StoryPage):
    short = reading_minutes(page=story)
    story.body = [("text", "<p>" + "word " * 1000 + "</p>"), ("callout", "<p>" + "word " * 1000 + "</p>")]
    assert reading_minutes(page=story) >= short + 9


def test_infographic_is_read_by_its_words(infographic: InfographicPage):
    infographic.text_summary = "word " * 600
    assert reading_minutes(page=infographic) == 3


def test_page_says_how_long_it_takes(site, reader):
    assert "1 minute to read" in reader.get("/en/stories/who-builds-roofs/").content.decode()
