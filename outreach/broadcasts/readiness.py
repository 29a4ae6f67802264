"""What stands between a broadcast and its approval, each in a sentence that says what to do."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings
from django.utils.translation import gettext as _

from .audience import reaches_anybody
from .matrix import Cell, CellState, Matrix, matrix, texts, why_stale
from .models import Broadcast, Message
from .rendering import problems
from .sources import Source, sources
from .ways_out import lacks_way_out


class Subject(StrEnum):
    """What an obstacle is about."""

    AUDIENCE = "audience"
    TEXTS = "texts"
    STALE = "stale"
    LEAVING = "leaving"


@dataclass(frozen=True)
class Obstacle:
    """One reason why a broadcast can't be submitted or approved as it stands."""

    subject: Subject
    sentence: str


def obstacles(broadcast: Broadcast, cells: Matrix | None = None) -> list[Obstacle]:
    """Every reason why the broadcast can't be submitted or approved as it stands; empty if it can."""
    cells = cells or matrix(broadcast)
    found = [*_choices(broadcast), *_texts(broadcast, cells)]
    if not found and not broadcast.is_welcome and not reaches_anybody(broadcast):
        nobody = _("Nobody would get this broadcast: look at the segments, the languages and who is left out.")
        found.append(Obstacle(Subject.AUDIENCE, nobody))
    return found


def not_ready(broadcast: Broadcast, cells: Matrix | None = None) -> list[str]:
    """The sentences of :func:`obstacles`."""
    return [obstacle.sentence for obstacle in obstacles(broadcast, cells)]


def unfit(broadcast: Broadcast) -> list[str]:
    """Why a message can't be sent any more although its text is the same, for example because a linked page is gone.

    Nobody is counted for it, as for the matrix: with many people that would hold up each start.
    """
    drawn, messages = sources(broadcast), texts(broadcast)
    places = [(channel, language) for language, _name in settings.LANGUAGES for channel in broadcast.channels]
    return [
        f"{message}: {problem}"
        for channel, language in places
        if (message := messages.get((channel, language)))
        for problem in (*problems(message), *_gone(message, drawn.get(language)))
    ]


def _gone(message: Message, source: Source | None) -> Iterator[str]:
    """That nobody can read any more what the text was drawn from; readers would get the words of a page taken down."""
    if message.source_hash and source is None and (why := why_stale(message, source)):
        yield why


def _choices(broadcast: Broadcast) -> Iterator[Obstacle]:
    if not broadcast.is_welcome and not broadcast.segments.exists():
        yield Obstacle(Subject.AUDIENCE, _("No segment is chosen: say who gets it."))
    if not broadcast.channels:
        yield Obstacle(Subject.AUDIENCE, _("No channel is chosen."))


def _texts(broadcast: Broadcast, cells: Matrix) -> Iterator[Obstacle]:
    written = [cell for cell in cells if cell.message]
    if cells.channels and not written:
        yield Obstacle(
            Subject.TEXTS,
            _("There is no text yet: write one in each language in which people join.")
            if broadcast.is_welcome
            else _("There is no message yet: draw the texts from the story, or write one."),
        )
    for cell in written:
        yield from (Obstacle(Subject.TEXTS, f"{cell}: {problem}") for problem in cell.problems)
    for cell in written:
        if cell.state == CellState.STALE:
            yield Obstacle(Subject.STALE, f"{cell}: {cell.why} {_('Draw it again or keep the text.')}")
    yield from (Obstacle(Subject.LEAVING, f"{cell}: {lack}") for cell in written if (lack := _no_way_out(cell)))


def _no_way_out(cell: Cell) -> str:
    """What its receivers would miss to leave, in a sentence; nothing while the message can't be built anyway."""
    return lacks_way_out(cell.built) if cell.built else ""
