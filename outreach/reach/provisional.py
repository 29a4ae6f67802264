"""Headline totals of what can still change, rounded down: neither their growth nor the final figures tell of few.

Whoever notes them down every day reads the exact figures later, and may not learn from both what is hidden there:

- Of a broadcast that still sends nothing is shown. The messages of its last day could be the few that are missing.
- What is made of several counts adds up each of them rounded. A total could tell how few bounced, once it is known
  how many were accepted.
- A part that is nearly its whole is rounded down once more. It could tell how few are left. So are the people of
  several broadcasts who are nearly as many as the messages, since these may tell how few got two.

A period adds up what is shown of its closed broadcasts and the rounded totals of the others, so that its totals say
nothing that these don't; only its people, who do not add up, are counted and then rounded.
"""

from collections.abc import Collection, Mapping, Sequence

from django.db.models import Sum

from outreach.broadcasts.models import Broadcast

from . import metrics
from .counts import SUMMED, totals
from .cube import Cube
from .disclosure import AtLeast, Cell, FewerThan, Hidden, Shown
from .metrics import Count
from .models import Axis, CohortRollup, Margin
from .reports import Figure
from .snapshots.reading import content_of, newest_of
from .window import ENDED

OF_PEOPLE = ("people", "clickers", "trackable_people")

STEP = 10
"""Totals are whole multiples of this."""

HEADLINES: tuple[Count, ...] = (metrics.REACHED, metrics.ACCEPTED, metrics.CLICKED, metrics.COHORT_CLICKS)


MADE_OF: Mapping[str, tuple[str, ...]] = {"attempted": ("accepted", "bounced", "attempted")}
"""Counts that are rounded by their parts: the last stands for what is left of the whole without the others."""

WHOLE_OF = {
    "withdrawn": "accepted",
    "clicked": "trackable",
    "open_trackable": "accepted",
    "opened": "open_trackable",
    "clickers": "trackable_people",
    "trackable_people": "people",
}
"""What a count is a part of, so that both together tell how many are left."""


def rounded(count: int) -> Cell:
    """At least a whole multiple of ten; below ten, fewer than ten."""
    return AtLeast(_down(count)) if count >= STEP else FewerThan(STEP)


def headlines(*, broadcasts: Sequence[Broadcast], k: int) -> tuple[Figure, ...]:
    """The totals of one open broadcast, or of a period that is not frozen; all kept back while one still sends."""
    if any(each.state not in ENDED for each in broadcasts):
        return tuple(Figure(metric, Hidden()) for metric in HEADLINES)
    together = totals([each.pk for each in broadcasts])
    added = known(broadcasts=broadcasts, names=[metric.slug for metric in HEADLINES], k=k, together=together)
    return tuple(
        # Never unknown: that it is known would tell of the first person who can be seen to click.
        Figure(metric, cell_of(added[metric.slug]))
        for metric in HEADLINES
    )


def cell_of(count: int | None) -> Cell:
    """A count from :func:`known` as it may be read."""
    return Hidden() if count is None else rounded(count)


def known(
    *, broadcasts: Sequence[Broadcast], names: Collection[str], k: int, together: Mapping[str, int] | None = None
) -> dict[str, int | None]:
    """Counts of these broadcasts together, from what may be read of each; with them the people, rounded down.

    ``None`` is kept back, whatever it would be. ``together`` are the totals, where they are known already.
    """
    closed = newest_of(broadcasts)
    moving = _of_each([each.pk for each in broadcasts if each.pk not in closed])
    shown = [Cube(content_of(snapshot)["figures"][str(k)]) for snapshot in closed.values()]
    everybody = together or totals([each.pk for each in broadcasts])
    found = {
        **{name: _added(name, moving, shown, k) for name in names if name not in OF_PEOPLE},
        **{name: rounded_part(everybody[name], everybody[WHOLE_OF[name]], k) for name in OF_PEOPLE if name in WHOLE_OF},
    }
    several = len(broadcasts) > 1
    people = everybody["people"]
    return {**found, "people": rounded_part(people, everybody["accepted"], k) if several else _down(people)}


def _added(name: str, moving: Sequence[Mapping[str, int]], shown: Sequence[Cube], k: int) -> int | None:
    open_ones = [rounded_count(name, each, k) for each in moving]
    figures = [figure.value for figure in (cube.read(name) for cube in shown) if isinstance(figure, Shown)]
    count = sum(int(figure) for figure in figures) + sum(each or 0 for each in open_ones)
    # Fewer than ten would be a bound on what is left of it, and need not be true.
    is_loose = None in open_ones or (bool(moving) and name in MADE_OF)
    return None if is_loose and count < STEP else count


def rounded_count(name: str, counts: Mapping[str, int], k: int) -> int | None:
    """A count of one open broadcast by its name, rounded down; ``None`` is kept back."""
    if name in WHOLE_OF:
        return rounded_part(counts.get(name, 0), counts.get(WHOLE_OF[name], 0), k)
    parts = [counts.get(each, 0) for each in MADE_OF.get(name, (name,))]
    parts[-1] -= sum(parts[:-1])
    return sum(map(_down, parts))


def rounded_part(count: int, whole: int, k: int) -> int | None:
    """A part rounded down so that at least k more values are possible below a whole that will be known."""
    most = _down(whole) - (STEP if whole % STEP < k else 0)
    if whole >= STEP and most < STEP:
        return None
    return min(_down(count), max(most, 0))


def _down(count: int) -> int:
    return count // STEP * STEP


def _of_each(broadcasts: Sequence[int]) -> list[dict[str, int]]:
    """The counts that add up, of each of these broadcasts; two queries."""
    sums = {f"sum_{name}": Sum(name) for name in SUMMED}
    rows = Margin.objects.filter(broadcast__in=broadcasts, axis=Axis.ALL).order_by().values("broadcast")
    found = [{name.removeprefix("sum_"): count for name, count in row.items()} for row in rows.annotate(**sums)]
    shared = CohortRollup.objects.filter(cohort__broadcast__in=broadcasts).order_by().values("cohort__broadcast")
    return found + [{"cohort_clicks": row["sum_clicks"]} for row in shared.annotate(sum_clicks=Sum("clicks"))]
