"""The figures that the system counts for an indicator: all of the closed list that people do not enter."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import partial

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from outreach.reach.disclosure import Shown
from outreach.reach.metrics import (
    BY_CODE,
    CLICK_RATE,
    COMPLETENESS,
    DELIVERY_RATE,
    FEMALE_SHARE,
    FREQUENCY,
    LEAVING_RATE,
    OPEN_RATE,
    Metric,
)
from outreach.reach.site_counts import figure_of
from outreach.reach.tables import EVALUATORS_K

from .readings import Reading
from .totals import Totals
from .units import Unit


@dataclass(frozen=True)
class Source:
    """A figure that is computed from totals; ``of_site`` are those that need no broadcast."""

    name: Promise
    unit: Unit
    read: Callable[[Totals], Reading]
    of_site: bool = False


def _share(metric: Metric) -> Callable[[Totals], Reading]:
    return lambda found: found.share(metric)


def _frequency(found: Totals) -> Reading:
    mean = found.share(FREQUENCY)
    if not isinstance(mean, Shown):
        return mean
    exact = Fraction(mean.value)
    return round(Decimal(exact.numerator) / exact.denominator, 2)


def _read_site(metric: Metric, found: Totals) -> Reading:
    return figure_of(metric, found.site, k=EVALUATORS_K)


def _of_site(code: str, unit: Unit) -> Source:
    metric = BY_CODE[code]
    return Source(metric.name, unit, partial(_read_site, metric), of_site=True)


SOURCES: dict[str, Source] = {
    "P1": _of_site("P1", Unit.COUNT),
    "P2": _of_site("P2", Unit.SHARE),
    "P3": _of_site("P3", Unit.SHARE),
    "P4": _of_site("P4", Unit.SHARE),
    "R1": Source(_("People reached, each once"), Unit.COUNT, lambda found: found.count("people")),
    "D1": Source(_("Messages attempted"), Unit.COUNT, lambda found: found.count("attempted")),
    "D2": Source(_("Delivery rate"), Unit.SHARE, _share(DELIVERY_RATE)),
    "R2": Source(_("Messages for each person reached"), Unit.MEAN, _frequency),
    "R3": Source(BY_CODE["R3"].name, Unit.SHARE, lambda found: found.coverage()),
    "R4": Source(_("Female share"), Unit.SHARE, _share(FEMALE_SHARE)),
    "R5": Source(_("Gender completeness"), Unit.SHARE, _share(COMPLETENESS)),
    "W1": _of_site("W1", Unit.COUNT),
    "E1": Source(_("Unique click rate"), Unit.SHARE, _share(CLICK_RATE)),
    "E2": Source(BY_CODE["E2"].name, Unit.SHARE, _share(OPEN_RATE)),
    "E3": _of_site("E3", Unit.SHARE),
    "E5": Source(_("Unsubscribe rate"), Unit.SHARE, _share(LEAVING_RATE)),
}
"""By the code of the indicator. R6 is not here: estimates are never added to anything."""
