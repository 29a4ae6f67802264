"""What everybody may read of a campaign: figures that were frozen and then published by an explicit act; k is 10."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import OuterRef, Subquery

from outreach.broadcasts.campaign import Campaign
from outreach.broadcasts.office_time import office_day

from .metrics import Metric
from .snapshots import publishing
from .snapshots.models import Publication, Snapshot
from .tables import PUBLIC_K, Report, report

TABLES = ("indicators", "people", "channel", "language")
"""By slug, in this order: the public reads no others."""


class TooFine(ValueError):
    """The figures were hidden with a threshold that is not enough for the public."""


@dataclass(frozen=True)
class Results:
    """The published figures of one period of a campaign. ``code`` names the period in addresses.

    ``report`` is the public version of the newest snapshot that was published.
    Raises :class:`TooFine` for a report that was made for evaluators.
    """

    campaign: Campaign
    code: str
    period: str
    published_on: date
    report: Report

    def __post_init__(self) -> None:
        if self.report.k < PUBLIC_K:
            raise TooFine(self.report.k)
        shown = {table.slug: table for table in self.report.tables}
        tables = tuple(shown[slug] for slug in TABLES if slug in shown)
        object.__setattr__(self, "report", replace(self.report, tables=tables))

    @property
    def metrics(self) -> list[Metric]:
        """Every metric that stands somewhere on the page, in the order of the closed list."""
        found = {figure.metric.slug for figure in self.report.figures}
        found |= {metric.slug for figure in self.report.figures for metric, _cell in figure.beside}
        for table in self.report.tables:
            found |= {metric.slug for metric in (table.metric, *(column.metric for column in table.columns)) if metric}
            found |= {row.metric.slug for row in table.rows if row.metric}
        found |= {each.metric.slug for each in self.report.apart if each.metric}
        return [metric for metric in self.report.defined.metrics if metric.slug in found]


def published(*, campaign: Campaign) -> Sequence[Results]:
    """The published periods of a campaign, the latest first."""
    published_at = Publication.objects.filter(snapshot=OuterRef("pk"), withdrawn_at__isnull=True)
    found = publishing.published().filter(campaign=campaign)
    found = found.annotate(published_at=Subquery(published_at.values("published_at")[:1]))
    return [_results(campaign, snapshot) for snapshot in found]


def _results(campaign: Campaign, snapshot: Snapshot) -> Results:
    shown = report(snapshot=snapshot.pk, k=PUBLIC_K)
    moment: datetime = snapshot.published_at  # type: ignore[attr-defined]
    code = snapshot.place.partition("/")[0]
    return Results(campaign, code, shown.period.name if shown.period else code, office_day(moment), shown)
