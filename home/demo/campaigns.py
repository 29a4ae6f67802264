"""Makes the demo's campaigns, without saving them, and tells which pages belong to them."""

from collections.abc import Mapping

from home.models import CampaignPage

from .content import CAMPAIGN_MEMBERS, Content, Entry, identity


def campaign(key: str, entry: Entry) -> CampaignPage:
    """The page of a campaign."""
    return CampaignPage(
        slug=entry["slug"],
        show_in_menus=True,
        translation_key=identity("campaigns", key),
        title=entry["title"],
        summary=entry["summary"],
        begins=entry.get("begins"),
        ends=entry.get("ends"),
        results_slug=entry.get("results_slug", ""),
        purpose="".join(block["html"] for block in entry["body"]),
    )


def campaigns_of_pages(content: Content, campaigns: Mapping[str, int]) -> dict[tuple[str, str], int]:
    """The id of the campaign of each page that belongs to one, by the section and the key of the page's entry."""
    return {
        (section, name): campaigns[key]
        for key, entry in content.section("campaigns").items()
        for section in CAMPAIGN_MEMBERS
        for name in entry.get(section, [])
    }
