"""What was read on the site in a period: three figures, and a table for each thing by which visits are told apart.

Of a reader neither a gender nor a segment is known, and nobody is told apart for more than a day, so the figures are
exact. But whom a broadcast was for is known: those of readers whom a broadcast led here are rounded down to tens.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.utils.translation import gettext as _

from outreach.broadcasts.days import write_day
from outreach.broadcasts.office_time import office_zone
from outreach.reach import disclosure, periods
from outreach.reach.disclosure import Cell, Shown
from outreach.reach.metrics import COMPLETION_RATE, MACHINE_VIEWS, PAGE_VISITS, VISITS, Counts, Metric
from outreach.reach.periods import Period
from outreach.reach.provisional import rounded
from outreach.reach.reports import Column, Figure, Row, Span, Table
from outreach.reach.site_counts import readers
from outreach.tracking import reading
from outreach.tracking.hits.drops import drops
from outreach.tracking.models import Drop
from outreach.tracking.reading import By, Completion, Key, Reading, Visits

from . import labels
from .labels import Label

METRICS: tuple[Metric, ...] = (VISITS, PAGE_VISITS, COMPLETION_RATE, MACHINE_VIEWS)
"""Everything that is measured here."""


@dataclass(frozen=True)
class WebReading:
    """What was read. ``span`` is nothing before the first page was ever counted; ``is_growing`` while it is not over.

    ``machines`` are page views by machines, which belong to none of the figures. ``has_demo`` says that some readers
    came from a broadcast of the demo, so that the figures are invented. ``counted`` is in UTC.
    """

    span: Span | None
    figures: tuple[Figure, ...]
    machines: Cell
    tables: tuple[Table, ...]
    drops: Table | None
    counted: datetime
    is_growing: bool
    has_demo: bool = False

    @property
    def has_machines_alone(self) -> bool:
        """Whether machines opened pages and no reader did."""
        return bool(self.tables) and self.figures[0].cell == disclosure.Shown(0)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was counted in the period."""
        return not self.tables

    @property
    def written_days(self) -> str:
        """The days that it covers, as pages write them."""
        begins, ends = map(write_day, (self.span.first_day, self.span.last_day)) if self.span else ("…", "…")
        return _("%(start)s to %(end)s") % {"start": begins, "end": ends}

    @property
    def days(self) -> str:
        """The days that it covers, as they are written in files."""
        begins, ends = (self.span.first_day, self.span.last_day) if self.span else ("…", "…")
        return _("%(start)s to %(end)s") % {"start": begins, "end": ends}


def offered() -> list[Period]:
    """The periods of the fixed list in which anything was counted. One query."""
    # In the middle of a month, so that no reader's own zone makes it another one.
    return periods.around(datetime.combine(month.replace(day=15), time(12), UTC) for month in reading.counted_months())


def web_reading(*, period: Period | None, now: datetime) -> WebReading:
    """What was read in a period, or from the first day of which anything was counted to the last.

    In the language in use; ``now`` is UTC. However much was read, the number of queries is the same.
    """
    counted = reading.counted_days()
    span = _span(period, counted)
    if span is None or counted is None:
        return WebReading(span, _figures({}), disclosure.Unknown(), (), None, now, is_growing=False)
    since, until = span.first_day, span.last_day + timedelta(days=1)
    by_source = reading.grouped(since=since, until=until, by="source")
    everything = readers(_together(by_source.values()))
    return WebReading(
        span=span,
        figures=_figures(everything),
        machines=_cell(MACHINE_VIEWS, everything),
        tables=tuple(_tables(span, by_source, counted)) if everything else (),
        drops=_drops(drops(since=since, until=until)),
        counted=now,
        is_growing=span.last_day >= now.astimezone(office_zone()).date(),
        has_demo=reading.has_demo(since=since, until=until),
    )


def _span(period: Period | None, counted: tuple[date, date] | None) -> Span | None:
    if period:
        return Span(period.begins, period.ends, period.name)
    return Span(*counted, _("The whole time")) if counted else None


def _figures(counts: Counts) -> tuple[Figure, ...]:
    return (
        Figure(VISITS, _cell(VISITS, counts), remark=_("Page views: each time that a page is opened counts.")),
        Figure(PAGE_VISITS, _cell(PAGE_VISITS, counts)),
        Figure(COMPLETION_RATE, _cell(COMPLETION_RATE, counts)),
    )


