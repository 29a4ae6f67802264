"""Headline totals of what can still change, rounded down: their growth tells of nobody.

A period adds up what is shown of its closed broadcasts and the rounded totals of the others, so that its totals say
nothing that these don't; only its people, who do not add up, are counted and then rounded.
"""

from collections.abc import Sequence

from django.db.models import Sum

from outreach.broadcasts.models import Broadcast

from . import metrics
from .counts import totals
from .cube import Cube
from .disclosure import AtLeast, Cell, FewerThan, Shown, Unknown
from .metrics import Count
from .models import Axis, CohortRollup, Margin
from .reports import Figure
from .snapshots.models import Snapshot
from .snapshots.reading import content_of, newest_of

STEP = 10
"""Totals are whole multiples of this."""

HEADLINES: tuple[Count, ...] = (metrics.REACHED, metrics.ACCEPTED, metrics.CLICKED, metrics.COHORT_CLICKS)


def rounded(count: int) -> Cell:
    """At least a whole multiple of ten; below ten, fewer than ten."""
    return AtLeast(count // STEP * STEP) if count >= STEP else FewerThan(STEP)


def headlines(*, broadcasts: Sequence[Broadcast], k: int) -> tuple[Figure, ...]:
    """The totals of one open broadcast, or of a period that is not frozen."""
    closed = newest_of(broadcasts)
    together = totals([each.pk for each in broadcasts])
    moving = _of_each([each.pk for each in broadcasts if each.pk not in closed])
    return tuple(Figure(metric, _cell(metric, together, moving, list(closed.values()), k)) for metric in HEADLINES)


def _of_each(broadcasts: Sequence[int]) -> list[dict[str, int]]:
    """The counts that add up, of each of these broadcasts; two queries."""
    rows = Margin.objects.filter(broadcast__in=broadcasts, axis=Axis.ALL).order_by().values("broadcast")
    sums = rows.annotate(sum_accepted=Sum("accepted"), sum_clicked=Sum("clicked"))
    found = [{"accepted": row["sum_accepted"], "clicked": row["sum_clicked"]} for row in sums]
    shared = CohortRollup.objects.filter(cohort__broadcast__in=broadcasts).order_by().values("cohort__broadcast")
    return found + [{"cohort_clicks": row["sum_clicks"]} for row in shared.annotate(sum_clicks=Sum("clicks"))]


def _cell(
    metric: Count, together: dict[str, int], moving: Sequence[dict[str, int]], closed: Sequence[Snapshot], k: int
) -> Cell:
    if metric.value(together) is None:
        return Unknown()
    if metric is metrics.REACHED:
        return rounded(together["people"])
    known = sum(each.get(metric.slug, 0) // STEP * STEP for each in moving)
    for snapshot in closed:
        cell = Cube(content_of(snapshot)["figures"][str(k)]).count(metric, {})
        known += int(cell.value) if isinstance(cell, Shown) else 0
    return rounded(known)
