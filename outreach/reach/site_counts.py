"""What metrics need from outside the ledger and counts itself: the site's content, its readers, and the register."""

from collections.abc import Mapping
from datetime import date, timedelta

from outreach.broadcasts.campaign import Campaign
from outreach.broadcasts.content_counts import ContentCounts, active_subscribers
from outreach.tracking import reading
from outreach.tracking.reading import Reading

from .disclosure import Cell, Hidden, Shown, Unknown
from .metrics import Metric

OF_PEOPLE = frozenset({"quoted_people"})
"""The counts of people among these. Everything else counts items, visits or views, which are shown however few."""

STEP = 10
"""The number of active subscribers is told in whole multiples of this."""


class SiteCounts:
    """The counts of the site over any days; its content is read once.

    Of a campaign, content is that which names no other one. Readers and subscribers are those of the whole site.
    """

    def __init__(self, campaign: Campaign | None = None) -> None:
        self._content = ContentCounts(campaign)

    def over(self, *, since: date, until: date) -> dict[str, int]:
        """Counts by their names, for the metrics of the same period; what is not known is not in it.

        ``since`` and ``until`` are days of the office's zone, both included. ``active_subscribers`` is of today, and in
        tens: the exact size of the register would tell, from one day to the next, who joined or left.
        """
        active = active_subscribers() // STEP * STEP
        return {
            **self._content.over(since=since, until=until),
            **readers(_read(since, until)),
            **({"active_subscribers": active} if active else {}),
        }


def cell_of(site: Mapping[str, int], name: str, *, k: int) -> Cell:
    """A count as it may be read: unknown where there is none; of people, hidden where they are fewer than ``k``."""
    if name not in site:
        return Unknown()
    return Hidden() if name in OF_PEOPLE and 0 < site[name] < k else Shown(site[name])


def figure_of(metric: Metric, site: Mapping[str, int], *, k: int) -> Cell:
    """The figure of a metric that takes nothing but what the site counts."""
    return metric.cell(lambda name: cell_of(site, name, k=k))


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
