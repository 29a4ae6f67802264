"""A batch of page views and beacons becomes numbers by day: each visit once a page, and nothing of any visitor."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from wagtail.models import Page

from outreach.tracking.hits.counting import add
from outreach.tracking.hits.lines import Beacon, View, moment
from outreach.tracking.models import Drop, PageDay, PageVisit

from .visitors import office_day

FIELDS = ("day", "page_id", "language", "source", "broadcast_id", "device")
GRACE = timedelta(hours=2)
"""For so long after a day's end its visits are still told apart, for lines that wait to be read."""

Place = tuple[date, int, str, str, int | None, str]
Visit = tuple[date, int, int]


def write_pages(lines: Sequence[View | Beacon], *, now: datetime, drops: Counter[str]) -> int:
    """Add ``lines`` to the numbers of their days and return how many were; what is not counted goes to ``drops``.

    To be called in a transaction, by one process of a machine at a time.
    """
    if not lines:
        return 0
    pages = set(Page.objects.filter(pk__in={line.page for line in lines}).values_list("pk", flat=True))
    known = [line for line in lines if line.page in pages]
    drops[Drop.Reason.GONE.value] += len(lines) - len(known)
    visits = _Visits(known, now)
    counts: dict[Place, Counter[str]] = defaultdict(Counter)
    for line in known:
        counts[_place(line, now, drops)].update(visits.numbers(line, drops))
    visits.save()
    add(PageDay, FIELDS, counts)
    return len(known)


def _place(line: View | Beacon, now: datetime, drops: Counter[str]) -> Place:
    day = _day(line, now)
    if day != office_day(moment(line.at)):
        drops[Drop.Reason.CLOCK.value] += 1
    return day, line.page, line.language, line.source, line.broadcast or None, line.device


def _day(line: View | Beacon, now: datetime) -> date:
    """The office's day of a line; not one that is still to come, whatever the clock said."""
    return min(office_day(moment(line.at)), office_day(now))


class _Visits:
    """Which visits of these days were counted on which page already."""

    def __init__(self, lines: Sequence[View | Beacon], now: datetime) -> None:
        self._now, self._oldest = now, office_day(now - GRACE)
        keys = {self._key(line) for line in lines if line.visit}
        rows = PageVisit.objects.filter(
            day__in={key[0] for key in keys}, page__in={key[1] for key in keys}, visit__in={key[2] for key in keys}
        )
        self._rows: dict[Visit, PageVisit] = {(row.day, row.page, row.visit): row for row in rows}
        self._changed: dict[Visit, PageVisit] = {}

    def _key(self, line: View | Beacon) -> Visit:
        return _day(line, self._now), line.page, line.visit

    def numbers(self, line: View | Beacon, drops: Counter[str]) -> dict[str, int]:
        """What a line adds to the numbers of its place."""
        if isinstance(line, View):
            if line.machine_reason:
                return {"machine_views": 1}
            return {"views": 1, "visits": 0 if self._is_late(line, drops) else self._first(line, "is_viewed")}
        if self._is_late(line, drops):
            return {}
        is_first = self._first(line, "has_beacon")
        completed = self._first(line, "is_completed") if line.is_completed else 0
        if not (is_first or completed):
            drops[Drop.Reason.REPEATED.value] += 1
        return {"beacons": is_first, "completed": completed}

    def _is_late(self, line: View | Beacon, drops: Counter[str]) -> bool:
        """Whether it can't be told any more if the visit was counted."""
        is_late = _day(line, self._now) < self._oldest
        drops[Drop.Reason.LATE.value] += is_late
        return is_late

    def _first(self, line: View | Beacon, flag: str) -> int:
        """1 if this is new of the visit, else 0."""
        key = self._key(line)
        row = self._rows.setdefault(key, PageVisit(day=key[0], page=key[1], visit=key[2]))
        if getattr(row, flag):
            return 0
        setattr(row, flag, True)
        self._changed[key] = row
        return 1

    def save(self) -> None:
        """Remember them for the rest of the day."""
        PageVisit.objects.bulk_create(
            [PageVisit(day=row.day, page=row.page, visit=row.visit, **_flags(row)) for row in self._changed.values()],
            update_conflicts=True,
            unique_fields=["day", "page", "visit"],
            update_fields=list(FLAGS),
            batch_size=500,
        )


FLAGS = ("is_viewed", "has_beacon", "is_completed")


def _flags(row: PageVisit) -> dict[str, bool]:
    return {name: getattr(row, name) for name in FLAGS}


def forget_visits(*, now: datetime) -> int:
    """Remove which visits were counted on days that are over; how many rows. ``now`` is UTC."""
    return PageVisit.objects.filter(day__lt=office_day(now - GRACE)).delete()[0]
