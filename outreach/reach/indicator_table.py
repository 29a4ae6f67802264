"""The closed list of indicators with their figures of one period: what was counted, and what only people can enter."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext as _

from .cube import Cube
from .disclosure import Cell, Shown
from .metrics import INDICATORS, MACHINE_OPENS, Metric
from .reports import Column, Row, Table

SLUG = "indicators"

ROUGH = "R3"
"""In whole per cent, because its whole is known in tens."""

MEANS = frozenset({"R2"})
"""Quotients that are no shares: so many for each."""


def indicator_table(cube: Cube, site: Mapping[str, int]) -> Table:
    """Each indicator of the list that is counted, unknown where nothing is known; others are entered by people.

    ``site`` has what the whole site counted in the same period, by the names of the counts, and the active subscribers
    of all campaigns in tens.
    """
    figures = _Figures(cube, site)
    # What machines opened stands beside what people did.
    beside = {"E2": [MACHINE_OPENS]}
    counted = [metric for each in INDICATORS if not each.is_entered for metric in (each, *beside.get(each.code, []))]
    rows = tuple(Row(f"{each.code} {each.name}", (figures.of(each),), metric=each) for each in counted)
    title = _("Counted indicators; of content and readers those of the whole site")
    return Table(SLUG, title, _("Indicator"), (Column(_("Figure")),), rows)


class _Figures:
    def __init__(self, cube: Cube, site: Mapping[str, int]) -> None:
        self.cube, self.site = cube, site

    def of(self, metric: Metric) -> Cell:
        """Its figure as it may be read."""
        found = metric.cell(self._count)
        if metric.code == ROUGH and isinstance(found, Shown):
            return Shown(Fraction(round(Fraction(found.value) * 100), 100))
        if metric.code in MEANS and isinstance(found, Shown):
            exact = Fraction(found.value)
            return Shown(round(Decimal(exact.numerator) / exact.denominator, 2))
        return found

    def _count(self, name: str) -> Cell:
        return Shown(self.site[name]) if name in self.site else self.cube.read(name)
