"""Reach over time: the people of each month or quarter of a long period, and all up to its end."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from .cube import Cube
from .disclosure import AtLeast, Cell, Hidden, Shown
from .metrics import Metric
from .periods import parse
from .reports import Column, Row, Table


def over_time_table(cube: Cube, parts: Sequence[Mapping[str, Any]], unit: str, reached: Metric) -> Table:
    """The people of each part of a long period, and all up to its end, each once; ``reached`` says who they are."""
    everybody = cube.of(reached)
    rows = []
    for each in parts:
        own = AtLeast(each["people"]) if each["least"] else _cell(each["people"])
        total = everybody if each is parts[-1] else _cell(each["total"])
        rows.append(Row(parse(each["code"]).name, (own, total)))
    if rows:
        rows.append(Row(_("All"), (everybody, everybody), is_total=True))
    columns = (Column(str(reached.name), reached), Column(_("Up to then, each person once")))
    names = {
        "month": (_("People reached, month by month"), _("Month")),
        "quarter": (_("People reached, quarter by quarter"), _("Quarter")),
    }
    return Table(unit, *names[unit], columns, tuple(rows), charted=1)


def _cell(stored: int | None) -> Cell:
    return Hidden() if stored is None else Shown(stored)
