"""What is frozen is read under the names of the reader's language; the snapshot stays as it is."""

import pytest
from django.urls import reverse
from django.utils.translation import override
from wagtail.models import Locale, Page

from home.models import CampaignPage, StoryPage
from outreach.broadcasts.campaign import Campaign
from outreach.broadcasts.models import CarriedPage
from outreach.reach.periods import parse
from outreach.reach.snapshots.closing import close_due
from outreach.reach.snapshots.freezing import freeze_period
from outreach.reach.snapshots.listing import name_of
from outreach.reach.snapshots.reading import content_of
from outreach.reach.standing import standing
from outreach.reach.tables import report
from tests.outreach.reach.conftest import CLOSED

pytestmark = pytest.mark.django_db


@pytest.fixture
def frozen(october):
    """November of a campaign whose broadcast is called as its story; both have a French page."""
    campaign = Campaign.objects.create(name="Rights", slug="rights", starts_on="2026-01-01", ends_on="2026-12-31")
    french = Locale.objects.get_or_create(language_code="fr")[0]
    root = Page.get_first_root_node()
    page = CampaignPage(title="Nos droits", slug="droits", summary="x", purpose="<p>x</p>", results_slug="rights")
    page.locale = french
    root.add_child(instance=page)
    story = root.add_child(instance=StoryPage(title=october.title, slug="october", summary="x"))
    root.add_child(
        instance=StoryPage(
            title="Octobre", slug="octobre", summary="x", locale=french, translation_key=story.translation_key
        )
    )
    october.campaign = campaign
    october.save()
    CarriedPage.objects.create(broadcast=october, page=story, place=0)
    close_due(now=CLOSED)
    return freeze_period(period=parse("2026-11"), campaign=campaign, user=None, now=CLOSED)


def test_reports_and_lists_are_named_in_the_language_of_the_reader(frozen, october):
    closed = october.snapshots.get()
    before = frozen.payload
    with override("fr"):
        found = report(snapshot=frozen.pk)
        tables = {table.slug: table for table in found.tables}
        assert found.title == name_of(frozen) == "Nos droits · novembre 2026"
        assert [each.title for each in found.broadcasts] == ["Octobre"]
        assert tables["broadcast"].rows[0].label == "Octobre"
        assert report(broadcast=october.pk).title == name_of(closed) == "Octobre"
    assert report(snapshot=frozen.pk).title == name_of(frozen) == "Rights · November 2026"
    frozen.refresh_from_db()
    assert frozen.payload == before


def test_a_campaign_that_is_called_otherwise_since_keeps_the_name_that_was_frozen(frozen):
    Campaign.objects.update(name="Rights for all")
    with override("fr"):
        assert report(snapshot=frozen.pk).title == "Rights · novembre 2026"
    assert content_of(frozen)["campaign"]["name"] == "Rights"


def test_what_moves_still_is_named_so_too(frozen):
    campaign = Campaign.objects.get()
    with override("fr"):
        assert report(period=parse("2026"), campaign=campaign).title == "Nos droits · 2026"


def test_days_are_written_as_the_reader_writes_them(frozen, october):
    with override("fr"):
        assert standing(report(snapshot=frozen.pk)).days.endswith("30 novembre 2026")
    day = standing(report(broadcast=october.pk))
    assert (day.begins == day.ends) == (" to " not in day.days)


def test_pages_show_these_names(client, member, frozen):
    client.force_login(member("evaluator"))
    with override("fr"):
        assert (
            "Nos droits" in client.get(reverse("snapshots:freeze"), headers={"Accept-Language": "fr"}).content.decode()
        )
        address = reverse("reach:index"), reverse("snapshots:index")
        texts = [client.get(each, headers={"Accept-Language": "fr"}).content.decode() for each in address]
    assert all("Nos droits" in text and "Octobre" in text for text in texts)
