"""The true counts of a scope, and those of every snapshot that was taken before."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from outreach.reach.counts import ALL, AXES, cells
from outreach.reach.disclosure import Counts, Key, Published, axes_of
from outreach.reach.metrics import DEFINITIONS_VERSION

from . import payload
from .models import Snapshot, SnapshotCells

OF_PEOPLE = ("people", "clickers", "trackable_people", "times")
"""Different people do not add up over broadcasts: a period counts them anew. Everything else is a sum of snapshots."""

BY_CELL = (
    "accepted", "people", "bounced", "withdrawn", "clicked", "clickers", "cohort_clicks",
    "story_clicked", "story_cohort_clicks", "excluded", "times", "trackable_people", "opened", "open_trackable",
    "machine_click_reasons", "machine_open_reasons",
)  # fmt: skip
"""The counts that are read by segment, gender, group, language, channel, story, reason, times or day."""

ALWAYS = frozenset({"accepted", "people", "bounced", "withdrawn", "clicked", "clickers", "cohort_clicks"})
"""Of these there is a total even where nothing was counted."""

WITHOUT_TOTAL = frozenset(
    {"story_clicked", "story_cohort_clicks", "times", "machine_click_reasons", "machine_open_reasons"}
)
"""Of these there is no total: a message can count for several stories, and the others have theirs elsewhere."""

TOTALS = ("planned", "machine_clicks", "trackable", "machine_opened")
"""The counts of which only the total is read."""

ALONG = {"opened": frozenset({"segment"}), "open_trackable": frozenset({"segment"})}
"""The only axes along which these are read."""

DIFFERENCES = {"failed": ("attempted", "accepted", "bounced"), "unsent": ("planned", "attempted")}
"""What is left of one count without others, by cell: messages that failed without a bounce, and those that were lined
up and never handed over. With the bounced these are all that did not arrive, each in one of them."""

KNOWN_BY = {"clicked": "trackable", "clickers": "trackable_people", "cohort_clicks": "cohort_size"}
"""What a count is known by: where that is 0, the count is unknown and not 0."""

TOTAL: Key = payload.key_of("")
DAY = AXES.index("day")


@dataclass(frozen=True)
class Sealed:
    """True counts of a scope; ``members`` are the snapshots (by their number) that a period sums up."""

    counts: dict[str, dict[Key, int]]
    members: frozenset[int] = field(default_factory=frozenset)

    def to_protect(self) -> dict[str, Counts]:
        """The counts that anybody may read a cell of."""
        found: dict[str, Counts] = {
            name: _along(self.counts.get(name, {}), ALONG.get(name))
            for name in BY_CELL
            if name in self.counts or name in ALWAYS
        }
        for name, (whole, *parts) in DIFFERENCES.items():
            found[name] = {
                key: count - sum(self.counts.get(part, {}).get(key, 0) for part in parts)
                for key, count in self.counts.get(whole, {}).items()
                if key[DAY] == ALL
            }
        for name in TOTALS[1:]:
            if name in self.counts:
                found[name] = {TOTAL: self.counts[name].get(TOTAL, 0)}
        return found


def _along(counts: Counts, axes: frozenset[str] | None) -> Counts:
    if axes is None:
        return counts
    return {key: count for key, count in counts.items() if {AXES[axis] for axis in axes_of(key)} <= axes}


def count_broadcast(broadcast: int) -> Sealed:
    """The counts of one broadcast as the rollups have them now; it needs no count of frequencies."""
    found = _together([broadcast])
    found.pop("times", None)
    return Sealed(found)


def count_period(*, members: Sequence[SnapshotCells], broadcasts: Sequence[int]) -> Sealed:
    """The counts of a period: the sum of what was sealed of its broadcasts, and its people counted anew."""
    sums: dict[str, Counter[Key]] = {}
    for member in members:
        for name, counts in payload.read(member.counts).items():
            if name not in OF_PEOPLE:
                sums.setdefault(name, Counter()).update(counts)
    people = {name: counts for name, counts in _together(broadcasts).items() if name in OF_PEOPLE}
    return Sealed({**{name: dict(counts) for name, counts in sums.items()}, **people}, _numbers(members))


def _together(broadcasts: Sequence[int]) -> dict[str, dict[Key, int]]:
    found = cells(broadcasts)
    return {
        name: {key: count for key, count in counts.items() if key[0] == ALL} for name, counts in sorted(found.items())
    }


def _numbers(members: Iterable[SnapshotCells]) -> frozenset[int]:
    return frozenset(member.snapshot_id for member in members)


def past(*, members: frozenset[int], k: int, stored: Sequence[SnapshotCells]) -> list[Published]:
    """What was stored before and could be compared with a scope of these members: periods that share a broadcast,
    in any version, directly or through others, and the broadcasts of all of them. For a broadcast, the latest ones."""
    versions: dict[str, set[int]] = {}
    for each in stored:
        versions.setdefault(each.snapshot.place, set()).add(each.snapshot_id)
    same = {each.snapshot_id: versions[each.snapshot.place] for each in stored}
    connected = _versions(members, same)
    periods: dict[int, SnapshotCells] = {}
    growing = bool(members)
    while growing:
        new = [
            each
            for each in stored
            if each.members and each.snapshot_id not in periods and connected & set(each.members)
        ]
        growing = bool(new)
        for each in new:
            periods[each.snapshot_id] = each
            connected |= _versions(each.members, same)
    chosen = [
        each
        for each in stored
        if (each.snapshot_id in connected if members else not each.members) or each.snapshot_id in periods
    ]
    before = {
        each.snapshot_id: [
            Sealed(payload.read(other.counts)).to_protect()
            for other in stored
            if other.snapshot.place == each.snapshot.place and other.snapshot.version < each.snapshot.version
        ]
        for each in chosen
    }
    return [_published(each, k, before[each.snapshot_id], _versions(each.members, same)) for each in chosen]


def _versions(numbers: Iterable[int], same: Mapping[int, set[int]]) -> set[int]:
    return {other for number in numbers for other in same.get(number, {number})}


def _published(stored: SnapshotCells, k: int, earlier: Sequence[Mapping[str, Counts]], versions: set[int]) -> Published:
    return Published(
        number=stored.snapshot_id,
        counts=Sealed(payload.read(stored.counts)).to_protect(),
        hidden=hidden_of(stored, k),
        members=frozenset(stored.members),
        earlier=earlier,
        versions=frozenset(versions),
    )


def hidden_of(stored: SnapshotCells, k: int) -> dict[str, frozenset[Key]]:
    """Which cells of a stored scope are hidden for ``k``, by the name of the count.

    Of earlier definitions also those that its figures did not have: nobody read them.
    """
    hidden = {name: frozenset(map(payload.key_of, names)) for name, names in stored.hidden[str(k)].items()}
    if stored.snapshot.definitions == DEFINITIONS_VERSION:
        return hidden
    told = json.loads(stored.snapshot.payload)["figures"][str(k)]
    return {
        name: hidden.get(name, frozenset())
        | {key for key in (TOTAL, *counts) if payload.name_of(key) not in told.get(name, {})}
        for name, counts in Sealed(payload.read(stored.counts)).to_protect().items()
    }


def stored_cells(place: str = "") -> list[SnapshotCells]:
    """Everything sealed so far in the order in which it was taken, or only the versions of one place."""
    found = SnapshotCells.objects.select_related("snapshot").order_by("snapshot__number")
    return list(found.filter(snapshot__place=place) if place else found)


def newest(snapshots: Iterable[Snapshot]) -> dict[str, Snapshot]:
    """Of each place the last version."""
    return {each.place: each for each in sorted(snapshots, key=lambda each: each.version)}


def is_unknown(counts: Mapping[str, Counts], name: str, key: Key) -> bool:
    """Whether nobody who could have been seen is in this cell, so that a count is unknown and not 0."""
    return name in KNOWN_BY and not counts.get(KNOWN_BY[name], {}).get(key, 0)
