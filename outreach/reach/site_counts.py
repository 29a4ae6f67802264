"""What metrics need from outside the ledger and counts itself: the site's content, its readers, and the register."""

from datetime import date, timedelta

from outreach.broadcasts.content_counts import active_subscribers, content_counts
from outreach.tracking import reading


def site_counts(*, since: date, until: date) -> dict[str, int]:
    """Counts by their names, for the metrics of the same period; what is not known is not in it.

    ``since`` and ``until`` are days of the office's zone, both included. ``active_subscribers`` is of today.
    """
    return {
        **content_counts(since=since, until=until),
        **_readers(since, until),
        "active_subscribers": active_subscribers(),
    }


def _readers(since: date, until: date) -> dict[str, int]:
    """Page views, and how many visits were read to the end; nothing where no page was ever counted."""
    after = until + timedelta(days=1)
    seen, told = reading.visits(since=since, until=after), reading.completion(since=since, until=after)
    if not seen.views:
        return {}
    return {"visits": seen.views, "visits_completed": told.completed, "visits_signalled": told.beacons}
