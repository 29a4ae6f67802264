"""Whether stored snapshots are intact, and whether the ledger still gives their figures."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from outreach.reach.metrics import DEFINITIONS_VERSION

from . import payload
from .correcting import is_same, recount
from .models import Snapshot
from .sealed import Sealed, hidden_of
from .taking import figures


@dataclass(frozen=True)
class Finding:
    """What was found of one snapshot; ``is_error`` unless a later version explains it."""

    snapshot: Snapshot
    text: str
    is_error: bool


def check() -> Iterator[Finding]:
    """What is wrong with any snapshot, or has been explained by a correction, in the order of taking."""
    for snapshot in Snapshot.objects.order_by("number").select_related("broadcast__freeze", "campaign", "sealed"):
        yield from _check(snapshot)


def _check(snapshot: Snapshot) -> Iterator[Finding]:
    if payload.digest(snapshot.payload) != snapshot.digest:
        yield Finding(snapshot, "the payload does not agree with its digest", True)
        return
    sealed = Sealed(payload.read(snapshot.sealed.counts))
    counted = {str(k): figures(sealed, hidden_of(snapshot.sealed, k)) for k in payload.THRESHOLDS}
    if not _agrees(snapshot, counted):
        yield Finding(snapshot, "the figures do not agree with the sealed counts", True)
    if not is_same(snapshot, recount(snapshot=snapshot)[1]):
        later = _explanation(snapshot)
        if later is None:
            yield Finding(snapshot, "a recount gives other figures, and no correction says why", True)
        else:
            yield Finding(snapshot, f"corrected by {later}: {later.reason}", False)


def _explanation(snapshot: Snapshot) -> Snapshot | None:
    """The later version of this snapshot, or of a broadcast that it sums up."""
    places = Snapshot.objects.filter(pk__in=[snapshot.pk, *snapshot.sealed.members]).values("place")
    later = Snapshot.objects.filter(place__in=places, number__gt=snapshot.number, version__gt=1)
    return later.order_by("number").first()


def _agrees(snapshot: Snapshot, counted: dict[str, dict[str, dict[str, Any]]]) -> bool:
    """Whether a snapshot tells what was counted; one of earlier definitions, as far as these are still in use."""
    told = json.loads(snapshot.payload)["figures"]
    if snapshot.definitions == DEFINITIONS_VERSION:
        return payload.canonical(told) == payload.canonical(counted)
    return all(
        figure == counted[k][name].get(cell, 0)
        for k, counts in told.items()
        for name, cells in counts.items()
        if name in counted[k]
        for cell, figure in cells.items()
    )
