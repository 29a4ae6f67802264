"""Counts sign-ups by where they came from. A count holds nobody, so it outlives everybody behind it.

Days are those of ``OFFICE_TIME_ZONE``; ``source`` is a link's code, another text that a link carried, or empty.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import F

from outreach.audience.models import SignUpCount


def count_asked(*, source: str, channel: str, now: datetime) -> None:
    """Count a person who asked to join and was not waiting for proof already."""
    _count("asked", source=source, channel=channel, now=now)


def count_joined(*, source: str, channel: str, now: datetime) -> None:
    """Count an address that became active."""
    _count("joined", source=source, channel=channel, now=now)


def _count(field: str, *, source: str, channel: str, now: datetime) -> None:
    """One more; the row is made where there is none, and any number of processes may do so at once."""
    row = {"source": source, "day": now.astimezone(ZoneInfo(settings.OFFICE_TIME_ZONE)).date(), "channel": channel}
    counts, one_more = SignUpCount.objects.filter(**row), {field: F(field) + 1}
    if not counts.update(**one_more):
        SignUpCount.objects.bulk_create([SignUpCount(**row)], ignore_conflicts=True)
        counts.update(**one_more)
