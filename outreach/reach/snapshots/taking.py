"""Taking a snapshot: count, hide given everything before, store; one after the other, whoever asks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from outreach.broadcasts.campaign import Campaign
from outreach.broadcasts.models import Broadcast
from outreach.reach.apart import count_apart
from outreach.reach.coverage import kept_populations
from outreach.reach.disclosure import Key, axes_of, protect
from outreach.reach.metrics import DEFINITIONS_VERSION
from outreach.reach.metrics.kept import kept_definitions
from outreach.reach.site_counts import SiteCounts

from . import payload
from .models import Snapshot, SnapshotCells
from .over_time import over_time
from .payload import THRESHOLDS, UNKNOWN
from .reading import content_of
from .sealed import DIFFERENCES, TOTAL, WITHOUT_TOTAL, Sealed, hidden_of, is_unknown, past, stored_cells

ATTEMPTS = 5
"""How often it is tried again when another snapshot was taken in between: what it shows has to be known too."""


class TakenMeanwhile(RuntimeError):
    """The same version of the same snapshot was taken by somebody else at this moment."""


@dataclass(frozen=True)
class Cover:
    """What a snapshot covers; see :class:`Snapshot` for the fields."""

    kind: str
    place: str
    first_day: date
    last_day: date
    broadcasts: Sequence[Broadcast]
    broadcast: Broadcast | None = None
    campaign: Campaign | None = None


def take(*, cover: Cover, sealed: Sealed, version: int, reason: str, user: User | None, now: datetime) -> Snapshot:
    """Hide what has to be hidden and store the snapshot; ``now`` is UTC. Raises :class:`TakenMeanwhile`.

    Two snapshots taken at once could give away together what neither does alone. Each has the next number, so the
    second one fails to be stored, and is protected anew with the first one known.
    """
    for _attempt in range(ATTEMPTS):
        stored = stored_cells()
        hidden = _hidden(cover, sealed, stored)
        text = payload.canonical(_content(cover, sealed, hidden, stored, version=version, reason=reason))
        snapshot = Snapshot(
            number=1 + max((each.snapshot.number for each in stored), default=0),
            kind=cover.kind,
            place=cover.place,
            broadcast=cover.broadcast,
            campaign=cover.campaign,
            first_day=cover.first_day,
            last_day=cover.last_day,
            version=version,
            reason=reason,
            taken_at=now,
            taken_by=user,
            definitions=DEFINITIONS_VERSION,
            payload=text,
            digest=payload.digest(text),
        )
        try:
            with transaction.atomic():
                snapshot.save()
                SnapshotCells(
                    snapshot=snapshot,
                    counts=payload.named(sealed.counts),
                    hidden={str(k): _names(cells) for k, cells in hidden.items()},
                    members=sorted(sealed.members),
                ).save()
        except IntegrityError:
            if Snapshot.objects.filter(place=cover.place, version=version).exists():
                raise TakenMeanwhile(cover.place) from None
            continue
        return snapshot
    raise TakenMeanwhile(cover.place)


def _hidden(cover: Cover, sealed: Sealed, stored: Sequence[SnapshotCells]) -> dict[int, dict[str, frozenset[Key]]]:
    versions = [each for each in stored if each.snapshot.place == cover.place]
    earlier = [Sealed(payload.read(each.counts)).to_protect() for each in versions]
    found: dict[int, dict[str, frozenset[Key]]] = {}
    already: Mapping[str, frozenset[Key]] = {}
    for k in THRESHOLDS:
        # What a version before hides stays hidden: beside the new figure the old one could be computed.
        kept = [already, *(hidden_of(each, k) for each in versions)]
        names = {name for each in kept for name in each}
        already = {name: frozenset().union(*(each.get(name, frozenset()) for each in kept)) for name in names}
        already = found[k] = protect(
            counts=sealed.to_protect(),
            k=k,
            members=sealed.members,
            past=past(members=sealed.members, k=k, stored=stored),
            earlier=earlier,
            already=already,
        )
    return found


def _names(hidden: Mapping[str, frozenset[Key]]) -> dict[str, list[str]]:
    return {name: sorted(map(payload.name_of, keys)) for name, keys in hidden.items()}


def _content(
    cover: Cover,
    sealed: Sealed,
    hidden: Mapping[int, Mapping[str, frozenset[Key]]],
    stored: Sequence[SnapshotCells],
    *,
    version: int,
    reason: str,
) -> dict[str, Any]:
    members = [each for each in stored if each.snapshot_id in sealed.members]
    names: dict[str, str] = {}
    for broadcast in cover.broadcasts:
        names |= {code: segment["name"] for code, segment in broadcast.freeze.segments.items()}
    return {
        "place": cover.place,
        "kind": cover.kind,
        "first_day": cover.first_day.isoformat(),
        "last_day": cover.last_day.isoformat(),
        "version": version,
        "reason": reason,
        "definitions": DEFINITIONS_VERSION,
        "metrics": kept_definitions(),
        "campaign": None if cover.campaign is None else {"number": cover.campaign.pk, "name": cover.campaign.name},
        "segments": names,
        "stories": _story_titles(cover.broadcasts),
        "broadcasts": [_about(each) for each in cover.broadcasts],
        "members": sorted(sealed.members),
        "apart": apart_of(cover),
        "populations": populations_of(cover),
        "site": _site(cover),
        "over_time": over_time(
            kind=cover.kind,
            broadcasts=cover.broadcasts,
            campaign=cover.campaign,
            earlier=[content_of(each.snapshot) for each in stored if each.snapshot.place == cover.place],
            silent=[k for k, cells in hidden.items() if TOTAL in cells.get("people", ())],
        ),
        "figures": {str(k): figures(sealed, hidden[k]) for k in hidden},
        "by_broadcast": {str(k): [_totals(each, k) for each in members] for k in hidden},
    }


def apart_of(cover: Cover) -> dict[str, Any] | None:
    """What a period keeps of the reach that is never added to its own."""
    if cover.broadcast is not None:
        return None
    return count_apart(first_day=cover.first_day, last_day=cover.last_day, campaign=cover.campaign)


def populations_of(cover: Cover) -> list[dict[str, Any]]:
    """The population estimates that a period keeps; a single broadcast has none."""
    if cover.broadcast is not None:
        return []
    return kept_populations(last_day=cover.last_day, campaign=cover.campaign)


def _site(cover: Cover) -> dict[str, int] | None:
    if cover.broadcast is not None:
        return None
    return SiteCounts(cover.campaign).over(since=cover.first_day, until=cover.last_day)


def _about(broadcast: Broadcast) -> dict[str, Any]:
    return {
        "number": broadcast.pk,
        "title": broadcast.title,
        "is_demo": broadcast.is_demo,
        "started_at": broadcast.started_at.isoformat() if broadcast.started_at else None,
        "finished_at": broadcast.finished_at.isoformat() if broadcast.finished_at else None,
    }


def _story_titles(broadcasts: Sequence[Broadcast]) -> dict[str, str]:
    return {
        str(carried.page_id): carried.page.title
        for broadcast in broadcasts
        for carried in broadcast.carried.select_related("page")
    }


def figures(sealed: Sealed, hidden: Mapping[str, frozenset[Key]]) -> dict[str, dict[str, Any]]:
    """Every figure as it may be read: a whole number, ``null`` where it is hidden, ``"?"`` where it is unknown."""
    found: dict[str, dict[str, Any]] = {}
    for name, counts in sealed.to_protect().items():
        tables = {axes_of(key) for key in counts}
        keys = set(counts) | {key for key in hidden[name] if axes_of(key) in tables}
        if name not in WITHOUT_TOTAL:
            keys.add(TOTAL)
        found[name] = {
            payload.name_of(key): None
            if key in hidden[name]
            else UNKNOWN
            if is_unknown(sealed.counts, name, key)
            else counts.get(key, 0)
            for key in keys
        }
    # What was planned is what was accepted and all that did not arrive.
    open_total = any(TOTAL in hidden.get(name, ()) for name in ("accepted", "bounced", *DIFFERENCES))
    planned = sealed.counts.get("planned", {}).get(TOTAL, 0)
    found["planned"] = {"": None if open_total else planned}
    return found


def _totals(member: SnapshotCells, k: int) -> dict[str, Any]:
    """What is read of one broadcast in the table of a period: what its own snapshot shows."""
    shown = figures(Sealed(payload.read(member.counts)), hidden_of(member, k))
    totals: dict[str, Any] = {name: shown[name].get("") for name in ("planned", "people", "accepted") if name in shown}
    return {"broadcast": member.snapshot.broadcast_id, "snapshot": member.snapshot_id, **totals}
