"""Frozen figures as a list: what each covers, whether a later version replaced it, and whether it is public."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from .models import Publication, Snapshot
from .scopes import title


@dataclass(frozen=True)
class Listed:
    """A line of the list; ``name`` is what people call it, in the language in use."""

    snapshot: Snapshot
    name: str
    is_newest: bool
    is_public: bool


def newest_first() -> QuerySet[Snapshot]:
    """Every snapshot without what is stored in it, the latest first."""
    later = Snapshot.objects.filter(place=OuterRef("place"), version__gt=OuterRef("version"))
    found: QuerySet[Snapshot] = (
        Snapshot.objects.select_related("broadcast", "campaign", "taken_by")
        .prefetch_related("taken_by__groups")
        .annotate(is_newest=~Exists(later))
        .order_by("-number")
        .defer("payload")
    )
    return found


def listed(snapshots: Iterable[Snapshot]) -> list[Listed]:
    """Those of :func:`newest_first` that are shown. One query, whatever their number."""
    public = set(Publication.objects.filter(withdrawn_at__isnull=True).values_list("snapshot_id", flat=True))
    return [
        Listed(
            snapshot=snapshot,
            name=name_of(snapshot),
            is_newest=snapshot.is_newest,  # type: ignore[attr-defined]
            is_public=snapshot.pk in public,
        )
        for snapshot in snapshots
    ]


def name_of(snapshot: Snapshot) -> str:
    """What people call it, in the language in use."""
    if snapshot.broadcast is not None:
        return snapshot.broadcast.title
    name = title(kind=snapshot.kind, code=snapshot.place, first_day=snapshot.first_day, last_day=snapshot.last_day)
    return " · ".join(filter(None, [snapshot.campaign.name if snapshot.campaign else "", name]))
