"""Reach that is never added to subscribers reached: visits to the site, events, radio, posters."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from .documents.document import Sheet, Value


@dataclass(frozen=True)
class Apart:
    """One row that stands for itself. ``method`` says how the figure came about, and whether it is an estimate."""

    name: str
    value: Value
    unit: str
    method: str
    source: str = ""


def apart_sheet(rows: Sequence[Apart]) -> Sheet:
    """The rows as a table of a file, in the language in use."""
    return Sheet(
        slug="apart",
        title=_("Other reach, never added to people reached"),
        headings=(_("What"), _("Figure"), _("Unit"), _("Method"), _("Source")),
        rows=[(each.name, each.value, each.unit, each.method, each.source) for each in rows],
        note=_("These figures count something else: adding them up would count the same people several times."),
    )
