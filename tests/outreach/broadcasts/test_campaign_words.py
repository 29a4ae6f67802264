"""A campaign is called as its page on the site is, in the language in use."""

import pytest
from django.utils.translation import override
from wagtail.models import Locale, Page

from home.models import CampaignPage
from outreach.broadcasts.campaign import Campaign
from outreach.broadcasts.campaign_words import CampaignWords, names_of, words_of, words_of_each

pytestmark = pytest.mark.django_db
OWN = CampaignWords("Rights at work", "Workers know their rights.")


def a_campaign(slug: str = "rights-at-work") -> Campaign:
    return Campaign.objects.create(
        name=OWN.name, slug=slug, objective=OWN.objective, starts_on="2026-01-01", ends_on="2026-12-31"
    )


def a_page(language: str, title: str, *, slug: str = "rights-at-work", live: bool = True) -> CampaignPage:
    locale, _made = Locale.objects.get_or_create(language_code=language)
    page = CampaignPage(
        title=title,
        slug=f"{slug}-{language}",
        summary=f"{title}.",
        purpose="<p>Rights.</p>",
        results_slug=slug,
        live=live,
    )
    page.locale = locale
    return Page.get_first_root_node().add_child(instance=page)


def test_campaign_has_the_title_and_the_summary_of_its_page_in_the_language():
    campaign = a_campaign()
    a_page("en", "Rights at work, on the site")
    a_page("ht", "Dwa nan travay")
    with override("ht"):
        assert words_of(campaign) == CampaignWords("Dwa nan travay", "Dwa nan travay.")
    with override("en"):
        assert words_of(campaign) == CampaignWords("Rights at work, on the site", OWN.objective)


def test_a_name_that_was_kept_is_translated_while_the_campaign_still_has_it():
    campaign = a_campaign()
    a_page("en", "Rights at work, on the site")
    a_page("ht", "Dwa nan travay")
    with override("ht"):
        assert names_of({campaign: OWN.name}) == {campaign: "Dwa nan travay"}
        assert names_of({campaign: "Its old name"}) == {campaign: "Its old name"}
    with override("en"):
        assert names_of({campaign: OWN.name}) == {campaign: OWN.name}


@pytest.mark.parametrize("live", [None, False])
def test_campaign_without_a_live_page_in_the_language_has_its_own_words(live):
    campaign = a_campaign()
    a_page("fr", "Droits au travail")
    if live is not None:
        a_page("ht", "Dwa nan travay", live=live)
    with override("ht"):
        assert words_of(campaign) == OWN


def test_pages_of_other_campaigns_say_nothing_of_it(django_assert_num_queries):
    one, other, third = a_campaign(), a_campaign("health"), a_campaign("school")
    a_page("ht", "Dwa nan travay")
    a_page("ht", "Sante", slug="health")
    with override("ht"), django_assert_num_queries(1):
        found = words_of_each([one, other, third])
    assert {slug: words.name for slug, words in found.items()} == {
        "rights-at-work": "Dwa nan travay",
        "health": "Sante",
        "school": OWN.name,
    }
