"""What a report covers and what its figures mean, in the order in which every page and file prints it."""

from datetime import datetime

from django.utils.translation import gettext as _

from outreach.broadcasts.office_time import office_zone

from .metrics import Metric
from .standing import Standing, standing
from .tables import PUBLIC_K, Report


def about(report: Report) -> list[tuple[str, str]]:
    """What a report covers, name and value; the first four can stand alone."""
    stands = standing(report)
    demo = {"all": _("Demo data"), "some": _("Includes demo data")}
    facts = [
        (_("Covers"), report.title),
        (_("Data"), demo.get(report.demo, _("Real data"))),
        (_("Period"), stands.period),
        (_("Status"), stands.label),
        (_("Meaning of the status"), stands.meaning),
    ]
    if stands.reason:
        facts.append((_("Reason of the correction"), stands.reason))
    facts += [
        (_("Counted"), _counted(stands)),
        (_("Smallest count shown"), str(report.k)),
        (_("Version of the definitions"), stands.definitions),
    ]
    if stands.digest:
        facts.append((_("Digest of what is stored (SHA-256)"), stands.digest))
    if report.k >= PUBLIC_K:
        # The titles of broadcasts are for staff.
        return facts
    return facts + [(_("Broadcast"), f"{broadcast.pk}: {broadcast.title}") for broadcast in report.broadcasts]


def _counted(stands: Standing) -> str:
    """When; both ends where broadcasts were counted one after the other."""
    first, last = moment_text(stands.taken_at), moment_text(stands.taken_until or stands.taken_at)
    if first == last:
        return first
    return _("each broadcast by itself, the first at %(first)s, the last at %(last)s") % {"first": first, "last": last}


def definition(metric: Metric) -> list[tuple[str, str]]:
    """Everything that defines a metric, each part with its name; a text that was kept knows its language."""
    parts = [
        (_("Name"), metric.name),
        (_("Definition"), metric.definition),
        (_("Formula"), metric.formula),
        (_("Unit"), metric.unit),
        (_("What it is not"), metric.is_not),
        (_("When it is unknown"), metric.unknown),
        (_("Limits"), metric.limits),
        (_("Broken down by"), metric.disaggregation),
        (_("How often"), metric.frequency),
        (_("Level"), metric.level),
        (_("Source"), metric.source),
        (_("Indicator"), metric.code),
        (_("Version"), metric.version),
    ]
    return [(name, text if isinstance(text, str) else str(text)) for name, text in parts if text]


def moment_text(moment: datetime | None) -> str:
    """A moment as files and facts have it."""
    return moment.astimezone(office_zone()).strftime("%Y-%m-%d %H:%M %Z") if moment else "…"
