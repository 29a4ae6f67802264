"""What reports may know of the site and of the register without looking into either."""

from datetime import date

from django.conf import settings

from home import figures
from outreach.audience.models import Subscription

from .office_time import office_zone


def content_counts(*, since: date, until: date) -> dict[str, int]:
    """How much was published on days from ``since`` to ``until`` of the office's zone, both included.

    ``items``, by kind and topic as ``items_story`` … and ``items_topic_rights`` …; ``items_in_every_language`` of the
    site; ``items_accessible``; and of the people quoted in them who stated a gender ``quoted_people`` and
    ``quoted_women``.
    """
    items = figures.items(since=since, until=until, zone=office_zone())
    languages = {code for code, _name in settings.LANGUAGES}
    stated = [gender for gender, _function in figures.quoted(items) if gender in figures.STATED]
    return {
        "items": len(items),
        **{f"items_{kind}": sum(item.kind == kind for item in items) for kind in ("story", "infographic")},
        **{f"items_topic_{topic}": sum(topic in item.topics for item in items) for topic in settings.TOPICS},
        "items_in_every_language": sum(languages <= item.languages for item in items),
        "items_accessible": sum(item.is_accessible for item in items),
        "quoted_people": len(stated),
        "quoted_women": stated.count("woman"),
    }


def active_subscribers() -> int:
    """How many different people can be written to today: confirmed, not left, and willing to get messages."""
    active = Subscription.objects.filter(state=Subscription.State.ACTIVE, allows_messages=True)
    return active.values("subscriber").distinct().count()
