"""What a period contains: the broadcasts that ended in it, of one campaign or of all, and what stands in the way."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils.translation import gettext as _

from outreach.broadcasts.campaign import Campaign
from outreach.broadcasts.models import Broadcast
from outreach.broadcasts.office_time import first_moment, office_zone
from outreach.reach.periods import Period
from outreach.reach.window import window_end

from .models import Snapshot, SnapshotCells


class EndsBeforeItStarts(ValueError):
    """A period whose last day is before its first."""


@dataclass(frozen=True)
class PeriodScope:
    """A month, quarter or year, or the whole period of a campaign; of one campaign or of all. Days are included."""

    first_day: date
    last_day: date
    kind: str
    code: str
    campaign: Campaign | None = None

    def __post_init__(self) -> None:
        if self.last_day < self.first_day:
            raise EndsBeforeItStarts(f"{self.first_day} > {self.last_day}")

    @property
    def place(self) -> str:
        """What the snapshots of this scope are found by."""
        if self.campaign is None:
            return self.code
        if self.kind == Snapshot.Kind.CAMPAIGN:
            # With its days: a campaign that was made longer can be frozen as it is then.
            return f"{self.code}/{self.first_day}/{self.last_day}/campaign/{self.campaign.pk}"
        return f"{self.code}/campaign/{self.campaign.pk}"

    @property
    def begins(self) -> datetime:
        """The first moment of the first day, in UTC."""
        return first_moment(datetime.combine(self.first_day, time.min), office_zone())

    @property
    def ends(self) -> datetime:
        """The first moment after the last day, in UTC."""
        return first_moment(datetime.combine(self.last_day + timedelta(days=1), time.min), office_zone())

    @property
    def title(self) -> str:
        """For people, in the language in use."""
        return title(kind=self.kind, code=self.code, first_day=self.first_day, last_day=self.last_day)

    def broadcasts(self) -> list[Broadcast]:
        """Those that ended in it, or whose snapshot says that they did; one that still sends is in no period yet."""
        found = Broadcast.objects.filter(kind=Broadcast.Kind.CAMPAIGN, freeze__isnull=False)
        if self.campaign:
            found = found.filter(campaign=self.campaign)
        by_end = found.filter(snapshots__isnull=True, finished_at__gte=self.begins, finished_at__lt=self.ends)
        closed = found.filter(
            snapshots__version=1, snapshots__last_day__gte=self.first_day, snapshots__last_day__lte=self.last_day
        )
        numbers = {*by_end.values_list("pk", flat=True), *closed.values_list("pk", flat=True)}
        return list(Broadcast.objects.filter(pk__in=numbers).select_related("freeze", "campaign").order_by("pk"))


def title(*, kind: str, code: str, first_day: date, last_day: date) -> str:
    """The name of a period, in the language in use."""
    if kind == Snapshot.Kind.CAMPAIGN:
        return _("Whole campaign")
    return Period(first_day, last_day, code.partition("/")[0]).name


def scope_of(*, period: Period | None = None, campaign: Campaign | None = None) -> PeriodScope:
    """The scope of a period of the fixed list, or of a campaign's whole period where none is given."""
    if period is not None:
        kind = (
            Snapshot.Kind.QUARTER
            if "Q" in period.code
            else Snapshot.Kind.MONTH
            if "-" in period.code
            else Snapshot.Kind.YEAR
        )
        return PeriodScope(period.begins, period.ends, kind, period.code, campaign)
    if campaign is None:
        raise ValueError("Neither a period nor a campaign")
    return PeriodScope(campaign.starts_on, campaign.ends_on, Snapshot.Kind.CAMPAIGN, "whole", campaign)


def scope_of_snapshot(snapshot: Snapshot) -> PeriodScope:
    """The scope that a period's snapshot was taken of."""
    code = snapshot.place.partition("/")[0]
    campaign = snapshot.campaign if "/campaign/" in snapshot.place else None
    return PeriodScope(snapshot.first_day, snapshot.last_day, snapshot.kind, code, campaign)


@dataclass(frozen=True)
class Missing:
    """A broadcast of a period that has no snapshot yet; ``closes_at`` (UTC) is when it will, if that is known."""

    broadcast: Broadcast
    closes_at: datetime | None


def missing(broadcasts: Sequence[Broadcast]) -> list[Missing]:
    """Which of these broadcasts are not closed."""
    closed = set(Snapshot.objects.filter(broadcast__in=broadcasts).values_list("broadcast_id", flat=True))
    return [Missing(each, window_end(each)) for each in broadcasts if each.pk not in closed]


def newest_cells(broadcasts: Sequence[Broadcast]) -> list[SnapshotCells]:
    """What was sealed last of each broadcast, in the order of the broadcasts."""
    found: dict[int | None, SnapshotCells] = {}
    rows = SnapshotCells.objects.filter(snapshot__broadcast__in=broadcasts).select_related("snapshot")
    for each in rows.order_by("snapshot__version"):
        found[each.snapshot.broadcast_id] = each
    return [found[each.pk] for each in broadcasts]
