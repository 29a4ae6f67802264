"""The second figure of segment coverage (R3): people reached against the estimated size of their group.

It is shown only where a source with its year is cited, and only as far as the people reached are: a share of a size
that everybody knows would tell a hidden count.
"""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from outreach.broadcasts.campaign import Campaign
from outreach.broadcasts.segment_names import segment_names

from . import disclosure, printing
from .cube import Cube
from .disclosure import AtLeast, Cell, Hidden, Shown, Unknown
from .indicators.populations import PopulationEstimate, group_name

KEPT = ("segment", "gender", "people", "year", "source")


def kept_populations(*, last_day: date, campaign: Campaign | None) -> list[dict[str, Any]]:
    """What a snapshot of a campaign's period keeps: of each group the latest estimate up to the period's last year."""
    if campaign is None:
        return []
    names = segment_names()
    found = PopulationEstimate.objects.filter(campaign=campaign, year__lte=last_day.year)
    newest = {(each.segment, each.gender): each for each in found.order_by("year", "pk")}
    return [
        {name: getattr(each, name) for name in KEPT} | {"name": names.get(each.segment, each.segment)}
        for _group, each in sorted(newest.items())
    ]


def is_kept(kept: Mapping[str, Any], population: PopulationEstimate) -> bool:
    """Whether an estimate still says what a snapshot kept of it."""
    return all(kept[name] == getattr(population, name) for name in KEPT)


def covered(*, reached: Cell, people: int, k: int) -> Cell:
    """The share of a group of so many ``people`` that was reached; it can pass 1 where the estimate is too small.

    Hidden where the people reached are, and where they leave fewer than ``k`` others or nobody: everybody is told then.
    """
    if isinstance(reached, Shown) and 0 <= people - reached.value < k:
        return Hidden()
    if isinstance(reached, AtLeast):
        return AtLeast(Fraction(reached.value) / people) if reached.value else Hidden()
    return disclosure.share(parts=[reached], whole=Shown(people)) if reached != Unknown() else reached


def coverage(cube: Cube, kept: Mapping[str, Any], k: int) -> Cell:
    """The figure of one group of a frozen period, from the people reached as they may be read with this ``k``."""
    places = {axis: kept[axis] for axis in ("segment", "gender") if kept[axis]}
    return covered(reached=cube.read("people", places), people=kept["people"], k=k)


def cited(kept: Mapping[str, Any], cell: Cell) -> str:
    """The group with the size, the year and the source of its estimate, and whether that is too small."""
    parts = {
        "group": group_name(segment=kept["name"], gender=kept["gender"]),
        "people": printing.number(kept["people"]),
        "year": str(kept["year"]),
        "source": kept["source"],
    }
    said = _("%(group)s: estimated %(people)s people in %(year)s, source: %(source)s") % parts
    return f"{said}. {too_small()}" if is_too_small(cell) else said


def is_too_small(cell: Cell) -> bool:
    """Whether more people were reached than were estimated."""
    return isinstance(cell, Shown | AtLeast) and cell.value > 1


def too_small() -> str:
    """What a share of more than all says."""
    return _(
        "More people were reached than were estimated: the estimate is too small, or people of other groups are among "
        "them."
    )
