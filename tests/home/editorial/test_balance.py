import datetime

import pytest
from django.contrib.auth.models import User

from home.editorial.balance import balance, before, last_days
from home.models import StoryPage

from .conftest import TODAY

pytestmark = pytest.mark.usefixtures("at_noon")


def published_at(moment: datetime.datetime) -> None:
    """Let the story and its translations have gone live at a moment, and nothing else at all."""
    StoryPage.objects.update(first_published_at=moment)


@pytest.fixture
def quoted(story: StoryPage, quoting) -> StoryPage:
    quoting(story, ("woman", "expert"), ("man", "official"), ("not_asked", "migrant")).save_revision().publish()
    return story


def test_people_are_counted_by_stated_gender_and_function_once_for_all_languages(quoted, french_story):
    found = last_days(day=TODAY + datetime.timedelta(days=1000))
    assert found.items == 0
    published_at(datetime.datetime(2026, 11, 1, 12, tzinfo=datetime.UTC))
    found = last_days(day=TODAY)
    assert found.voices == {("woman", "expert"): 1, ("man", "official"): 1, ("unstated", "migrant"): 1}
    assert (found.quoted, found.stated, found.of_gender("woman")) == (3, 2, 1)


def test_period_ends_and_begins_with_the_days_of_the_office(quoted):
    late = datetime.datetime(2026, 11, 3, 3, 59, tzinfo=datetime.UTC)
    published_at(late)
    assert balance(since=TODAY, until=TODAY).quoted == 3
    published_at(late + datetime.timedelta(minutes=1))
    assert balance(since=TODAY, until=TODAY).quoted == 0


def test_days_before_are_as_many_and_do_not_overlap(db):
    found = balance(since=datetime.date(2026, 8, 5), until=TODAY)
    earlier = before(found)
    assert earlier.until == datetime.date(2026, 8, 4)
    assert (earlier.until - earlier.since) == (found.until - found.since)


def test_pictures_are_counted_by_role_and_those_of_nobody_not_at_all(story, showing, consent):
    showing(showing(story, consent=consent.pk), role="nobody").save_revision().publish()
    published_at(datetime.datetime(2026, 11, 1, 12, tzinfo=datetime.UTC))
    assert last_days(day=TODAY).roles == {"active": 1}


def test_unpublished_pages_are_not_counted(quoted):
    published_at(datetime.datetime(2026, 11, 1, 12, tzinfo=datetime.UTC))
    for page in StoryPage.objects.all():
        page.unpublish()
    assert last_days(day=TODAY).quoted == 0


def test_author_is_counted_where_known(quoted):
    StoryPage.objects.update(owner=User.objects.create_user("an", first_name="An", last_name="Editor"))
    published_at(datetime.datetime(2026, 11, 1, 12, tzinfo=datetime.UTC))
    found = balance(since=TODAY - datetime.timedelta(days=1), until=TODAY)
    assert found.authors["An Editor"] == 1
    assert found.authors_known == 1


def test_nothing_belongs_to_a_campaign_that_does_not_exist(quoted):
    published_at(datetime.datetime(2026, 11, 1, 12, tzinfo=datetime.UTC))
    assert last_days(day=TODAY, campaign=999_999).items == 0
