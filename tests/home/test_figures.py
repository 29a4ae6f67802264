from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from wagtail.models import Page

from home import figures
from home.models import InfographicPage, NewsPage, StoryPage

ZONE = ZoneInfo("America/Dominica")
DAY = date(2026, 10, 7)
EVER = {"since": date(2000, 1, 1), "until": date(2100, 1, 1), "zone": ZONE}


def quote(speaker, gender, function="migrant"):
    return {
        "type": "quote",
        "value": {"text": "Words.", "speaker": speaker, "gender": gender, "function": function},
    }


@pytest.fixture
def of_story(story):
    """Finds the item of the story after its page was changed as told."""

    def found(**fields):
        StoryPage.objects.filter(pk=story.pk).update(**fields)
        (item,) = [item for item in figures.items(**EVER) if item.kind == "story"]
        return item

    return found


def test_item_counts_once_with_every_language_in_which_it_is_live(site):
    found = figures.items(**EVER)
    stories = {key for (key,) in StoryPage.objects.live().values_list("translation_key")}
    infographics = {key for (key,) in InfographicPage.objects.live().values_list("translation_key")}
    assert len([item for item in found if item.kind == "story"]) == len(stories) == 1
    assert len([item for item in found if item.kind == "infographic"]) == len(infographics)
    (story,) = [item for item in found if item.kind == "story"]
    assert story.languages == {"en", "fr", "ht"}


def test_news_is_no_item(site):
    assert NewsPage.objects.live().exists()
    assert {item.kind for item in figures.items(**EVER)} == {"story", "infographic"}


def test_item_was_published_on_the_office_day_on_which_its_first_language_went_live(of_story, story, french_story):
    # Three in the morning in UTC is eleven of the evening before in Dominica.
    Page.objects.filter(translation_key=story.translation_key).update(
        first_published_at=datetime(2027, 1, 1, tzinfo=UTC)
    )
    Page.objects.filter(pk=french_story.pk).update(first_published_at=datetime(2026, 10, 8, 3, 0, tzinfo=UTC))
    assert of_story().published == datetime(2026, 10, 8, 3, 0, tzinfo=UTC)
    assert len(figures.items(since=DAY, until=DAY, zone=ZONE)) == 1
    assert figures.items(since=date(2026, 10, 8), until=date(2026, 10, 31), zone=ZONE) == []


def test_what_was_taken_offline_in_every_language_is_no_item(story):
    Page.objects.filter(translation_key=story.translation_key).update(live=False)
    assert not [item for item in figures.items(**EVER) if item.kind == "story"]


def test_people_quoted_count_once_an_item_and_documents_are_nobody(of_story):
    body = [
        quote("Ana", "woman"),
        quote("Ana", "woman"),
        quote("An employer", "man", "employer"),
        quote("Someone", "undisclosed"),
        quote("The convention", "none", "document"),
    ]
    quoted = figures.quoted([of_story(body=body)])
    assert sorted(quoted) == [("man", "employer"), ("undisclosed", "migrant"), ("woman", "migrant")]


def test_story_without_alternative_text_or_summary_is_not_accessible(of_story):
    assert of_story(body=[quote("Ana", "woman")]).is_accessible
    image = {"type": "image", "value": {"image": None, "alt_text": " ", "role": "nobody"}}
    assert figures.lacks(of_story(body=[image]).pages[0]) == ["alt_text"]
    assert not of_story(body=[image]).is_accessible
    assert figures.lacks(of_story(body=[], summary=" ").pages[0]) == ["summary"]


def test_infographic_needs_its_summary_in_words(infographic):
    assert figures.lacks(infographic) == []
    infographic.text_summary = ""
    assert figures.lacks(infographic) == ["text_summary"]
