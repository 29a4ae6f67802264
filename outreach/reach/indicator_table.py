"""The closed list of indicators with their figures of one period: what was counted, and what only people can enter."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from .coverage import cited, coverage
from .cube import Cube
from .disclosure import Cell, Shown, Unknown, whole_per_cent
from .metrics import COVERAGE, INDICATORS, MACHINE_OPENS, POPULATION_COVERAGE, Metric
from .metrics.kept import TODAY, Definitions
from .reports import Column, Row, Table
from .site_counts import cell_of

SLUG = "indicators"

ROUGH = "R3"
"""In whole per cent, because its whole is known in tens."""

MEANS = frozenset({"R2"})
"""Quotients that are no shares: so many for each."""


def indicator_table(
    cube: Cube,
    site: Mapping[str, int],
    *,
    k: int,
    populations: Sequence[Mapping[str, Any]] = (),
    defined: Definitions = TODAY,
) -> Table:
    """Each indicator of the list that is counted, unknown where nothing is known; others are entered by people.

    ``site`` has what the whole site counted in the same period, by the names of the counts, and the active subscribers
    of all campaigns in tens; ``populations`` the estimates that were kept with the figures. ``k`` is the smallest
    number of people that is told.
    """
    figures = _Figures(cube, site, k)
    rows: list[Row] = []
    for metric in (defined.of(each) for each in INDICATORS if not each.is_entered):
        rows.append(Row(_label(metric), (figures.of(metric),), metric=metric))
        if metric.slug == COVERAGE.slug:
            rows += _covered(cube, populations, k, defined.of(POPULATION_COVERAGE))
        if metric.code == MACHINE_OPENS.code:
            # What machines opened stands beside what people did.
            machines = defined.of(MACHINE_OPENS)
            rows.append(Row(_label(machines), (figures.of(machines),), metric=machines))
    title = _("Counted indicators; readers and subscribers are those of the whole site")
    return Table(SLUG, title, _("Indicator"), (Column(_("Figure")),), tuple(rows))


def _label(metric: Metric) -> str:
    return f"{metric.code} {metric.name}"


def _covered(cube: Cube, populations: Sequence[Mapping[str, Any]], k: int, metric: Metric) -> Iterable[Row]:
    """A row for each group of which the size is estimated; one that knows nothing where there is none."""
    if not populations:
        yield Row(_label(metric), (Unknown(),), metric=metric)
    for each in populations:
        cell = coverage(cube, each, k)
        yield Row(f"{_label(metric)}. {cited(each, cell)}", (cell,), metric=metric)


class _Figures:
    def __init__(self, cube: Cube, site: Mapping[str, int], k: int) -> None:
        self.cube, self.site, self.k = cube, site, k

    def of(self, metric: Metric) -> Cell:
        """Its figure as it may be read."""
        found = metric.cell(self._count)
        if metric.code == ROUGH:
            return whole_per_cent(found)
        if metric.code in MEANS and isinstance(found, Shown):
            exact = Fraction(found.value)
            return Shown(round(Decimal(exact.numerator) / exact.denominator, 2))
        return found

    def _count(self, name: str) -> Cell:
        return cell_of(self.site, name, k=self.k) if name in self.site else self.cube.read(name)
