import pytest
from django.conf import settings
from wagtail.contrib.redirects.models import Redirect

from outreach.broadcasts.carried_links import pages_of_links
from outreach.broadcasts.models import Broadcast, CarriedPage, Message
from tests.outreach.broadcasts.conftest import publish_french

pytestmark = pytest.mark.django_db


@pytest.fixture
def broadcast(story, second_story):
    made = Broadcast.objects.create(title="Two stories", fallback_language="en")
    for place, page in enumerate((story, second_story)):
        CarriedPage.objects.create(broadcast=made, page=page, place=place)
    return made


def message(broadcast, *links, channel="email", language="en"):
    return Message.objects.create(broadcast=broadcast, channel=channel, language=language, links=list(links)).pk


def address(page):
    return f"{settings.SITE_URL}{page.get_url_parts()[2]}"


def test_links_of_every_language_lead_to_the_page_as_it_was_chosen(broadcast, story, second_story):
    french = publish_french(story)
    english = message(broadcast, address(story), "https://example.org/", f"{address(second_story)}#sources")
    other = message(broadcast, address(french), language="fr")
    assert pages_of_links(broadcast).as_rows() == [
        (english, 1, str(story.pk)),
        (english, 3, str(second_story.pk)),
        (other, 1, str(story.pk)),
    ]


def test_link_to_where_a_page_was_before_it_moved_still_leads_to_it(broadcast, story):
    before = address(story)
    number = message(broadcast, before)
    path = story.get_url_parts()[2]
    story.slug = "moved"
    story.save_revision().publish()
    Redirect.objects.get_or_create(
        old_path=Redirect.normalise_path(path), site=None, defaults={"redirect_page": story.page_ptr}
    )
    assert pages_of_links(broadcast).as_rows() == [(number, 1, str(story.pk))]


def test_same_path_on_another_site_leads_elsewhere(broadcast, story):
    message(broadcast, f"https://example.org{story.get_url_parts()[2]}")
    assert pages_of_links(broadcast).as_rows() == []


def test_shared_link_leads_where_all_messages_that_share_it_agree(broadcast, story, second_story):
    message(broadcast, address(story), address(second_story))
    message(broadcast, address(story), "https://example.org/", channel="telegram")
    leads = pages_of_links(broadcast)
    assert leads.of_shared(channel="email", language="en", link=2) == str(second_story.pk)
    # Nothing was written in French, so whoever reads it got the fallback.
    assert leads.of_shared(channel="email", language="fr", link=1) == str(story.pk)
    assert leads.of_shared(channel=None, language=None, link=1) == str(story.pk)
    assert leads.of_shared(channel=None, language=None, link=2) == "?"
    assert leads.of_shared(channel="telegram", language=None, link=2) == ""
    assert leads.of_shared(channel="email", language="en", link=None) == ""
