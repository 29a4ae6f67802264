"""What reports may know of the site and of the register without looking into either."""

from datetime import date
from functools import cached_property

from django.conf import settings

from home import figures
from outreach.audience.models import Subscription

from .campaign import Campaign
from .models import Broadcast, Message
from .office_time import office_zone


class ContentCounts:
    """The content of the site as it is now, read once and counted over any days.

    Of a ``campaign`` without the items that name another one; those that name none count for each.
    """

    def __init__(self, campaign: Campaign | None = None) -> None:
        self.campaign = campaign

    def over(self, *, since: date, until: date) -> dict[str, int]:
        """How much was first published on days from ``since`` to ``until`` of the office's zone, both included.

        ``items``, by kind and topic as ``items_story`` … and ``items_topic_rights`` …; ``items_in_every_language`` of
        :func:`languages_of`; ``items_accessible``; and of the people quoted in them who stated a gender
        ``quoted_people`` and ``quoted_women``.
        """
        items = figures.published(self._items, since=since, until=until, zone=office_zone())
        stated = [gender for gender, _function in figures.quoted(items) if gender in figures.STATED]
        return {
            "items": len(items),
            **{f"items_{kind}": sum(item.kind == kind for item in items) for kind in figures.KINDS},
            **{f"items_topic_{topic}": sum(topic in item.topics for item in items) for topic in settings.TOPICS},
            "items_in_every_language": sum(self._languages <= item.languages for item in items),
            "items_accessible": sum(item.is_accessible for item in items),
            "quoted_people": len(stated),
            "quoted_women": stated.count("woman"),
        }

    @cached_property
    def _items(self) -> list[figures.Item]:
        return figures.items(results=self.campaign.slug if self.campaign else "")

    @cached_property
    def _languages(self) -> set[str]:
        return languages_of(self.campaign)


def languages_of(campaign: Campaign | None) -> set[str]:
    """The codes of the languages in which content has to be live: those in which a campaign writes to people.

    They are the languages of the texts of its broadcasts. Where there is none, or of no campaign: every language of the
    site that is not still open for translation.
    """
    written = Message.objects.filter(broadcast__campaign=campaign, broadcast__kind=Broadcast.Kind.CAMPAIGN)
    written = written.exclude(broadcast__state=Broadcast.State.CANCELLED)
    found = set(written.values_list("language", flat=True)) if campaign else set()
    return found or {code for code, _name in settings.LANGUAGES if code not in settings.UNFINISHED}


def active_subscribers() -> int:
    """How many different people can be written to today: confirmed, not left, and willing to get messages."""
    active = Subscription.objects.filter(state=Subscription.State.ACTIVE, allows_messages=True)
    return active.values("subscriber").distinct().count()
