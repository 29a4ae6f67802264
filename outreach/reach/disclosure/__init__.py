"""Hiding of small cells: the one place that every figure passes before anybody sees it, in a page, a file or an answer.

A scope is what one snapshot counts: a broadcast, or a period with several. Its cells are hidden by :func:`protect`,
for good, before the snapshot is stored; whatever is shown anywhere is read from there. Hidden are

1. sensitive cells: small counts, 1 to k − 1; of a part of a population also those that leave 1 to k − 1 others, and
   those that take in everybody, because they would say the same of each; a stated gender of everybody, or of all who
   stated one; what differs from an earlier version by 1 to k − 1;
2. as many more cells as it takes until no sensitive one can be computed from everything that is shown, in this
   scope and in every one that was stored before: what they show can't move any more, what they hide stays hidden.

For the second step each sensitive cell that is not 0 needs shifts: amounts that go from some hidden cells to others, so
that every sum that is shown still adds up and every bound that is known still holds. Whoever knows all that is shown
can't tell by how much was shifted. A cell is safe once shifts can take it through k + 1 values (or through all that its
whole allows). What is hidden only to protect others needs no shifts of its own: it may follow from the rest where it is
not small, as a segment does that is the only one. Within a broadcast a shift goes around a box of a table
(:mod:`within`); in a period it goes between two broadcasts, or into the sum, which is then hidden there
(:mod:`across`). To hide all of a new table is always enough, since then it says nothing new: so protection never fails.

Counts that lie between two others are told only where that takes nothing back (:mod:`.yielding`); for how the people
reached grow from month to month there is a rule of its own (:mod:`.growth`).

Nothing tells a small cell from one that was hidden to protect it.
"""

from .cells import (
    AtLeast,
    Cell,
    FewerThan,
    Hidden,
    Number,
    Shown,
    Unknown,
    added,
    cell,
    few,
    share,
    whole_per_cent,
)
from .keys import ALL, Counts, Key, axes_of
from .population import POPULATIONS, Population
from .protecting import protect
from .request import Published

__all__ = [
    "ALL",
    "POPULATIONS",
    "AtLeast",
    "Cell",
    "Counts",
    "FewerThan",
    "Hidden",
    "Key",
    "Number",
    "Population",
    "Published",
    "Shown",
    "Unknown",
    "added",
    "axes_of",
    "cell",
    "few",
    "protect",
    "share",
    "whole_per_cent",
]
