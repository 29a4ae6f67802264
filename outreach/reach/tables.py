"""The report of a snapshot, a broadcast or a period: headline figures, and the tables of the fixed catalogue.

Everything here is already hidden where it must be: figures come from a stored snapshot, through
:class:`~outreach.reach.cube.Cube`. What is not closed yet has headline totals only, rounded down.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from outreach.broadcasts.campaign import Campaign
from outreach.broadcasts.campaign_words import names_of
from outreach.broadcasts.models import Broadcast
from outreach.broadcasts.title_words import titles_of

from . import provisional
from .apart import rows_of
from .figures import BY_SEGMENT, Pages, catalogue
from .periods import Period
from .reports import (
    CLOSED,
    FROZEN,
    PROVISIONAL,
    Column,
    Edition,
    Figure,
    Report,
    Reported,
    Row,
    Span,
    Table,
    limits,
    oldest,
)
from .snapshots.models import Snapshot
from .snapshots.reading import UnknownSnapshot, find, newest_in, newest_of, versions_of
from .snapshots.scopes import PeriodScope, scope_of, title
from .snapshots.wording import worded
from .window import ENDED

__all__ = [
    "BY_SEGMENT", "Column", "Edition", "Figure", "Report", "Reported", "Row", "Span", "Table", "UnknownBroadcast",
    "UnknownSnapshot",
    "catalogue", "counted_broadcasts", "limits", "report",
]  # fmt: skip

EVALUATORS_K = 5
"""Evaluators see no count of 1 to 4."""

PUBLIC_K = 10
"""The public sees no count of 1 to 9."""


class UnknownBroadcast(LookupError):
    """No broadcast with this number has anything to report."""


def counted_broadcasts() -> QuerySet[Broadcast]:
    """Every broadcast of the campaign that was counted, the latest first; a welcome message is none."""
    counted = Broadcast.objects.filter(freeze__isnull=False, rebuild__isnull=False, kind=Broadcast.Kind.CAMPAIGN)
    return counted.select_related("freeze", "rebuild").order_by("-pk")


def report(
    *,
    broadcast: int | None = None,
    snapshot: int | None = None,
    period: Period | None = None,
    campaign: Campaign | None = None,
    k: int = EVALUATORS_K,
) -> Report:
    """What may be read of a snapshot, a broadcast, a period, a campaign, or of all broadcasts that ended.

    Of a broadcast or a period the newest snapshot, and provisional totals as long as there is none. Raises
    :class:`UnknownBroadcast` and :class:`UnknownSnapshot`.
    """
    if snapshot is not None:
        return _stored(find(snapshot), k)
    if broadcast is not None:
        return _of_broadcast(broadcast, k)
    if period is None and campaign is None:
        ended = [each for each in counted_broadcasts() if each.state in ENDED]
        return _moving(_("All broadcasts that ended"), ended, k)
    scope = scope_of(period=period, campaign=campaign)
    frozen = newest_in(scope)
    return _stored(frozen, k) if frozen else _of_scope(scope, k)


def _of_broadcast(number: int, k: int) -> Report:
    found = counted_broadcasts().filter(pk=number).first()
    closed = newest_of([found]).get(found.pk) if found else None
    if found is None:
        raise UnknownBroadcast(number)
    return (
        _stored(closed, k)
        if closed
        else _moving(titles_of({found.pk: found.title})[found.pk], [found], k, number=found.pk)
    )


def _of_scope(scope: PeriodScope, k: int) -> Report:
    numbers = [each.pk for each in scope.broadcasts()]
    campaign = names_of({scope.campaign: scope.campaign.name})[scope.campaign] if scope.campaign else ""
    name = " · ".join(filter(None, [campaign, scope.title]))
    found = list(counted_broadcasts().filter(pk__in=numbers))
    return _moving(name, found, k, period=Span(scope.first_day, scope.last_day, scope.title))


def _moving(
    name: str, broadcasts: Sequence[Broadcast], k: int, *, number: int | None = None, period: Span | None = None
) -> Report:
    titles = titles_of({each.pk: each.title for each in broadcasts})
    return Report(
        title=name,
        number=number,
        broadcasts=tuple(
            Reported(each.pk, titles[each.pk], each.is_demo, each.started_at, each.finished_at, each.state not in ENDED)
            for each in broadcasts
        ),
        k=k,
        figures=provisional.headlines(broadcasts=broadcasts, k=k) if broadcasts else (),
        tables=(),
        status=PROVISIONAL,
        period=period,
        counted=oldest(each.rebuild.rebuilt_at for each in broadcasts),
        counted_until=max((each.rebuild.rebuilt_at for each in broadcasts), default=None),
    )


def _stored(snapshot: Snapshot, k: int) -> Report:
    content = worded(snapshot)
    newest = versions_of(snapshot).values_list("pk", flat=True)[0]
    name = (
        title(
            kind=snapshot.kind,
            code=snapshot.place,
            first_day=snapshot.first_day,
            last_day=snapshot.last_day,
        )
        if snapshot.is_period
        else content["broadcasts"][0]["title"]
    )
    campaign = content["campaign"]["name"] if snapshot.is_period and content["campaign"] else ""
    pages = Pages(content, k)
    return Report(
        title=" · ".join(filter(None, [campaign, name])),
        number=snapshot.broadcast_id,
        broadcasts=tuple(
            Reported(
                each["number"],
                each["title"],
                each["is_demo"],
                _moment(each["started_at"]),
                _moment(each["finished_at"]),
            )
            for each in content["broadcasts"]
        ),
        k=k,
        figures=pages.figures(),
        tables=pages.tables(),
        status=FROZEN if snapshot.is_period else CLOSED,
        snapshot=Edition(
            number=snapshot.pk,
            version=snapshot.version,
            digest=snapshot.digest,
            reason=snapshot.reason,
            taken_at=snapshot.taken_at,
            definitions=snapshot.definitions,
            newest=newest,
        ),
        period=Span(snapshot.first_day, snapshot.last_day, name) if snapshot.is_period else None,
        apart=rows_of(content["apart"], k=k, defined=pages.defined) if snapshot.is_period else (),
        defined=pages.defined,
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
