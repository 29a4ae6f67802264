"""Frozen figures as a list: what each covers, whether a later version replaced it, and whether it is public."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from outreach.broadcasts.campaign_words import names_of
from outreach.broadcasts.title_words import titles_of

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
    """Those of :func:`newest_first` that are shown. Four queries at most, whatever their number."""
    snapshots = list(snapshots)
    names = names_of_each(snapshots)
    public = set(Publication.objects.filter(withdrawn_at__isnull=True).values_list("snapshot_id", flat=True))
    return [
        Listed(
            snapshot=snapshot,
            name=names[snapshot.pk],
            is_newest=snapshot.is_newest,  # type: ignore[attr-defined]
            is_public=snapshot.pk in public,
        )
        for snapshot in snapshots
    ]


def name_of(snapshot: Snapshot) -> str:
    """What people call it, in the language in use."""
    return names_of_each([snapshot])[snapshot.pk]


def names_of_each(snapshots: Sequence[Snapshot]) -> dict[int, str]:
    """The same of several, by their numbers."""
    titles = titles_of({each.broadcast.pk: each.broadcast.title for each in snapshots if each.broadcast})
    campaigns = names_of({each.campaign: each.campaign.name for each in snapshots if each.campaign})
    return {
        each.pk: titles[each.broadcast.pk]
        if each.broadcast
        else " · ".join(filter(None, [campaigns[each.campaign] if each.campaign else "", _period(each)]))
        for each in snapshots
    }


def _period(snapshot: Snapshot) -> str:
    return title(kind=snapshot.kind, code=snapshot.place, first_day=snapshot.first_day, last_day=snapshot.last_day)
