"""Hiding how many different people had been reached by the end of each month or quarter.

From one total to the next it can be read how many people were reached for the first time, and with the people of the
part in between how many came back. Neither may be 1 to k − 1. A total that would tell so is left out; the last one, of
all parts, stands elsewhere and is never left out here.
"""

from collections.abc import Collection, Sequence


def hide_growth(*, parts: Sequence[int], totals: Sequence[int], k: int, hidden: Collection[int] = ()) -> frozenset[int]:
    """The numbers (from 0) of the totals to hide, beside those that are ``hidden`` anyway.

    ``parts`` are the people of each part, ``totals`` those of all parts up to it, each person once.
    """
    last = len(totals) - 1
    shown = [0] if totals else []
    for at in range(1, last):
        if at not in hidden and _is_safe(parts, totals, shown[-1], at, k):
            shown.append(at)
    # What was shown last has to be safe beside the total of all as well.
    while len(shown) > 1 and not _is_safe(parts, totals, shown[-1], last, k):
        shown.pop()
    return frozenset(range(last)) - (frozenset(shown) if len(shown) > 1 else frozenset())


def _is_safe(parts: Sequence[int], totals: Sequence[int], since: int, until: int, k: int) -> bool:
    """Whether two totals, all parts known, leave a range of k to those new and those returning that are few."""
    new, together = totals[until] - totals[since], sum(parts[since + 1 : until + 1])
    if 0 < new < k or (until == since + 1 and 0 < parts[until] - new < k):
        return False
    for at in range(since + 1, until + 1):
        first = totals[at] - totals[at - 1]
        few = 0 < first < k or 0 < parts[at] - first < k
        least, most = max(0, new - (together - parts[at])), min(parts[at], new)
        if few and most - least < k:
            return False
    return True
