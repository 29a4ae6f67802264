"""What a results framework says in words, the same on the page and in the files."""

from django.utils.translation import gettext as _

from outreach.reach.coverage import too_small
from outreach.reach.disclosure import Cell, FewerThan, Hidden, Shown, Unknown
from outreach.reach.metrics import BY_CODE

from . import readings
from .actuals import COUNTED, ENTERED, Actual, Cost
from .framework import Indicator
from .logframe import Covered
from .readings import period, words
from .sources import SOURCES


def how(actual: Actual) -> str:
    """Whether an actual was counted or entered; empty where there is none."""
    if actual.how == COUNTED:
        return _("counted, provisional") if actual.provisional else _("counted")
    return _("entered") if actual.how == ENTERED else ""


def basis(actual: Actual) -> str:
    """What an actual rests on: n, change, interval, evidence; and why an entered value is hidden. Else empty."""
    parts = [of_how_many(actual.n), actual.change, actual.interval]
    if actual.how == ENTERED and isinstance(actual.value, Hidden):
        parts.append(_("hidden because it tells of fewer than %(number)d people") % {"number": readings.SMALL})
    parts.append(_("evidence %(grade)s") % {"grade": actual.grade} if actual.grade else "")
    return "; ".join(filter(None, parts))


def of_how_many(n: Cell) -> str:
    """The n of a value; empty where there is none."""
    if isinstance(n, FewerThan):
        return f"n < {n.value}"
    return f"n = {n.value}" if isinstance(n, Shown) else ""


def baseline(indicator: Indicator) -> str:
    """The baseline; one that is empty was not measured, which is not 0."""
    if not indicator.has_baseline:
        return _("not measured")
    return words(readings.baseline(indicator))


def cost(found: Cost) -> str:
    """What a person reached cost, or that it is unknown."""
    if found.amount is None:
        return _("unknown")
    amount = f"{found.amount} {found.currency}"
    return _("at most %(amount)s") % {"amount": amount} if found.at_most else amount


def sheet(indicator: Indicator) -> list[tuple[str, str]]:
    """The definition sheet: each part with its name; parts that nobody wrote are left out."""
    source, metric = SOURCES.get(indicator.metric), BY_CODE.get(indicator.metric)
    counted = _("Counted by the system: %(name)s") % {"name": source.name} if source else _("Entered by people")
    measured = f"{indicator.baseline_date}" if indicator.baseline_date else ""
    asked = of_how_many(readings.asked_or_counted(indicator, indicator.baseline_n))
    parts = [
        (_("Code"), indicator.code),
        (_("Level"), indicator.result.get_level_display()),
        (_("Result"), indicator.result.statement),
        (_("Definition"), indicator.definition),
        (_("Formula"), indicator.formula),
        (_("Unit"), str(indicator.get_unit_display())),
        (_("Broken down by"), indicator.disaggregation),
        (_("Actual"), counted),
        (_("What is counted"), metric.definition if metric else ""),
        (_("Limits of the count"), metric.limits if metric else ""),
        (_("A quarter covers"), str(indicator.get_basis_display())),
        (_("Source of verification"), indicator.verification),
        (_("Method"), indicator.method),
        (_("How often"), indicator.frequency),
        (_("Responsible"), indicator.owner),
        (_("Baseline"), "; ".join(filter(None, [baseline(indicator), measured, asked]))),
        (_("Limits"), indicator.limits),
        (_("Version"), str(indicator.version)),
    ]
    return [(name, str(text)) for name, text in parts if text]


def overlap() -> str:
    """Why estimates have no sum."""
    return _("Estimates of mass media and events overlap. They are never added up, nor to people reached.")


def sizes() -> str:
    """What the size of a group is for."""
    return _(
        "The second figure of segment coverage (R3): people reached against the size of the group that a source gives "
        "for a year. Without such an estimate it is unknown."
    )


def coverage(found: Covered) -> str:
    """How far the coverage of a group stands, and whether its estimate is too small; empty where it is unknown."""
    if found.share == Unknown():
        return ""
    parts = [_("counted, provisional") if found.provisional else _("counted")]
    return "; ".join([*parts, too_small()] if found.is_too_small else parts)


def once() -> str:
    """Why quarters have no sum."""
    return _("People count once over the whole campaign: the cumulative figure is less than the sum of its quarters.")


def limits() -> list[str]:
    """What a reader has to know of every results framework."""
    return [
        _("An empty baseline was not measured. That is not 0, and nothing is compared with it."),
        _(
            "Counted figures come from the delivery ledger, the pages of the site and its reading counter. Entered "
            "ones were written down, with their source."
        ),
        _(
            "Provisional figures of people and messages are rounded down to tens and show nothing by gender until "
            "their period is frozen. Those of pages and visits are exact, and can change until then."
        ),
        _(
            "A mean or a share of fewer than %(number)d people is hidden, and so is a share that tells of so few. "
            "Counts of items, page views and visits are shown however small they are."
        )
        % {"number": readings.SMALL},
        once(),
        overlap(),
        _("A change between two surveys is not the work of the campaign unless there is a group to compare with."),
    ]


def days(actual: Actual) -> str:
    """The days that an actual covers."""
    return period(actual.first, actual.last)
