"""What metrics need from outside the ledger and counts itself: the site's content, its readers, and the register."""

from datetime import date
from importlib import import_module
from types import ModuleType

from outreach.broadcasts.content_counts import active_subscribers, content_counts


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
    """Visits and how many were read to the end, where the site counted any."""
    reading = _reading()
    if reading is None:
        return {}
    found: dict[str, int] = {}
    visits = reading.visits(since, until)
    if visits is not None:
        found["visits"] = visits
    completion = reading.completion(since, until)
    if completion is not None:
        found["visits_completed"], found["visits_signalled"] = completion
    return found


def _reading() -> ModuleType | None:
    """The counter of readers, where this site has one."""
    try:
        return import_module("outreach.tracking.reading")
    except ModuleNotFoundError:
        return None
