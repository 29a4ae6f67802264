"""Makes the rights cards of the demo from their entries, without saving them."""

from home.models import RightsCardPage, RightsCardTopic

from .content import REQUIRED, Entry, identity


def card(key: str, entry: Entry) -> RightsCardPage:
    """A rights card with its topics."""
    page = RightsCardPage(
        slug=key,
        translation_key=identity("rights", key),
        summary=entry["right"],
        **{name: entry[name] for name in REQUIRED["rights"] - {"topics"}},
        status_note=entry.get("status_note", ""),
        source_url=entry.get("source_url", ""),
    )
    page.topics = [RightsCardTopic(topic=name) for name in entry["topics"]]
    return page
