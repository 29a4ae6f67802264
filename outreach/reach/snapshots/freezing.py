"""Freezing a period: its figures as they are, for good.

::

    NotFrozen
    ├── PeriodNotOver     its last day is not over yet
    ├── NothingToFreeze   no broadcast ended in it
    ├── NotAllClosed      some broadcasts can still get clicks; ``missing`` names them
    └── AlreadyFrozen     there is a snapshot; a correction would be a new version
"""

from collections.abc import Sequence
from datetime import datetime

from django.contrib.auth.models import User

from outreach.reach.periods import Period

from .models import Campaign, Snapshot
from .scopes import Missing, PeriodScope, missing, newest_cells, scope_of
from .sealed import count_period
from .taking import Cover, TakenMeanwhile, take


class NotFrozen(RuntimeError):
    """Why a period was not frozen."""


class PeriodNotOver(NotFrozen):
    """Broadcasts can still end in it."""


class NothingToFreeze(NotFrozen):
    """No broadcast ended in it."""


class NotAllClosed(NotFrozen):
    """Some of its broadcasts have no snapshot yet."""

    def __init__(self, missing: Sequence[Missing]) -> None:
        super().__init__(", ".join(each.broadcast.title for each in missing))
        self.missing = missing


class AlreadyFrozen(NotFrozen):
    """It was frozen before, or by somebody else at this moment."""


def freeze_period(
    *, period: Period | None = None, campaign: Campaign | None = None, user: User | None, now: datetime
) -> Snapshot:
    """Freeze a month, quarter or year, or a campaign's whole period where none is given; ``now`` is UTC.

    Raises the errors above, and ``EndsBeforeItStarts``.
    """
    scope = scope_of(period=period, campaign=campaign)
    if scope.ends > now:
        raise PeriodNotOver(scope.place)
    if Snapshot.objects.filter(place=scope.place).exists():
        raise AlreadyFrozen(scope.place)
    broadcasts = scope.broadcasts()
    if not broadcasts:
        raise NothingToFreeze(scope.place)
    if open_ones := missing(broadcasts):
        raise NotAllClosed(open_ones)
    members = newest_cells(broadcasts)
    sealed = count_period(members=members, broadcasts=[each.pk for each in broadcasts])
    try:
        return take(cover=cover_of(scope), sealed=sealed, version=1, reason="", user=user, now=now)
    except TakenMeanwhile:
        raise AlreadyFrozen(scope.place) from None


def cover_of(scope: PeriodScope) -> Cover:
    """What a snapshot of a period covers."""
    return Cover(
        kind=scope.kind,
        place=scope.place,
        first_day=scope.first_day,
        last_day=scope.last_day,
        broadcasts=scope.broadcasts(),
        campaign=scope.campaign,
    )
