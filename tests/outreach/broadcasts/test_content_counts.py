from datetime import date

import pytest
from django.conf import settings

from outreach.broadcasts.content_counts import active_subscribers, content_counts
from tests.outreach.broadcasts.conftest import translate

PERIOD = {"since": date(2000, 1, 1), "until": date(2100, 1, 1)}

pytestmark = pytest.mark.django_db


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
        "items": 3, "items_story": 2, "items_infographic": 1, "items_in_every_language": 0, "items_accessible": 2,
        "quoted_people": 2, "quoted_women": 1,
    }  # fmt: skip
    assert counts["items_topic_rights"] == 1


def test_item_in_every_language_of_the_site_is_counted(story, settings):
    settings.LANGUAGES = [("en", "English"), ("fr", "Français")]
    assert content_counts(**PERIOD)["items_in_every_language"] == 0
    translate(story, "fr", "Titre")
    assert content_counts(**PERIOD)["items_in_every_language"] == 1


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
