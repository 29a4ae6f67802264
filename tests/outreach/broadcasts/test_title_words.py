"""A broadcast that is called as its story is found under the story's title in the reader's language."""

import pytest
from django.utils.translation import override

from outreach.broadcasts.models import Broadcast, CarriedPage
from outreach.broadcasts.title_words import titles_of, titles_of_pages

pytestmark = pytest.mark.django_db


@pytest.fixture
def broadcast(story, french) -> Broadcast:
    found = Broadcast.objects.create(title=story.title)
    CarriedPage.objects.create(broadcast=found, page=story, place=0)
    return found


def test_a_broadcast_and_its_story_have_the_title_of_the_translation(broadcast, story, french):
    assert french.title != story.title
    with override("fr"):
        assert titles_of({broadcast.pk: story.title}) == {broadcast.pk: french.title}
        assert titles_of_pages({str(story.pk): story.title}) == {str(story.pk): french.title}


def test_a_title_of_its_own_stays_as_it_is(broadcast, story):
    with override("fr"):
        assert titles_of({broadcast.pk: "The first one"}) == {broadcast.pk: "The first one"}
        assert titles_of_pages({str(story.pk): "As it was"}) == {str(story.pk): "As it was"}


def test_without_a_live_translation_the_title_stays(broadcast, story, french):
    with override("ht"):
        assert titles_of({broadcast.pk: story.title}) == {broadcast.pk: story.title}
    french.unpublish()
    with override("fr"):
        assert titles_of({broadcast.pk: story.title}) == {broadcast.pk: story.title}


def test_in_the_first_language_nothing_is_asked(broadcast, story, django_assert_num_queries):
    with override("en"), django_assert_num_queries(0):
        assert titles_of({broadcast.pk: story.title}) == {broadcast.pk: story.title}
        assert titles_of_pages({str(story.pk): story.title}) == {str(story.pk): story.title}


def test_a_page_that_is_gone_keeps_the_title_under_which_it_was_kept(story, french):
    with override("fr"):
        assert titles_of_pages({"999999": "Gone"}) == {"999999": "Gone"}
