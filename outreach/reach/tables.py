"""The fixed catalogue of what evaluators may read: headline figures, and tables of at most two dimensions.

Everything here is already hidden where it must be: figures come from a :class:`~outreach.reach.cube.Cube` only.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from outreach.broadcasts.models import Broadcast
from outreach.delivery.models import Delivery

from . import disclosure, metrics
from .cube import ALL, OPEN, Cube, cell_key
from .disclosure import AtLeast, Cell, Shown, Unknown
from .metrics import Count, Metric
from .rollups import ENDED

EVALUATORS_K = 5
"""Evaluators see no count of 1 to 4."""

GENDERS = ("woman", "man", "another", "undisclosed", "")
BY_SEGMENT: tuple[Count, ...] = (
    metrics.REACHED,
    metrics.ACCEPTED,
    metrics.BOUNCED,
    metrics.UNSUBSCRIBED,
    metrics.CLICKED,
    metrics.COHORT_CLICKS,
)
"""The metrics of which there is a table of segment × gender, in the order in which they are offered."""


class UnknownBroadcast(LookupError):
    """No broadcast with this number has anything to report."""


@dataclass(frozen=True)
class Figure:
    """One headline: a metric, its figure, what stands beside it, and a remark where it is withheld or limited."""

    metric: Metric
    cell: Cell
    beside: tuple[tuple[Metric, Cell], ...] = ()
    remark: str = ""


@dataclass(frozen=True)
class Column:
    """A column of a table; ``metric`` where the column is one."""

    label: str
    metric: Metric | None = None


@dataclass(frozen=True)
class Row:
    """A row of a table: its label and one cell for each column.

    The last row is the total of the others; before it there may be one of what cohorts left open.
    """

    label: str
    cells: tuple[Cell, ...]
    is_total: bool = False
    is_open: bool = False


@dataclass(frozen=True)
class Table:
    """One table. ``metric`` is what all of it counts, if one; the first ``charted`` columns can be drawn."""

    slug: str
    title: str
    heading: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    metric: Metric | None = None
    charted: int = 0


@dataclass(frozen=True)
class Report:
    """What is known of one broadcast, or of all that ended, and how to read it."""

    title: str
    number: int | None
    broadcasts: tuple[Broadcast, ...]
    k: int
    figures: tuple[Figure, ...]
    tables: tuple[Table, ...]

    @property
    def demo(self) -> str:
        """``all`` or ``some`` if there is demo data in the figures, else nothing."""
        found = {broadcast.is_demo for broadcast in self.broadcasts}
        return "" if True not in found else "some" if False in found else "all"

    @property
    def is_open(self) -> bool:
        """Whether messages are still being sent."""
        return any(broadcast.state not in ENDED for broadcast in self.broadcasts)

    @property
    def begins(self) -> datetime | None:
        """When the first of the broadcasts started, in UTC."""
        return min((each.started_at for each in self.broadcasts if each.started_at), default=None)

    @property
    def ends(self) -> datetime | None:
        """When the last of the broadcasts ended, in UTC; nothing while one is open."""
        ends = [each.finished_at for each in self.broadcasts if each.finished_at]
        return None if self.is_open else max(ends, default=None)

    @property
    def counted_at(self) -> datetime | None:
        """The oldest count among those that these figures rest on, in UTC."""
        return min((broadcast.rebuild.rebuilt_at for broadcast in self.broadcasts), default=None)

    @property
    def notes(self) -> list[str]:
        """What every reader of these figures has to know."""
        return limits(self.k)


def counted_broadcasts() -> QuerySet[Broadcast]:
    """Every broadcast of the campaign that was counted, the latest first; a welcome message is none."""
    counted = Broadcast.objects.filter(freeze__isnull=False, rebuild__isnull=False, kind=Broadcast.Kind.CAMPAIGN)
    return counted.select_related("freeze", "rebuild").order_by("-pk")


def report(*, broadcast: int | None = None, k: int = EVALUATORS_K) -> Report:
    """What may be read of one broadcast, or of all that ended; raises :class:`UnknownBroadcast`.

    Broadcasts that ended are hidden as one, whichever is asked for, so that nothing follows from comparing them. One
    that still sends stands alone: the sum does not contain it.
    """
    counted = list(counted_broadcasts())
    ended = [each for each in counted if each.state in ENDED]
    chosen = [each for each in counted if each.pk == broadcast] if broadcast is not None else ended
    if broadcast is not None and not chosen:
        raise UnknownBroadcast(broadcast)
    together = ended if broadcast is None or chosen[0].state in ENDED else chosen
    pages = _Pages(Cube(broadcasts=together, k=k), broadcast if broadcast is not None else ALL, chosen)
    return Report(
        title=chosen[0].title if broadcast is not None else _("All broadcasts that ended"),
        number=broadcast,
        broadcasts=tuple(chosen),
        k=k,
        figures=pages.figures() if chosen else (),
        tables=pages.tables() if chosen else (),
    )


def limits(k: int) -> list[str]:
    """The limits of every figure."""
    return [
        _("Accepted is not delivered, and delivered is not read."),
        _("A person with two addresses that are not linked counts twice."),
        _("Whoever was reached in several segments, languages or channels counts in each, and once in the total."),
        _(
            "Counts from 1 to %(most)d are hidden, and so are others from which a hidden one could be computed; "
            "“hidden” does not say which."
        )
        % {"most": k - 1},
        _("Gender is what a person said. Below 60 % completeness no female share is a headline."),
        _("Machines such as mail scanners are left out of clicks, as far as they are recognised."),
        _("Subscribers reached, visits to the site and audiences of events are never added up."),
    ]


NOT_ATTRIBUTABLE = gettext_lazy("Not attributable")


class _Pages:
    """Puts the cells of one broadcast, or of all of a cube, into figures and tables."""

    def __init__(self, cube: Cube, scope: int | str, broadcasts: Sequence[Broadcast]) -> None:
        self.cube, self.scope, self.broadcasts = cube, scope, broadcasts

    def figures(self) -> tuple[Figure, ...]:
        total = cell_key(self.scope)
        everybody = self._row(metrics.REACHED, {})
        completeness = (metrics.COMPLETENESS, _completeness(everybody))
        clicks = [(each, self.cube.count(each, total)) for each in (metrics.COHORT_CLICKS, metrics.MACHINE_CLICKS)]
        trackable = (metrics.TRACKABLE_SHARE, self.cube.share(metrics.TRACKABLE_SHARE, self.scope))
        attempts = [(each, self.cube.count(each, total)) for each in (metrics.ACCEPTED, metrics.BOUNCED)]
        return (
            Figure(metrics.REACHED, everybody[-1], (completeness,)),
            Figure(metrics.CLICKED, self.cube.count(metrics.CLICKED, total), (trackable, *clicks)),
            _female_headline(_female_share(everybody), completeness),
            Figure(
                metrics.DELIVERY_RATE,
                self.cube.share(metrics.DELIVERY_RATE, self.scope),
                tuple(attempts),
                _("Basis: accepted by the receiver's provider."),
            ),
        )

    def tables(self) -> tuple[Table, ...]:
        channels = dict(Delivery._meta.get_field("channel").flatchoices)
        languages = dict(settings.LANGUAGES)
        return (
            *(self._by_segment(metric) for metric in BY_SEGMENT),
            self._by("channel", _("By channel"), _("Channel"), channels),
            self._by("language", _("By language"), _("Language"), languages),
        )

    def _by_segment(self, metric: Count) -> Table:
        shared = metric is metrics.COHORT_CLICKS
        genders = dict(Delivery._meta.get_field("gender").flatchoices)
        labels = [str(genders[gender]) for gender in GENDERS] + [str(NOT_ATTRIBUTABLE)] * shared
        columns = [*map(Column, labels), Column(_("All")), Column(str(metrics.COMPLETENESS.name), metrics.COMPLETENESS)]
        places: list[tuple[str, dict[str, str]]] = [(name, {"segment": code}) for code, name in self._segments()]
        places += [(str(NOT_ATTRIBUTABLE), {"segment": OPEN})] * shared
        with_share = metric is metrics.REACHED
        columns += [Column(str(metrics.FEMALE_SHARE.name), metrics.FEMALE_SHARE)] * with_share
        rows = []
        for label, place in [*places, (_("All segments"), {})]:
            cells = self._row(metric, place, (*GENDERS, OPEN) if shared else GENDERS)
            shares = (_completeness(cells), *((_female_share(cells),) * with_share))
            rows.append(Row(label, (*cells, *shares), is_total=not place, is_open=OPEN in place.values()))
        title = _("%(metric)s by segment and gender") % {"metric": metric.name}
        return Table(metric.slug, title, _("Segment"), tuple(columns), tuple(rows), metric, charted=len(labels))

    def _by(self, axis: str, title: str, heading: str, labels: Mapping[str, str | Promise]) -> Table:
        found = self.cube.places(self.scope, axis)
        ordered = sorted(found - {OPEN}, key=_place_in(labels))
        places = [(str(labels.get(place, place)), {axis: place}) for place in ordered]
        rows = []
        for label, place in [*places, (str(NOT_ATTRIBUTABLE), {axis: OPEN}), (_("All"), {})]:
            cells = tuple(self.cube.count(each, cell_key(self.scope, place)) for each in BY_SEGMENT)
            rows.append(Row(label, cells, is_total=not place, is_open=OPEN in place.values()))
        columns = tuple(Column(str(metric.name), metric) for metric in BY_SEGMENT)
        return Table(axis, title, heading, columns, tuple(row for row in rows if _is_needed(row)), charted=1)

    def _row(self, metric: Count, place: dict[str, str], genders: Iterable[str] = GENDERS) -> tuple[Cell, ...]:
        """The cells of each gender, and last of all together."""
        keys = [cell_key(self.scope, {**place, "gender": gender}) for gender in genders]
        return tuple(self.cube.count(metric, key) for key in [*keys, cell_key(self.scope, place)])

    def _segments(self) -> list[tuple[str, str]]:
        """Code and name of each segment, as frozen with the latest broadcast that had it."""
        names = dict.fromkeys(self.cube.places(self.scope, "segment"), "")
        for broadcast in reversed(self.broadcasts):
            names |= {code: segment["name"] for code, segment in broadcast.freeze.segments.items()}
        named = [(code, name or code) for code, name in names.items() if code != OPEN]
        return sorted(named, key=lambda each: each[1].casefold())


def _place_in(labels: Mapping[str, str | Promise]) -> Callable[[str], int]:
    """The order of the list of choices; what is no longer in it comes last."""
    places = {code: place for place, code in enumerate(labels)}
    return lambda code: places.get(code, len(places))


def _is_needed(row: Row) -> bool:
    """What cohorts left open has a row only if there is something in it."""
    return not row.is_open or any(cell not in (Shown(0), Unknown()) for cell in row.cells)


def _completeness(cells: Sequence[Cell]) -> Cell:
    """Who stated a gender among all: the cells are women, men, another gender, …, and last all."""
    return disclosure.share(parts=cells[:3], whole=cells[-1])


def _female_share(cells: Sequence[Cell]) -> Cell:
    """Women among those who stated a gender: the cells are women, men, another gender, …"""
    return disclosure.share(parts=cells[:1], whole=disclosure.added(cells[:3]))


def _female_headline(share: Cell, completeness: tuple[Metric, Cell]) -> Figure:
    known = completeness[1]
    if isinstance(known, Shown | AtLeast) and known.value >= metrics.HEADLINE_COMPLETENESS:
        return Figure(metrics.FEMALE_SHARE, share, (completeness,))
    remark = _("No headline: gender is not known of enough of those reached.")
    return Figure(metrics.FEMALE_SHARE, Unknown(), (completeness,), remark)
