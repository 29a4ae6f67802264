"""What a report is made of: figures with what stands beside them, and tables of at most two dimensions."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from .disclosure import Cell
from .documents.document import Value
from .metrics import DEFINITIONS_VERSION, Metric
from .metrics.kept import TODAY, Definitions

PROVISIONAL, CLOSED, FROZEN = "provisional", "closed", "frozen"


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

    The last row is the total of the others; before it there may be one of what cohorts left open. ``language`` is that
    of the label where it is another than the reader's, ``metric`` what the row counts where it is one.
    """

    label: str
    cells: tuple[Cell, ...]
    is_total: bool = False
    is_open: bool = False
    language: str = ""
    metric: Metric | None = None


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
class Reported:
    """A broadcast as a report names it; times are UTC. ``is_open`` says that it still sends."""

    pk: int
    title: str
    is_demo: bool
    started_at: datetime | None
    finished_at: datetime | None
    is_open: bool = False


@dataclass(frozen=True)
class Edition:
    """The snapshot that a report reads. ``newest`` is the number of the version that replaced it, or its own."""

    number: int
    version: int
    digest: str
    reason: str
    taken_at: datetime
    definitions: str
    newest: int

    @property
    def is_newest(self) -> bool:
        """Whether there is no later version."""
        return self.number == self.newest


@dataclass(frozen=True)
class Span:
    """The days that a report covers, both included, and what they are called."""

    first_day: date
    last_day: date
    name: str


@dataclass(frozen=True)
class Apart:
    """One row that stands for itself: reach that is never added to people reached.

    ``method`` says how the figure came about, and whether it is an estimate; ``metric`` is what defines it.
    """

    name: str
    value: Value
    unit: str
    method: str
    source: str = ""
    metric: Metric | None = None


@dataclass(frozen=True)
class Report:
    """What may be read of one broadcast or of one period, and how to read it.

    ``status`` is provisional (headline totals only, rounded down), closed (a broadcast whose window is over) or frozen
    (a period). The last two have a ``snapshot``. ``counted`` is when a provisional report was counted, in UTC, and
    ``counted_until`` when the last of its broadcasts was, each by itself.
    ``apart`` has the reach that is never added to that of the broadcasts. ``defined`` are the definitions with which
    the figures were counted.
    """

    title: str
    number: int | None
    broadcasts: tuple[Reported, ...]
    k: int
    figures: tuple[Figure, ...]
    tables: tuple[Table, ...]
    status: str = PROVISIONAL
    snapshot: Edition | None = None
    period: Span | None = None
    counted: datetime | None = None
    counted_until: datetime | None = None
    apart: tuple[Apart, ...] = ()
    defined: Definitions = TODAY

    @property
    def demo(self) -> str:
        """``all`` or ``some`` if there is demo data in the figures, else nothing."""
        found = {broadcast.is_demo for broadcast in self.broadcasts}
        return "" if True not in found else "some" if False in found else "all"

    @property
    def is_open(self) -> bool:
        """Whether messages are still being sent."""
        return any(broadcast.is_open for broadcast in self.broadcasts)

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
        """When these figures were counted, in UTC; of those that still move the oldest count."""
        return self.snapshot.taken_at if self.snapshot else self.counted

    @property
    def notes(self) -> list[str]:
        """What every reader of these figures has to know."""
        return [*limits(self.k), *self._of_definitions]

    @property
    def _of_definitions(self) -> list[str]:
        if self.defined.is_kept or self.snapshot is None or self.snapshot.definitions == DEFINITIONS_VERSION:
            return []
        versions = {"old": self.snapshot.definitions, "new": DEFINITIONS_VERSION}
        return [
            _(
                "These figures were stored with version %(old)s of the definitions, whose words were not stored with "
                "them: those that are shown are of version %(new)s."
            )
            % versions
        ]


def limits(k: int) -> list[str]:
    """The limits of every figure."""
    return [
        _("Accepted is not delivered, and delivered is not read."),
        _("A person with two addresses that are not linked counts twice."),
        _("Whoever was reached in several segments, languages or channels counts in each, and once in the total."),
        _(
            "Counts from 1 to %(most)d of people, and of what they got or did, are hidden, and so are others from "
            "which a hidden one could be computed; “hidden” does not say which. Items, page views and clicks by "
            "machines tell of nobody: they are shown."
        )
        % {"most": k - 1},
        _("Gender is what a person said. Below 60 % completeness no female share is a headline."),
        _("Machines such as mail scanners are left out of clicks, as far as they are recognised."),
        _("Subscribers reached, visits to the site and audiences of events are never added up."),
    ]


def oldest(moments: Iterable[datetime]) -> datetime | None:
    """The first of the moments, if there is one."""
    return min(moments, default=None)
