import datetime
import json

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from home.models import CampaignPage, InfographicPage, StoryPage


@pytest.fixture
def campaign(site) -> CampaignPage:
    return CampaignPage.objects.get(locale__language_code="en")


@pytest.mark.parametrize("language", ["en", "fr", "ht"])
def test_campaign_shows_what_belongs_to_it_in_the_language(site, reader: Client, language):
    page = reader.get(f"/{language}/fair-work/").content.decode()
    ending = "" if language == "en" else f" [{language}]"
    assert f"Two in three roofs were rebuilt by mixed crews{ending}" in page
    assert f"More than three times as many people born abroad in 2024 as in 1990{ending}" in page
    assert "Haiti is the largest" not in page
    assert f'href="/{language}/results/fair-work/"' in page


def test_campaign_names_its_period_in_the_language(site, reader: Client):
    assert "From 1 July 2026 to 31 December 2026" in reader.get("/en/fair-work/").content.decode()
    assert "1er juillet 2026" in reader.get("/fr/fair-work/").content.decode()


def test_story_names_its_campaign_in_its_own_language(site, reader: Client):
    assert '<a href="/ht/fair-work/">Fair work [ht]</a>' in reader.get("/ht/stories/who-builds-roofs/").content.decode()


def test_story_names_no_campaign_that_is_not_live_in_its_language(site, reader: Client):
    CampaignPage.objects.get(locale__language_code="ht").unpublish()
    assert "Fair work" not in reader.get("/ht/stories/who-builds-roofs/").content.decode()


def test_translation_belongs_to_the_campaign_of_its_source(campaign: CampaignPage, french_story: StoryPage):
    assert french_story.campaign == campaign


def test_campaign_without_pages_says_so(campaign: CampaignPage, reader: Client):
    StoryPage.objects.update(campaign=None)
    InfographicPage.objects.update(campaign=None)
    assert "Nothing of this campaign is published in this language yet" in reader.get("/en/fair-work/").content.decode()


def test_deleted_campaign_leaves_its_stories(campaign: CampaignPage, reader: Client, story: StoryPage):
    campaign.delete()
    assert reader.get(story.url).status_code == 200


def test_campaign_that_ends_before_it_begins_is_refused_beside_the_field(campaign: CampaignPage):
    campaign.ends = campaign.begins - datetime.timedelta(days=1)
    with pytest.raises(ValidationError) as refused:
        campaign.full_clean()
    assert list(refused.value.message_dict) == ["ends"]


def test_editor_is_told_of_a_wrong_period_and_nothing_is_saved(campaign: CampaignPage, editor: Client):
    wrong = {
        "title": campaign.title,
        "slug": campaign.slug,
        "join-count": "0",
        "summary": "Something else.",
        "purpose": json.dumps({"blocks": [{"text": "For", "type": "unstyled"}], "entityMap": {}}),
        "begins": "2026-12-31",
        "ends": "2026-01-01",
        "results_slug": "not a slug",
        "comments-TOTAL_FORMS": "0",
        "comments-INITIAL_FORMS": "0",
        "action-publish": "1",
    }
    response = editor.post(reverse("wagtailadmin_pages:edit", args=[campaign.pk]), wrong)
    errors = response.context["form"].errors
    assert {"ends", "results_slug"} <= set(errors)
    campaign.refresh_from_db()
    assert campaign.summary == "Crews know their rights."


def test_number_of_queries_is_bounded(site, reader: Client, django_assert_max_num_queries):
    reader.get("/en/fair-work/")
    with django_assert_max_num_queries(20):
        reader.get("/en/fair-work/")
