"""The figures of one snapshot as cells that may be read: nothing behind this knows a count that is hidden."""

from collections.abc import Mapping, Sequence
from typing import Any

from . import disclosure
from .counts import ALL, AXES, BY_REASON, GENDERS, OPEN, key_of
from .disclosure import Cell, Hidden, Shown, Unknown
from .metrics import Metric
from .snapshots import payload
from .snapshots.sealed import KNOWN_BY

__all__ = ["ALL", "AXES", "OPEN", "Cube"]

SUMS = {"attempted": ("accepted", "bounced", "failed"), "missed": ("bounced", "failed", "unsent")}
"""Counts that are not stored: each is the sum of these, and hidden where one of them is."""

GENDER_OF = {name: gender for gender, name in GENDERS.items()}

BEFORE = "unaccepted"
"""A count that only snapshots of the definitions 1 and 2 have. Of :data:`ONLY_TOTALS` these have no other cells."""

OF_OPENS = frozenset({"opened", "machine_opened", "machine_open_reasons"})
"""Unknown, and not 0, where nobody reached allows opens to be seen."""

ONLY_TOTALS = frozenset({"withdrawn", "trackable_people", "opened", "open_trackable"})


class Cube:
    """``figures`` are those of a payload for one k: by count and name of the cell."""

    def __init__(self, figures: Mapping[str, Mapping[str, Any]]) -> None:
        self._figures = figures
        self.is_before = BEFORE in figures

    def of(self, metric: Metric, places: Mapping[str, str] | None = None) -> Cell:
        """The figure of a metric in one cell: a count as it was stored, a share from such counts."""
        return metric.cell(lambda name: self.read(name, places))

    def read(self, name: str, places: Mapping[str, str] | None = None) -> Cell:
        """The count with this name, or the people of a gender; a place that is not there was 0, or unknown."""
        if name in GENDER_OF:
            return self.read("people", {**(places or {}), "gender": GENDER_OF[name]})
        if name in SUMS and not (self.is_before and name == "attempted" and not places):
            return disclosure.added([self.read(each, places) for each in SUMS[name]])
        if name == "attempted":
            return disclosure.added([self.read("accepted"), self.read(BEFORE)])
        # A count by reason is not there where there was nothing to count.
        cells = self._figures.get(name, {} if name in BY_REASON and not self.is_before else None)
        if cells is None or (places and self.is_before and name in ONLY_TOTALS):
            return Unknown()
        stored = cells.get(payload.name_of(key_of(**(places or {}))), payload.UNKNOWN if name in KNOWN_BY else 0)
        if stored == payload.UNKNOWN or (stored == 0 and name in OF_OPENS and self._nobody_shows_opens()):
            return Unknown()
        return Hidden() if stored is None else Shown(stored)

    def _nobody_shows_opens(self) -> bool:
        return self._figures.get("open_trackable", {}).get("", 0) == 0

    def places(self, axis: str, names: Sequence[str] = ("accepted", "people", "cohort_clicks")) -> set[str]:
        """Which places on an axis the snapshot knows."""
        found = {
            payload.key_of(cell)[AXES.index(axis)]
            for name in names
            for cell in self._figures.get(name, ())
            if axis in cell
        }
        return {str(place) for place in found} - {ALL}
