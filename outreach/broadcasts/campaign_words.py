"""What is said of a campaign in the language in use: the site translates it, the register has it once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import get_language

from home.models import CampaignPage

from .campaign import Campaign


@dataclass(frozen=True)
class CampaignWords:
    """A campaign's ``name`` and what it is for."""

    name: str
    objective: str


def words_of(campaign: Campaign) -> CampaignWords:
    """As :func:`words_of_each`, for one."""
    return words_of_each([campaign])[campaign.slug]


def names_of(kept: Mapping[Campaign, str]) -> dict[Campaign, str]:
    """The name of each campaign in the language in use, given those under which they are kept. One query at most.

    In the site's first language, and where a campaign has another name since, that under which it is kept.
    """
    if (get_language() or settings.LANGUAGE_CODE) == settings.LANGUAGE_CODE:
        return dict(kept)
    words = words_of_each(kept)
    return {campaign: words[campaign.slug].name if campaign.name == name else name for campaign, name in kept.items()}


def words_of_each(campaigns: Iterable[Campaign]) -> dict[str, CampaignWords]:
    """The words by short name: the title of the campaign's live page in the language, and its summary.

    The page is the one that names the campaign's results. Where there is none, and for the objective in the site's
    first language, the words are those that the campaign has itself. One query.
    """
    campaigns, language = list(campaigns), get_language() or settings.LANGUAGE_CODE
    pages = CampaignPage.objects.live().filter(
        results_slug__in=[campaign.slug for campaign in campaigns], locale__language_code=language, alias_of=None
    )
    told = {
        slug: (title, summary)
        for slug, title, summary in pages.order_by("-pk").values_list("results_slug", "title", "summary")
    }
    found = {}
    for campaign in campaigns:
        name, summary = told.get(campaign.slug, (campaign.name, campaign.objective))
        is_own = language == settings.LANGUAGE_CODE or not summary
        found[campaign.slug] = CampaignWords(name, campaign.objective if is_own else summary)
    return found
