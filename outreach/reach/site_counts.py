"""What metrics need from outside the ledger and counts itself: the site's content, its readers, and the register."""

from datetime import date, timedelta

from outreach.broadcasts.content_counts import active_subscribers, content_counts
from outreach.tracking import reading
from outreach.tracking.reading import Reading


def site_counts(*, since: date, until: date) -> dict[str, int]:
    """Counts by their names, for the metrics of the same period; what is not known is not in it.

    ``since`` and ``until`` are days of the office's zone, both included. ``active_subscribers`` is of today.
    """
    return {
        **content_counts(since=since, until=until),
        **readers(_read(since, until)),
        "active_subscribers": active_subscribers(),
    }


def readers(read: Reading) -> dict[str, int]:
    """What was read, by the names of the counts; nothing where nothing was counted, not even a machine's view."""
    seen, told = read.seen, read.told
    if not (seen.views or seen.machine_views):
        return {}
    return {
        "visits": seen.views,
        "page_visits": seen.visits,
        "machine_views": seen.machine_views,
        "visits_completed": told.completed,
        "visits_signalled": told.beacons,
    }


def _read(since: date, until: date) -> Reading:
    after = until + timedelta(days=1)
    return Reading(reading.visits(since=since, until=after), reading.completion(since=since, until=after))