def _cell(metric: Metric, counts: Counts) -> Cell:
    return disclosure.cell(value=metric.value(counts), hidden=False)


def _tables(span: Span, by_source: Mapping[Key, Reading], counted: tuple[date, date]) -> Iterable[Table]:
    since, until = span.first_day, span.last_day + timedelta(days=1)

    def found(by: By) -> dict[Key, Reading]:
        return reading.grouped(since=since, until=until, by=by)

    pages = found("page")
    broadcasts: dict[Key, Reading] = {key: read for key, read in found("broadcast").items() if key is not None}
    yield _table("page", _("By page"), _("Page"), pages, labels.pages(_by_views(pages)), _("All pages"))
    languages = found("language")
    yield _table(
        "language", _("By language"), _("Language"), languages, labels.languages(_by_views(languages)), _("All")
    )
    yield _table("source", _("By where readers came from"), _("Source"), by_source, labels.sources(by_source), _("All"))
    yield _table(
        "from_broadcast",
        _("By the broadcast that led there"),
        _("Broadcast"),
        broadcasts,
        labels.broadcasts(broadcasts),
        _("All broadcasts"),
    )
    devices = found("device")
    yield _table("device", _("By device"), _("Device"), devices, labels.devices(devices), _("All"))
    first, last = max(since, counted[0]), min(span.last_day, counted[1])
    if (since.year, since.month) == (span.last_day.year, span.last_day.month):
        yield _table("day", _("By day"), _("Day"), found("day"), labels.days(first, last), _("All days"))
    else:
        yield _table("month", _("By month"), _("Month"), found("month"), labels.months(first, last), _("All months"))


def _by_views(found: Mapping[Key, Reading]) -> list[Key]:
    """What was read most comes first."""
    return sorted(found, key=lambda key: (-found[key].seen.views, str(key)))


def _table(
    slug: str, title: str, heading: str, found: Mapping[Key, Reading], names: Mapping[Key, Label], total: str
) -> Table:
    cells = _rough_cells if slug in ROUGH else _cells
    rows = [Row(name.text, cells(found.get(key, NOTHING)), language=name.language) for key, name in names.items()]
    columns = (
        Column(_("Page views"), VISITS),
        Column(str(PAGE_VISITS.name), PAGE_VISITS),
        Column(_("Visits that sent a signal")),
        Column(_("Visits read to the end")),
        Column(str(COMPLETION_RATE.name), COMPLETION_RATE),
        Column(str(MACHINE_VIEWS.name), MACHINE_VIEWS),
    )
    whole = Row(total, cells(_together(found.values())), is_total=True)
    return Table(slug, title, heading, columns, (*rows, whole), charted=1)


ROUGH = frozenset({"source", "from_broadcast"})
"""The tables that tell of a broadcast's readers. All their rows are rounded, or the rest would give them away."""

NOTHING = Reading(Visits(0, 0, 0), Completion(0, 0))


def _cells(read: Reading) -> tuple[Cell, ...]:
    """How many were read to the end is unknown, not 0, where no visit sent a signal."""
    seen, told = read.seen, read.told
    return (
        Shown(seen.views),
        Shown(seen.visits),
        Shown(told.beacons),
        disclosure.cell(value=told.completed if told.beacons else None, hidden=False),
        _cell(COMPLETION_RATE, {"visits_completed": told.completed, "visits_signalled": told.beacons}),
        Shown(seen.machine_views),
    )


def _rough_cells(read: Reading) -> tuple[Cell, ...]:
    """Rounded down to tens, and no share of what is exact."""
    seen, told = read.seen, read.told
    counts = (seen.views, seen.visits, told.beacons, told.completed)
    return (*map(rounded, counts), disclosure.Hidden(), Shown(seen.machine_views))


def _together(found: Iterable[Reading]) -> Reading:
    parts = list(found)
    return Reading(
        Visits(
            views=sum(each.seen.views for each in parts),
            visits=sum(each.seen.visits for each in parts),
            machine_views=sum(each.seen.machine_views for each in parts),
        ),
        Completion(
            completed=sum(each.told.completed for each in parts), beacons=sum(each.told.beacons for each in parts)
        ),
    )


def _drops(found: Mapping[Drop.Reason, int]) -> Table:
    rows = tuple(Row(labels.first_large(str(reason.label)), (Shown(number),)) for reason, number in found.items())
    return Table("drops", _("Hits that were not counted, by reason"), _("Reason"), (Column(_("Hits")),), rows)
