"""What may not be read for its own sake, computed from the true counts by the rules alone, whatever is shown."""

from collections.abc import Mapping

from outreach.reach.counts import ALL, AXES
from outreach.reach.disclosure import POPULATIONS
from outreach.reach.snapshots import payload

PARTS = {
    name: population.whole_of(name)
    for population in POPULATIONS
    for name in population.names
    if population.whole_of(name)
}
"""Of some counts, the one of which they are a part."""

INNER = {
    name: population.part_of(name)
    for population in POPULATIONS
    for name in population.names
    if population.part_of(name)
}
"""Of some counts, the one that is a part of it."""

NEVER_EMPTY = {name for population in POPULATIONS for name in population.names if population.nobody_is_told}
"""Counts of which everybody knows where there is nobody, and so where there is somebody."""

OF_NOBODY = {name for population in POPULATIONS for name in population.names if not population.of_people}
"""Counts that tell of no person, however small: what machines clicked."""


def sensitive(counts: Mapping[str, Mapping[str, int]], k: int) -> dict[tuple[str, str], int]:
    """What may not be read for its own sake, by count and name of the cell, and how wide its interval has to be.

    That is, of what is not 0: few; a part that leaves few others, or none; what is left few of, or nothing, without
    its own part; a stated gender that holds everybody of a line, or everybody in a segment who stated one.
    """
    found: dict[tuple[str, str], int] = {}
    for count in counts.keys() - OF_NOBODY:
        cells, whole = counts[count], counts.get(PARTS[count], {}) if count in PARTS else None
        for cell, value in cells.items():
            rest = None if whole is None else whole.get(cell, 0) - value
            left = value - counts.get(INNER[count], {}).get(cell, 0) if count in INNER else None
            if value and (
                value < k
                or (rest is not None and rest < k)
                or (left is not None and left < k)
                or (count in ("accepted", "people") and says_a_gender(cells, cell))
            ):
                found[count, cell] = _wanted(counts, count, cell, k)
    return found


def left(counts: Mapping[str, Mapping[str, int]], k: int) -> dict[tuple[str, str, str], int]:
    """What few are left of without their part, as who allows personal links and did not click: both counts, the cell,
    and how wide the interval of the difference has to be."""
    return {
        (count, part, cell): _wanted(counts, count, cell, k)
        for count, part in INNER.items()
        for cell, value in counts.get(count, {}).items()
        if 0 < value - counts.get(part, {}).get(cell, 0) < k
    }


def changed(
    counts: Mapping[str, Mapping[str, int]], earlier: Mapping[str, Mapping[str, int]], k: int
) -> dict[tuple[str, str], int]:
    """What differs from an earlier version by few, and how wide the interval of the difference has to be."""
    found = {}
    for count in counts.keys() - OF_NOBODY:
        cells = counts[count]
        for cell in {*cells, *earlier.get(count, {})}:
            value, before = cells.get(cell, 0), earlier.get(count, {}).get(cell, 0)
            if 0 < abs(value - before) < k:
                found[count, cell] = _wanted(counts, count, cell, k)
    return found


def _wanted(counts: Mapping[str, Mapping[str, int]], count: str, cell: str, k: int) -> int:
    """How wide an interval has to be: k, or all that the whole allows."""
    return min(k, counts.get(PARTS[count], {}).get(cell, 0) - (count in NEVER_EMPTY)) if count in PARTS else k


def says_a_gender(cells: Mapping[str, int], cell: str) -> bool:
    """Whether everybody of a segment, or of those in it who stated a gender, is of one gender."""
    places = dict(zip(AXES, payload.key_of(cell), strict=True))
    if places["gender"] in (ALL, "", "undisclosed"):
        return False

    def value(**others: str) -> int:
        return cells.get(payload.name_of(tuple({**places, **others}.values())), 0)

    stated = sum(value(gender=gender) for gender in ("woman", "man", "another"))
    return cells[cell] in (value(gender=ALL), stated)
