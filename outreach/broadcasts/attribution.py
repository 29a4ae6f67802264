"""Until when something that comes back counts for a broadcast: for ``REACH_WINDOW_DAYS`` after it ended."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q

from .models import Broadcast

ENDED = (Broadcast.State.FINISHED, Broadcast.State.CANCELLED, Broadcast.State.EXPIRED)
"""The states in which a broadcast sends nothing any more; late clicks and bounces may still come."""


def attribution_window() -> timedelta:
    """How long after a broadcast ended something that comes back counts for it: ``REACH_WINDOW_DAYS``."""
    return timedelta(days=settings.REACH_WINDOW_DAYS)


def window_end(broadcast: Broadcast) -> datetime | None:
    """The moment (UTC) before which an event has to happen to count; ``None`` while the broadcast has not ended."""
    if broadcast.state not in ENDED or broadcast.finished_at is None:
        return None
    return broadcast.finished_at + attribution_window()


def is_closed(broadcast: Broadcast, *, now: datetime) -> bool:
    """Whether nothing that happens at ``now`` (UTC) or later can count for the broadcast any more."""
    end = window_end(broadcast)
    return end is not None and end <= now


def within_window(now: datetime, *, broadcast: str = "") -> Q:
    """Whether something that happens at ``now`` (UTC) counts for a broadcast, as a filter.

    ``broadcast`` is how the filtered model names its broadcast, such as ``"broadcast"``; empty for broadcasts.
    """
    prefix = f"{broadcast}__" if broadcast else ""
    return ~Q(**{f"{prefix}state__in": ENDED, f"{prefix}finished_at__lte": now - attribution_window()})
