"""Machines apart from people: what each did, and what gave the machines away."""

from django.utils.translation import gettext as _

from outreach.tracking.hits.machines import MachineReason

from . import metrics
from .counts import OTHER_REASON
from .cube import Cube
from .disclosure import Cell, Unknown
from .reports import Column, Row, Table


def machine_table(cube: Cube) -> Table:
    """What machines did by reason, below what people did; of earlier definitions nothing is known by reason."""
    reasons = dict(MachineReason.choices) | {OTHER_REASON: _("another reason")}
    names = ("machine_click_reasons", "machine_open_reasons")
    known = cube.places("reason", names)
    found = [reason for reason in (*reasons, *sorted(known - reasons.keys())) if reason in known]
    clicks: list[tuple[str, Cell, Cell]] = [
        (_("People, over personal links"), cube.of(metrics.CLICKED), cube.of(metrics.OPENED)),
        (_("People, over shared links"), cube.of(metrics.COHORT_CLICKS), Unknown()),
    ]
    for reason in found:
        label = _("Machines: %(reason)s") % {"reason": reasons.get(reason, reason)}
        by_click, by_open = (cube.read(name, {"reason": reason}) for name in names)
        clicks.append((label, by_click, by_open))
    together = tuple(cube.of(each) for each in (metrics.MACHINE_CLICKS, metrics.MACHINE_OPENS))
    total = Row(_("All machines"), together, is_total=True)
    rows = [Row(label, (by_click, by_open)) for label, by_click, by_open in clicks] if found else []
    columns = (Column(_("Clicks")), Column(_("Opens")))
    name = _("People and machines, by what gives a machine away")
    return Table("machine", name, _("Who"), columns, (*rows, total) if rows else (), charted=2)
