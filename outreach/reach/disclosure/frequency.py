"""Hiding how many people got one message, two, three, four, or five and more.

Two things are known of these counts: they add up to the people reached, and with the number of messages each (at least
five for the last) to the messages accepted. Five counts have only 31 sets that could be hidden, so each is looked at,
and the range of what it hides is computed exactly: it ends where all but two of the unknowns are at a limit.

The limits are 0 and what the sizes of the broadcasts allow (:func:`limits_of`): whoever got two of three messages
got one of any two, so there are no more of these than people in the two smallest broadcasts.

Two periods that share a broadcast could be compared: who got many messages in a month did so in its quarter. What one
says of the other can't be told from these two sums, so only one of them shows its counts: the first that was stored
(see :func:`.protecting.protect`).

The two totals alone can say too much, as of two broadcasts they say exactly how many people got both. Then the people
reached are hidden as well (:func:`totals_tell`).
"""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import combinations, product
from typing import TypeAlias

from .keys import ALL, Counts, Key

MORE = 5
"""Who got this many or more counts in the last place."""

Limits: TypeAlias = Mapping[int, tuple[int, int]]
"""For how many messages, the fewest and the most people that may have got just so many."""


def limits_of(*, sizes: Mapping[int, int], shared: Mapping[frozenset[int], int], joint: Sequence[int] = ()) -> Limits:
    """What is known of how many people got how many messages of some broadcasts, whatever a period says of it.

    ``sizes`` are the people whom each broadcast reached, ``shared`` those whom both of two reached, where that is
    known: the period of these two shows its totals. ``joint`` are people who got one broadcast and any of all others.
    Nobody gets two messages of one broadcast.
    """
    ordered, number = sorted(sizes.values()), len(sizes)
    found = {times: (0, sum(ordered[: number - times + 1])) for times in range(1, min(number, MORE) + 1)}
    if number in found:
        least = 0
        for one, other in combinations(shared, 2):
            if number == 3 and len(one & other) == 1:
                (both,) = one & other
                least = max(least, shared[one] + shared[other] - sizes[both])
        found[number] = (least, min([found[number][1], *shared.values(), *joint]))
    return found


def hide_frequencies(
    *,
    people: Counts,
    messages: Counts,
    k: int,
    hidden: frozenset[Key],
    totals_hidden: bool,
    most: int = MORE + 1,
    limits: Limits | None = None,
) -> frozenset[Key]:
    """The cells to hide: those that are small, and the fewest people with them that make a range of k.

    ``most`` is the number of broadcasts; nobody got more messages. ``limits`` are those of :func:`limits_of`.
    """
    cells = {_times(key): key for key in people if _times(key)}
    values = {times: people.get(key, 0) for times, key in cells.items()}
    small = {times for times, value in values.items() if 0 < value < k} | {_times(key) for key in hidden} - {0}
    everything = frozenset(people)
    if totals_hidden:
        return everything
    if not small:
        return hidden
    total, accepted = sum(values.values()), total_of(messages)
    possible = [
        set(some) | small
        for length in range(len(values) + 1)
        for some in combinations(sorted(set(values) - small), length)
    ]
    for chosen in sorted(possible, key=lambda some: (sum(values[times] for times in some), len(some))):
        if _is_safe(
            chosen, {times for times in chosen if values[times]}, values, total, accepted, k, most, limits or {}
        ):
            return frozenset(cells[times] for times in chosen)
    # What is narrower still is not small: of that, totals_tell would have hidden a total.
    return frozenset(cells.values())


def totals_tell(
    *,
    people: Counts,
    messages: Counts,
    k: int,
    most: int,
    earlier: Sequence[Counts] = (),
    limits: Limits | None = None,
) -> bool:
    """Whether people reached and messages accepted, with no frequency beside them, give one away that may not be read.

    That is one that few people have, or that changed by few from one of the ``earlier`` counts of the same period.
    """
    values = {_times(key): value for key, value in people.items() if _times(key)}
    told = {times for times, value in values.items() if 0 < value < k}
    for before in ({_times(key): value for key, value in each.items()} for each in earlier if each):
        told |= {times for times, value in values.items() if value and 0 < abs(value - before.get(times, 0)) < k}
    total, accepted = sum(values.values()), total_of(messages)
    return bool(told) and not _is_safe(set(values), told, values, total, accepted, k, most, limits or {})


def still_hides(*, people: Counts, messages: Counts, k: int, most: int, hidden: frozenset[Key], limits: Limits) -> bool:
    """Whether what a stored period hides of its frequencies keeps its range where more is known of their limits."""
    values = {_times(key): value for key, value in people.items() if _times(key)}
    chosen = {_times(key) for key in hidden} & values.keys()
    small = {times for times in chosen if 0 < values[times] < k}
    return _is_safe(chosen, small, values, sum(values.values()), total_of(messages), k, most, limits)


def total_of(counts: Counts) -> int:
    """The count over everything."""
    return next((value for key, value in counts.items() if key.count(ALL) == len(key)), 0)


def _times(key: Key) -> int:
    """How often, from the one place of a cell that is not summed over; 0 for the total."""
    place = next((place for place in key if place != ALL), 0)
    return int(str(place).rstrip("+")) if place else 0


def _is_safe(
    chosen: set[int],
    told: set[int],
    values: Mapping[int, int],
    total: int,
    accepted: int,
    k: int,
    most: int,
    limits: Limits,
) -> bool:
    """Whether each of ``told`` has a range of k if the chosen frequencies are hidden."""
    shown = {times: value for times, value in values.items() if times not in chosen}
    people = total - sum(shown.values())
    messages = accepted - sum(times * value for times, value in shown.items())
    ends = {times: limits.get(times, (0, people)) for times in sorted(chosen) if times <= most}
    if most > MORE and (MORE in chosen or shown.get(MORE, 0) > 0):
        # The messages beyond the fifth, which nobody knows.
        ends[0] = (0, messages)
    corners = list(_corners(ends, people, messages))
    if not corners:
        # One unknown is known.
        return not told
    return all(
        max(corner.get(times, Fraction(0)) for corner in corners)
        - min(corner.get(times, Fraction(0)) for corner in corners)
        >= k
        for times in told
    )


def _corners(ends: Mapping[int, tuple[int, int]], people: int, messages: int) -> Iterator[dict[int, Fraction]]:
    """The outermost solutions: all but two of the unknowns are at one of their ends."""
    for one, other in combinations(ends, 2):
        rest = [times for times in ends if times not in (one, other)]
        for fixed in product(*({*ends[times]} for times in rest)):
            at = dict(zip(rest, map(Fraction, fixed), strict=True))
            left = people - sum(value for times, value in at.items() if times)
            sent = messages - sum((times or 1) * value for times, value in at.items())
            solved = _solved(one, other, left, sent)
            if all(ends[times][0] <= value <= ends[times][1] for times, value in solved.items()):
                yield at | solved


def _solved(one: int, other: int, people: Fraction | int, messages: Fraction | int) -> dict[int, Fraction]:
    """Two unknowns that make up these people and these messages; 0 stands for messages of nobody else."""
    if 0 in (one, other):
        times = one or other
        return {times: Fraction(people), 0: Fraction(messages - times * people)}
    first = Fraction(other * people - messages, other - one)
    return {one: first, other: people - first}
