"""Finding snapshots and reading what they say."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet

from outreach.broadcasts.models import Broadcast
from outreach.reach.metrics.kept import TODAY, Definitions

from .models import Snapshot
from .scopes import PeriodScope


class UnknownSnapshot(LookupError):
    """There is no snapshot with this number."""


def content_of(snapshot: Snapshot) -> dict[str, Any]:
    """The payload, read."""
    return dict(json.loads(snapshot.payload))


def definitions_in(content: Mapping[str, Any]) -> Definitions:
    """The definitions that a payload keeps; today's where it was stored before they were kept."""
    return Definitions(content["metrics"]) if "metrics" in content else TODAY


def populations_in(content: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The population estimates that a payload keeps; none where it was stored before there were any."""
    return list(content.get("populations", ()))


def versions_of(snapshot: Snapshot) -> QuerySet[Snapshot]:
    """All versions of the same snapshot, the newest first."""
    return Snapshot.objects.filter(place=snapshot.place).order_by("-version")


def newest_of(broadcasts: Sequence[Broadcast]) -> dict[int, Snapshot]:
    """The newest snapshot of each of these broadcasts that is closed, by its number."""
    found = Snapshot.objects.filter(broadcast__in=broadcasts).order_by("version")
    return {each.broadcast_id: each for each in found if each.broadcast_id is not None}


def newest_in(scope: PeriodScope) -> Snapshot | None:
    """The newest snapshot of a period, if it is frozen."""
    return Snapshot.objects.filter(place=scope.place).order_by("-version").first()


def find(number: int) -> Snapshot:
    """The snapshot with this primary key; raises :class:`UnknownSnapshot`."""
    found = Snapshot.objects.filter(pk=number).select_related("broadcast", "campaign").first()
    if found is None:
        raise UnknownSnapshot(number)
    return found
