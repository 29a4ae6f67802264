"""Headline totals of what can still change, rounded down: their growth tells of nobody.

A period adds up what is shown of its closed broadcasts and the rounded totals of the others, so that its totals say
nothing that these don't; only its people, who do not add up, are counted and then rounded.
"""

from collections.abc import Collection, Mapping, Sequence
from itertools import product

from django.db.models import Sum

from outreach.broadcasts.models import Broadcast

from . import metrics
from .counts import SUMMED, totals
from .cube import Cube
from .disclosure import AtLeast, Cell, FewerThan, Shown
from .metrics import Count
from .models import Axis, CohortRollup, Margin
from .reports import Figure
from .snapshots.reading import content_of, newest_of

OF_PEOPLE = ("people", "clickers", "trackable_people")

STEP = 10
"""Totals are whole multiples of this."""

HEADLINES: tuple[Count, ...] = (metrics.REACHED, metrics.ACCEPTED, metrics.CLICKED, metrics.COHORT_CLICKS)


def rounded(count: int) -> Cell:
    """At least a whole multiple of ten; below ten, fewer than ten."""
    return AtLeast(count // STEP * STEP) if count >= STEP else FewerThan(STEP)


def headlines(*, broadcasts: Sequence[Broadcast], k: int) -> tuple[Figure, ...]:
    """The totals of one open broadcast, or of a period that is not frozen."""
    together = totals([each.pk for each in broadcasts])
    added = known(broadcasts=broadcasts, names=[metric.slug for metric in HEADLINES], k=k, together=together)
    return tuple(
        # Never unknown: that it is known would tell of the first person who can be seen to click.
        Figure(metric, rounded(added[metric.slug]))
        for metric in HEADLINES
    )


def known(
    *, broadcasts: Sequence[Broadcast], names: Collection[str], k: int, together: Mapping[str, int] | None = None
) -> dict[str, int]:
    """Counts of these broadcasts together, from what may be read of each; with them the people, still to be rounded.

    ``together`` are the totals, where they are known already.
    """
    closed = newest_of(broadcasts)
    moving = _of_each([each.pk for each in broadcasts if each.pk not in closed], names)
    shown = [Cube(content_of(snapshot)["figures"][str(k)]) for snapshot in closed.values()]
    found = {name: sum(each.get(name, 0) // STEP * STEP for each in moving) for name in names}
    for name, cube in product(names, shown):
        figure = cube.read(name)
        found[name] += int(figure.value) if isinstance(figure, Shown) else 0
    people = together or totals([each.pk for each in broadcasts])
    return {**found, **{name: people[name] for name in OF_PEOPLE}}


def _of_each(broadcasts: Sequence[int], names: Collection[str]) -> list[dict[str, int]]:
    """The counts that add up, of each of these broadcasts; two queries."""
    sums = {f"sum_{name}": Sum(name) for name in names if name in SUMMED}
    rows = Margin.objects.filter(broadcast__in=broadcasts, axis=Axis.ALL).order_by().values("broadcast")
    found = [{name.removeprefix("sum_"): count for name, count in row.items()} for row in rows.annotate(**sums)]
    shared = CohortRollup.objects.filter(cohort__broadcast__in=broadcasts).order_by().values("cohort__broadcast")
    return found + [{"cohort_clicks": row["sum_clicks"]} for row in shared.annotate(sum_clicks=Sum("clicks"))]
