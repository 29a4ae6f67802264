from datetime import date

import pytest
from django.conf import settings

from outreach.broadcasts.campaign import Campaign
from outreach.broadcasts.content_counts import ContentCounts, active_subscribers, languages_of
from outreach.broadcasts.models import Broadcast, Message
from tests.outreach.broadcasts.conftest import translate

PERIOD = {"since": date(2000, 1, 1), "until": date(2100, 1, 1)}

pytestmark = pytest.mark.django_db


def content_counts(campaign=None, **period):
    return ContentCounts(campaign).over(**period)


@pytest.fixture
def campaign(db):
    return Campaign.objects.create(name="Rights", slug="rights", starts_on=date(2026, 10, 1), ends_on=date(2027, 9, 30))


def quote(speaker, gender):
    return ("quote", {"text": "Words.", "speaker": speaker, "gender": gender, "function": "migrant"})


def test_items_are_counted_by_kind_and_by_what_is_asked_of_them(story, second_story, infographic):
    story.body = [quote("Ana", "woman"), quote("Luc", "man"), quote("Nobody says", "not_asked")]
    story.topics.create(topic="rights")
    story.save_revision().publish()
    for language, _name in settings.LANGUAGES[1:4]:
        translate(story, language, "Title")
    type(infographic).objects.filter(pk=infographic.pk).update(text_summary=" ")

    counts = content_counts(**PERIOD)

    assert {name: count for name, count in counts.items() if not name.startswith("items_topic")} == {
        "items": 3, "items_story": 2, "items_infographic": 1, "items_rights_card": 0, "items_in_every_language": 1,
        "items_accessible": 2,
        "quoted_people": 2, "quoted_women": 1,
    }  # fmt: skip
    assert counts["items_topic_rights"] == 1


def test_item_in_every_language_of_the_site_is_counted(story, settings):
    settings.LANGUAGES = [("en", "English"), ("fr", "Français")]
    assert content_counts(**PERIOD)["items_in_every_language"] == 0
    translate(story, "fr", "Titre")
    assert content_counts(**PERIOD)["items_in_every_language"] == 1


def test_a_campaign_requires_the_languages_of_its_broadcasts_that_were_not_cancelled(story, campaign, settings):
    settings.LANGUAGES = [("en", "English"), ("fr", "Français"), ("es", "Español"), ("acf", "Kwéyòl")]
    assert languages_of(None) == languages_of(campaign) == {"en", "fr", "es"}, "Kwéyòl is open for translation"

    for languages, state in ((("en", "fr"), "finished"), (("es",), "cancelled")):
        broadcast = Broadcast.objects.create(title="Rights", campaign=campaign, state=state)
        for language in languages:
            Message.objects.create(broadcast=broadcast, channel="email", language=language, subject="S", body="")
    assert languages_of(campaign) == {"en", "fr"}

    translate(story, "fr", "Titre")
    assert content_counts(campaign, **PERIOD)["items_in_every_language"] == 1
    assert content_counts(**PERIOD)["items_in_every_language"] == 0, "over all campaigns there is no Spanish"


def test_news_is_no_content_item(story, news_item):
    assert content_counts(**PERIOD)["items"] == 1


def test_nothing_was_published_in_another_period(story):
    assert content_counts(since=date(2000, 1, 1), until=date(2000, 12, 31))["items"] == 0


def test_person_with_two_addresses_is_one_active_subscriber(joined):
    first = joined()
    other = joined(channel="telegram")
    other.subscriber = first.subscriber
    other.save()
    joined(state="left")
    joined(allows_messages=False)
    assert active_subscribers() == 1
