"""Correcting a snapshot: a new version with a reason. The one before stays as it is and stays readable."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User

from outreach.reach.coverage import KEPT
from outreach.reach.metrics import DEFINITIONS_VERSION
from outreach.reach.rollups import EventsGone, rebuild

from . import payload
from .closing import cover_of as cover_of_broadcast
from .freezing import cover_of as cover_of_period
from .models import Snapshot
from .reading import content_of, populations_in
from .scopes import missing, newest_cells, scope_of_snapshot
from .sealed import Sealed, count_broadcast, count_period
from .taking import Cover, TakenMeanwhile, apart_of, populations_of, take


class NotCorrected(RuntimeError):
    """Why there is no new version."""


class NothingChanged(NotCorrected):
    """A recount gives the same figures."""


class EventsRemoved(NotCorrected):
    """The raw events of the broadcast were removed: it can't be counted again."""


class NoReason(NotCorrected):
    """A correction says why it was made."""


class NotTheNewest(NotCorrected):
    """There is a later version, which may have been made at this moment."""


def correct(*, snapshot: Snapshot, reason: str, user: User | None, now: datetime) -> Snapshot:
    """Count again and store the next version; ``now`` is UTC. Raises one of the errors above."""
    if not reason.strip():
        raise NoReason(snapshot.place)
    if Snapshot.objects.filter(place=snapshot.place, version__gt=snapshot.version).exists():
        raise NotTheNewest(snapshot.place)
    cover, sealed = recount(snapshot=snapshot, now=now)
    beside = apart_of(cover), _cited(populations_of(cover))
    if is_same(snapshot, sealed) and beside == _kept_beside(snapshot):
        raise NothingChanged(snapshot.place)
    try:
        return take(cover=cover, sealed=sealed, version=snapshot.version + 1, reason=reason.strip(), user=user, now=now)
    except TakenMeanwhile:
        raise NotTheNewest(snapshot.place) from None


def _kept_beside(snapshot: Snapshot) -> tuple[Any, Any]:
    content = content_of(snapshot)
    return content["apart"], _cited(populations_in(content))


def _cited(populations: Iterable[Mapping[str, Any]]) -> list[list[Any]]:
    """What is cited of each group; that its segment has another name now is nothing to correct."""
    return [[each[name] for name in KEPT] for each in populations]


def recount(*, snapshot: Snapshot, now: datetime | None = None) -> tuple[Cover, Sealed]:
    """What the snapshot would count today; with ``now`` (UTC), after rebuilding the rollups of a broadcast."""
    if snapshot.broadcast is not None:
        if now is not None:
            try:
                rebuild(broadcast=snapshot.broadcast, now=now)
            except EventsGone:
                raise EventsRemoved(snapshot.place) from None
        return cover_of_broadcast(snapshot.broadcast), count_broadcast(snapshot.broadcast.pk)
    scope = scope_of_snapshot(snapshot)
    broadcasts = scope.broadcasts()
    closed = [each for each in broadcasts if each.pk not in {gap.broadcast.pk for gap in missing(broadcasts)}]
    members = newest_cells(closed)
    return cover_of_period(scope), count_period(members=members, broadcasts=[each.pk for each in closed])


def is_same(snapshot: Snapshot, sealed: Sealed) -> bool:
    """Whether these counts are those of the snapshot; a place that is not there counts 0."""
    before = payload.read(snapshot.sealed.counts)
    names = {*before, *sealed.counts}
    if snapshot.definitions != DEFINITIONS_VERSION:
        # What either definitions do not count can't differ.
        names = before.keys() & sealed.counts.keys()
    return all(
        before.get(name, {}).get(key, 0) == sealed.counts.get(name, {}).get(key, 0)
        for name in names
        for key in {*before.get(name, {}), *sealed.counts.get(name, {})}
    )
