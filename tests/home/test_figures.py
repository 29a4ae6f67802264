from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import User
from wagtail.models import Page

from home import figures
from home.editorial.checklist import answer
from home.editorial.items import ITEMS
from home.models import CampaignPage, HomePage, InfographicPage, NewsPage, RightsCardPage, StoryPage

ZONE = ZoneInfo("America/Dominica")
DAY = date(2026, 10, 7)
BY_KEY = {item.key: item for item in ITEMS}


def published(since=date(2000, 1, 1), until=date(2100, 1, 1), results=""):
    return figures.published(figures.items(results=results), since=since, until=until, zone=ZONE)


def block(kind, **value):
    return {"type": kind, "value": value}


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
        (item,) = [item for item in published() if item.kind == "story"]
        return item

    return found


def test_item_counts_once_with_every_language_in_which_it_is_live(site):
    found = published()
    stories = {key for (key,) in StoryPage.objects.live().values_list("translation_key")}
    infographics = {key for (key,) in InfographicPage.objects.live().values_list("translation_key")}
    assert len([item for item in found if item.kind == "story"]) == len(stories) == 1
    assert len([item for item in found if item.kind == "infographic"]) == len(infographics)
    cards = {key for (key,) in RightsCardPage.objects.live().values_list("translation_key")}
    assert len([item for item in found if item.kind == "rights_card"]) == len(cards) > 0
    (story,) = [item for item in found if item.kind == "story"]
    assert story.languages == {"en", "fr", "ht"}


def test_news_is_no_item(site):
    assert NewsPage.objects.live().exists()
    assert {item.kind for item in published()} == {"story", "infographic", "rights_card"}


def test_item_was_published_on_the_office_day_on_which_its_first_language_went_live(of_story, story, french_story):
    # Three in the morning in UTC is eleven of the evening before in Dominica.
    Page.objects.filter(translation_key=story.translation_key).update(
        first_published_at=datetime(2027, 1, 1, tzinfo=UTC)
    )
    Page.objects.filter(pk=french_story.pk).update(first_published_at=datetime(2026, 10, 8, 3, 0, tzinfo=UTC))
    assert of_story().published == datetime(2026, 10, 8, 3, 0, tzinfo=UTC)
    assert [item.kind for item in published(DAY, DAY)] == ["story"]
    assert published(date(2026, 10, 8), date(2026, 10, 31)) == []


def test_what_was_taken_offline_in_every_language_is_no_item(story):
    Page.objects.filter(translation_key=story.translation_key).update(live=False)
    assert not [item for item in published() if item.kind == "story"]


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


def test_an_item_stays_in_the_period_of_its_first_language_when_that_one_is_taken_offline(story, french_story):
    Page.objects.filter(pk=story.pk).update(first_published_at=datetime(2026, 10, 7, 15, tzinfo=UTC), live=False)
    Page.objects.filter(pk=french_story.pk).update(first_published_at=datetime(2027, 1, 8, 15, tzinfo=UTC))
    (item,) = published(DAY, DAY)
    assert item.languages == {"fr", "ht"}
    assert published(date(2027, 1, 1), date(2027, 1, 31)) == []


def test_of_a_campaign_items_count_that_name_it_or_none(of_story, site):
    InfographicPage.objects.update(campaign=None)
    StoryPage.objects.update(campaign=None)
    every = len(published())
    own, other = (
        HomePage.objects.get(locale__language_code="en").add_child(
            instance=CampaignPage(
                title=slug, slug=slug, summary="Both.", purpose="<p>Rights.</p>", results_slug=slug,
            )
        )
        for slug in ("own", "other")
    )  # fmt: skip
    of_story(campaign=own)
    assert len(published(results="own")) == every
    of_story(campaign=other)
    assert len(published(results="own")) == every - 1
    CampaignPage.objects.update(results_slug="")
    assert len(published(results="own")) == every, "nobody knows whose results these are"


def lacks(item):
    return figures.lacks(item.pages[0], item.answers)


def test_story_without_alternative_text_or_plain_summary_is_not_accessible(of_story):
    StoryPage.objects.update(summary="Your papers are yours.")
    assert of_story(body=[quote("Ana", "woman")]).is_accessible
    image = block("image", image=None, alt_text=" ", role="nobody")
    assert lacks(of_story(body=[image])) == ["alt_texts"]
    assert not of_story(body=[image]).is_accessible
    assert lacks(of_story(body=[], summary=" ")) == ["summary"]
    assert lacks(of_story(summary="Who works " * 15 + "has rights.")) == ["summary"], "32 words in a sentence"


def test_story_needs_the_words_of_its_recordings_and_films(of_story):
    audio = {"title": "Talk", "audio": None, "language": "en", "duration": "3:05"}
    film = {"title": "Film", "url": "https://vimeo.com/1", "language": "en", "duration": "3:05"}
    silent = [block("audio", **audio, transcript="<p> </p>"), block("video", **film, summary="<p></p>")]
    assert lacks(of_story(body=silent)) == ["transcript", "video_summary"]
    told = [block("audio", **audio, transcript="<p>Every word.</p>"), block("video", **film, summary="<p>All.</p>")]
    assert lacks(of_story(body=told)) == []


def test_what_an_editor_found_not_to_apply_is_met_while_the_page_says_the_same(of_story):
    item = of_story(summary="Who works " * 15 + "has rights.")
    assert not item.is_accessible
    answer(
        page=item.pages[0], item=BY_KEY["summary"], answer="not_applicable", reason="A quotation of the law.",
        user=User.objects.create_user("editor"), now=datetime(2026, 10, 9, tzinfo=UTC),
    )  # fmt: skip
    assert lacks(of_story()) == []
    assert lacks(of_story(summary="Who works " * 16 + "has rights.")) == ["summary"]


def test_infographic_needs_its_summary_in_words(infographic):
    assert figures.lacks(infographic, {}) == []
    infographic.text_summary = ""
    assert figures.lacks(infographic, {}) == ["text_summary"]


def test_rights_card_that_says_its_right_plainly_is_accessible(site):
    card = RightsCardPage.objects.live().filter(locale__language_code="en").first()
    card.summary = "Your papers are yours."
    assert figures.lacks(card, {}) == []
