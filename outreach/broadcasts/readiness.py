"""What stands between a broadcast and its approval, each in a sentence that says what to do."""

from django.utils.translation import gettext as _

from .audience import by_cell
from .matrix import CellState, Matrix, matrix
from .models import Broadcast


def not_ready(broadcast: Broadcast, cells: Matrix | None = None) -> list[str]:
    """Every reason why the broadcast can't be submitted or approved as it stands; empty if it can."""
    cells = cells or matrix(broadcast)
    reasons = [*_choices(broadcast), *_texts(cells)]
    if not reasons and not sum(by_cell(broadcast).values()):
        reasons.append(_("Nobody would get this broadcast: look at the segments, the languages and who is left out."))
    return reasons


def unfit(broadcast: Broadcast) -> list[str]:
    """Why a message can't be sent any more although its text is the same, for example because a linked page is gone."""
    return [f"{cell}: {problem}" for cell in matrix(broadcast) for problem in cell.problems]


def _choices(broadcast: Broadcast) -> list[str]:
    reasons = []
    if not broadcast.segments.exists():
        reasons.append(_("No segment is chosen: say who gets it."))
    if not broadcast.channels:
        reasons.append(_("No channel is chosen."))
    return reasons


def _texts(cells: Matrix) -> list[str]:
    written = [cell for cell in cells if cell.message]
    if cells.channels and not written:
        return [_("There is no message yet: draw the texts from the story, or write one.")]
    reasons = [f"{cell}: {problem}" for cell in written for problem in cell.problems]
    for cell in written:
        if cell.state == CellState.STALE:
            reasons.append(f"{cell}: {cell.why} {_('Draw it again or keep the text.')}")
    return reasons
