"""Everything to look at before a broadcast is submitted or approved: what stops it, what to think about, what is right.

A line stops exactly where :mod:`~outreach.broadcasts.readiness` names an obstacle.
"""

from dataclasses import dataclass
from datetime import datetime

from outreach.broadcasts.matrix import Matrix, matrix
from outreach.broadcasts.models import Broadcast
from outreach.broadcasts.pace import paces
from outreach.broadcasts.readiness import Obstacle, Subject, obstacles

from . import lines
from .before import planned_before
from .lines import Line, Verdict, stopping
from .people import People, people

__all__ = ["Line", "Preflight", "Verdict", "preflight"]


@dataclass(frozen=True)
class Preflight:
    """The lines, and the people that they speak of, as of now."""

    lines: tuple[Line, ...]
    people: People

    @property
    def verdict(self) -> Verdict:
        """The gravest of its lines."""
        found = {line.verdict for line in self.lines}
        return next(verdict for verdict in (Verdict.STOP, Verdict.LOOK, Verdict.PASS) if verdict in found)


def preflight(broadcast: Broadcast, *, exactly: bool = True, now: datetime) -> Preflight:
    """Look at everything, for somebody who may see each person (``exactly``) or not. ``now`` is UTC.

    Two queries over the audience, whatever its size. Until a segment is chosen nothing is said that depends on people.
    """
    cells = matrix(broadcast, exactly=exactly)
    stops = obstacles(broadcast, cells)
    counted = people(broadcast, exactly=exactly)
    told = counted if broadcast.is_welcome or broadcast.segments.exists() else None
    planned = paces(broadcast, messages=counted.by_channel, now=now) if told and not broadcast.is_welcome else []
    return Preflight(
        lines=(
            stopping(stops, Subject.AUDIENCE, lines.audience(broadcast, counted)),
            lines.campaign(broadcast),
            stopping(stops, Subject.TEXTS, _about_having_texts(broadcast, cells, told)),
            *_about_texts(cells, stops, told, is_welcome=broadcast.is_welcome),
            *lines.sizes(cells),
            *_about_frequency(broadcast, told, now),
            *map(lines.speed, planned),
            *lines.deadline(broadcast, planned),
            *([lines.quiet(broadcast, planned)] if told else []),
            lines.sandbox(broadcast),
            lines.approval(broadcast),
        ),
        people=counted,
    )


def _about_having_texts(broadcast: Broadcast, cells: Matrix, told: People | None) -> Line:
    """Whether everybody has a text, once it is known who everybody is."""
    if broadcast.is_welcome:
        return lines.texts_for_joiners(cells)
    return lines.texts(told) if told else lines.texts_alone()


def _about_frequency(broadcast: Broadcast, told: People | None, now: datetime) -> tuple[Line, ...]:
    """A welcome message answers a joining, however often somebody wants to be written to."""
    if told is None or broadcast.is_welcome:
        return ()
    return (lines.frequency(broadcast, told, planned_before(broadcast, now=now)),)


def _about_texts(cells: Matrix, stops: list[Obstacle], told: People | None, *, is_welcome: bool) -> tuple[Line, ...]:
    """What can be said only where there are texts."""
    if not any(cell.message for cell in cells):
        return ()
    about_all = (stopping(stops, Subject.STALE, lines.stale()), stopping(stops, Subject.LEAVING, lines.leaving()))
    # Who will join nobody can count: the line about texts says what becomes of each language.
    return about_all if told is None or is_welcome else (*about_all, lines.fallback(told))
