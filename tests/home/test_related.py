import datetime

import pytest

from home.models import CampaignPage, InfographicPage, StoryIndexPage, StoryPage, StoryTopic
from home.related import related_stories


@pytest.fixture
def others(story: StoryPage) -> dict[str, StoryPage]:
    """Stories beside the one of the site, the oldest of them of its campaign."""
    campaign = CampaignPage.objects.get(locale=story.locale)
    index = StoryIndexPage.objects.get(locale=story.locale)
    made = {}
    for day, (name, topics, belongs) in enumerate(
        [("campaign", [], True), ("both", ["work", "data"], False), ("one", ["work"], False), ("none", [], False)], 1
    ):
        page = StoryPage(title=name, slug=name, summary=name, published=datetime.date(2026, 1, day))
        page.campaign = campaign if belongs else None
        page.topics = [StoryTopic(topic=topic) for topic in topics]
        made[name] = index.add_child(instance=page)
        made[name].save_revision().publish()
    return made


def test_campaign_comes_first_then_shared_topics_then_the_newest(story: StoryPage, others):
    assert [page.title for page in related_stories(page=story, count=4)] == ["campaign", "both", "one", "none"]


def test_page_is_not_offered_after_itself_and_no_more_than_three_are(story: StoryPage, others):
    found = related_stories(page=story)
    assert len(found) == 3
    assert story not in found


def test_infographic_leads_to_the_stories_of_its_campaign(infographic: InfographicPage, others, story: StoryPage):
    assert {page.title for page in related_stories(page=infographic, count=2)} == {story.title, "campaign"}


def test_translation_is_followed_by_what_there_is_in_its_language(french_story: StoryPage, others):
    assert related_stories(page=french_story) == []


def test_page_without_topics_and_campaign_is_followed_by_the_newest(others):
    assert [page.title for page in related_stories(page=others["none"], count=2)][1] == "one"
    assert related_stories(page=others["none"])[0].title == "Two in three roofs were rebuilt by mixed crews"


def test_draft_is_never_offered(story: StoryPage, others):
    others["campaign"].unpublish()
    assert "campaign" not in [page.title for page in related_stories(page=story)]


def test_their_number_costs_no_query(story: StoryPage, others, django_assert_num_queries):
    assert story.language == "en"
    with django_assert_num_queries(3):
        for page in related_stories(page=story):
            assert page.language == "en"
            list(page.topics.all())
