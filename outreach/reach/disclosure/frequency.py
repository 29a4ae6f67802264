"""Hiding how many people got one message, two, three, four, or five and more.

Two things are known of these counts: they add up to the people reached, and with the number of messages each (at least
five for the last) to the messages accepted. Five counts have only 31 sets that could be hidden, so each is looked at,
and the range of what it hides is computed exactly: it ends where at most two of the unknowns are not 0.

Two periods that share a broadcast could be compared: who got many messages in a month did so in its quarter. What one
says of the other can't be told from these two sums, so only one of them shows its counts: the first that was stored
(see :func:`.protecting.protect`).

The two totals alone can say too much, as of two broadcasts they say exactly how many people got both. Then the people
reached are hidden as well (:func:`totals_tell`).
"""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import combinations

from .keys import ALL, Counts, Key

MORE = 5
"""Who got this many or more counts in the last place."""


def hide_frequencies(
    *, people: Counts, messages: Counts, k: int, hidden: frozenset[Key], totals_hidden: bool, most: int = MORE + 1
) -> frozenset[Key]:
    """The cells to hide: those that are small, and the fewest people with them that make a range of k.

    ``most`` is the number of broadcasts; nobody got more messages.
    """
    cells = {_times(key): key for key in people if _times(key)}
    values = {times: people.get(key, 0) for times, key in cells.items()}
    small = {times for times, value in values.items() if 0 < value < k} | {_times(key) for key in hidden} - {0}
    everything = frozenset(people)
    if totals_hidden:
        return everything
    if not small:
        return hidden
    total, accepted = sum(values.values()), _total(messages)
    possible = [
        set(some) | small
        for length in range(len(values) + 1)
        for some in combinations(sorted(set(values) - small), length)
    ]
    for chosen in sorted(possible, key=lambda some: (sum(values[times] for times in some), len(some))):
        if _is_safe(chosen, {times for times in chosen if values[times]}, values, total, accepted, k, most):
            return frozenset(cells[times] for times in chosen)
    # What is narrower still is not small: of that, totals_tell would have hidden a total.
    return frozenset(cells.values())


def totals_tell(*, people: Counts, messages: Counts, k: int, most: int, earlier: Sequence[Counts] = ()) -> bool:
    """Whether people reached and messages accepted, with no frequency beside them, give one away that may not be read.

    That is one that few people have, or that changed by few from one of the ``earlier`` counts of the same period.
    """
    values = {_times(key): value for key, value in people.items() if _times(key)}
    told = {times for times, value in values.items() if 0 < value < k}
    for before in ({_times(key): value for key, value in each.items()} for each in earlier if each):
        told |= {times for times, value in values.items() if value and 0 < abs(value - before.get(times, 0)) < k}
    return bool(told) and not _is_safe(set(values), told, values, sum(values.values()), _total(messages), k, most)


def _total(counts: Counts) -> int:
    return next((value for key, value in counts.items() if key.count(ALL) == len(key)), 0)


def _times(key: Key) -> int:
    """How often, from the one place of a cell that is not summed over; 0 for the total."""
    place = next((place for place in key if place != ALL), 0)
    return int(str(place).rstrip("+")) if place else 0


def _is_safe(
    chosen: set[int], told: set[int], values: Mapping[int, int], total: int, accepted: int, k: int, most: int
) -> bool:
    """Whether each of ``told`` has a range of k if the chosen frequencies are hidden."""
    shown = {times: value for times, value in values.items() if times not in chosen}
    people = total - sum(shown.values())
    messages = accepted - sum(times * value for times, value in shown.items())
    open_ended = most > MORE and (MORE in chosen or shown.get(MORE, 0) > 0)
    corners = list(_corners(sorted(times for times in chosen if times <= most), people, messages, open_ended))
    return all(
        max(corner.get(times, Fraction(0)) for corner in corners)
        - min(corner.get(times, Fraction(0)) for corner in corners)
        >= k
        for times in told
        if corners
    )


def _corners(chosen: list[int], people: int, messages: int, open_ended: bool) -> Iterator[dict[int, Fraction]]:
    """The outermost solutions: at most two of the unknowns, or one and the messages beyond the fifth, are not 0."""
    for times in chosen:
        left = messages - times * people
        if left == 0 or (left > 0 and open_ended):
            yield {times: Fraction(people)}
    for one, other in combinations(chosen, 2):
        first = Fraction(other * people - messages, other - one)
        if 0 <= first <= people:
            yield {one: first, other: people - first}
