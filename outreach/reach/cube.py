"""The figures of one snapshot as cells that may be read: nothing behind this knows a count that is hidden."""

from collections.abc import Mapping, Sequence
from typing import Any

from . import disclosure
from .counts import ALL, AXES, OPEN, key_of
from .disclosure import Cell, Hidden, Shown, Unknown
from .metrics import Count, Share
from .snapshots import payload
from .snapshots.sealed import KNOWN_BY

__all__ = ["ALL", "AXES", "OPEN", "Cube"]


class Cube:
    """``figures`` are those of a payload for one k: by count and name of the cell."""

    def __init__(self, figures: Mapping[str, Mapping[str, Any]]) -> None:
        self._figures = figures

    def count(self, metric: Count, places: Mapping[str, str]) -> Cell:
        """The figure of a count in one cell, as it was stored."""
        return self.read(metric.slug, places)

    def read(self, name: str, places: Mapping[str, str] | None = None) -> Cell:
        """The figure of the count with this name; a place that is not there was 0, or unknown."""
        cells = self._figures.get(name)
        if cells is None:
            return Unknown()
        stored = cells.get(payload.name_of(key_of(**(places or {}))), payload.UNKNOWN if name in KNOWN_BY else 0)
        if stored == payload.UNKNOWN:
            return Unknown()
        return Hidden() if stored is None else Shown(stored)

    def share(self, metric: Share) -> Cell:
        """The figure of a share over everything, as it may be read."""
        parts = [self.total(name) for name in metric.numerator]
        return disclosure.share(parts=parts, whole=disclosure.added([self.total(name) for name in metric.denominator]))

    def places(self, axis: str, names: Sequence[str] = ("accepted", "people", "cohort_clicks")) -> set[str]:
        """Which places on an axis the snapshot knows."""
        found = {
            payload.key_of(cell)[AXES.index(axis)]
            for name in names
            for cell in self._figures.get(name, ())
            if axis in cell
        }
        return {str(place) for place in found} - {ALL}

    def total(self, name: str) -> Cell:
        """The figure of a count over everything."""
        # Attempted is not stored: it is the sum of these two, and hidden where one of them is.
        if name == "attempted":
            return disclosure.added([self.total(each) for each in ("accepted", "unaccepted")])
        return self.read(name)
