"""Reach that is never added to subscribers reached: visits to the site, events, radio, posters."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from outreach.broadcasts.campaign import Campaign
from outreach.broadcasts.days import write_day
from outreach.tracking import reading

from . import disclosure, metrics
from .documents.document import Sheet
from .indicators.records import Estimate
from .metrics import Metric
from .metrics.kept import TODAY, Definitions
from .reports import Apart


def count_apart(*, first_day: date, last_day: date, campaign: Campaign | None) -> dict[str, Any]:
    """What a snapshot of a period keeps of it: page views of the whole site, and the estimates of a campaign or of all.

    Views are ``None`` where the site counted no reader. An estimate belongs to the period in which its last day lies.
    """
    seen = reading.visits(since=first_day, until=last_day + timedelta(days=1))
    found = Estimate.objects.filter(last_day__gte=first_day, last_day__lte=last_day)
    if campaign is not None:
        found = found.filter(campaign=campaign)
    names = ("medium", "title", "number", "method", "grade", "source", "place")
    estimates = [
        {name: getattr(each, name) for name in names}
        | {"first_day": each.first_day.isoformat(), "last_day": each.last_day.isoformat()}
        for each in found.order_by("last_day", "pk")
    ]
    return {"views": seen.views if seen.views or seen.machine_views else None, "estimates": estimates}


def rows_of(stored: Mapping[str, Any], *, k: int, defined: Definitions = TODAY) -> tuple[Apart, ...]:
    """What a snapshot kept, in the language in use; people who were counted one by one are told from ``k`` on."""
    views = Apart(
        name=_("Page views on the site"),
        value=stored["views"],
        unit=_("page views, not people"),
        method=_("Counted by the server, without cookies; staff and known machines left out. The whole site."),
        metric=defined.of(metrics.VISITS),
    )
    estimated = defined.of(metrics.ESTIMATED_AUDIENCE)
    estimates = [_estimate(each, k, estimated) for each in stored["estimates"]]
    return (*([views] if stored["views"] is not None else []), *estimates)


def _estimate(each: Mapping[str, Any], k: int, metric: Metric) -> Apart:
    method = Estimate.Method(each["method"])
    evidence = {"method": method.label, "grade": each["grade"]}
    days = sorted({date.fromisoformat(each[name]) for name in ("first_day", "last_day")})
    when = " – ".join(map(write_day, days))
    return Apart(
        name=f"{Estimate.Medium(each['medium']).label}: {each['title']}",
        value=disclosure.few(people=each["number"], k=k) if method in Estimate.ONE_BY_ONE else each["number"],
        unit=_("people, as reported"),
        method=_("%(method)s, evidence %(grade)s; %(when)s") % {**evidence, "when": when},
        source=" · ".join(filter(None, [each["source"], each["place"]])),
        metric=metric,
    )


def apart_sheet(rows: Sequence[Apart]) -> Sheet:
    """The rows as a table of a file, in the language in use."""
    return Sheet(
        slug="apart",
        title=_("Other reach, never added to people reached"),
        headings=(_("What"), _("Figure"), _("Unit"), _("Method"), _("Source")),
        rows=[(each.name, each.value, each.unit, each.method, each.source) for each in rows],
        note=_("These figures count something else: adding them up would count the same people several times."),
    )
