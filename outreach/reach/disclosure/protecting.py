"""What a new scope has to hide, given everything that was stored before."""

from collections.abc import Mapping, Sequence

from .frequency import hide_frequencies
from .keys import ALL, Counts, Key
from .population import POPULATIONS, Population
from .request import FREQUENCY, Published, Request, hidden_alike
from .yielding import taken_back


def protect(
    *,
    counts: Mapping[str, Counts],
    k: int,
    members: frozenset[int] = frozenset(),
    past: Sequence[Published] = (),
    earlier: Sequence[Mapping[str, Counts]] = (),
    already: Mapping[str, frozenset[Key]] | None = None,
    populations: Sequence[Population] = POPULATIONS,
) -> dict[str, frozenset[Key]]:
    """For the name of each count, the cells to hide. A cell that is missing in a count is 0.

    A scope without ``members`` is a broadcast; a period sums up broadcasts that are all in the ``past``. ``earlier``
    are the counts of its earlier versions: what changed by 1 to k − 1 is hidden. ``already`` is hidden anyway, as what
    the evaluators may not read is in public.
    """
    known = {name for population in populations for name in population.names}
    rest = tuple(Population(sums=(name,)) for name in sorted(counts) if name not in known | {FREQUENCY})
    chosen = [each for each in (*populations, *rest) if any(name in counts for name in each.names)]
    request = Request(counts, k, members, past, earlier, already or {}, chosen)
    hidden: dict[str, frozenset[Key]] = {}
    for population in chosen:
        found = request.hide(population, hidden)
        if population.yields:
            names = request.names_of(population)
            more = taken_back(request=request, population=population, found=hidden_alike(found, names), before=hidden)
            if request.hides_people:
                # What only its people say too much of, they alone hide.
                names = tuple(name for name in names if name in population.distinct)
            found |= {name: found[name] | more for name in names}
        hidden |= found
    if counts.get(FREQUENCY):
        hidden[FREQUENCY] = _hide_frequencies(request, hidden)
    return hidden


def _hide_frequencies(request: Request, hidden: Mapping[str, frozenset[Key]]) -> frozenset[Key]:
    """What is shown of how many messages people got; nothing if a period with the same broadcasts showed it before.

    A later version with the same counts shows the same.
    """
    counts, already = request.counts[FREQUENCY], request.already.get(FREQUENCY, frozenset())
    for each in request.past:
        told = each.hidden.get(FREQUENCY, frozenset())
        shared = request.members & (each.members | each.versions)
        if shared and not told >= each.counts.get(FREQUENCY, {}).keys():
            return told if _same_frequencies(request.counts, each.counts) and already <= told else frozenset(counts)
    return hide_frequencies(
        people=counts,
        messages=request.counts.get("accepted", {}),
        k=request.k,
        hidden=already,
        totals_hidden=any(
            key.count(ALL) == len(key) for name in ("people", "accepted") for key in hidden.get(name, ())
        ),
        most=len(request.members) or 1,
        limits=request.limits(request.members, request.counts),
    )


def _same_frequencies(some: Mapping[str, Counts], others: Mapping[str, Counts]) -> bool:
    def told(counts: Mapping[str, Counts]) -> tuple[Counts, int]:
        totals = [value for key, value in counts.get("accepted", {}).items() if key.count(ALL) == len(key)]
        return counts.get(FREQUENCY, {}), sum(totals)

    return told(some) == told(others)
