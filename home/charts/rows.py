"""Rows of a chart: a name, bars, and a remark where one belongs; as many as there is room for."""

from django.utils.translation import gettext_noop, ngettext, override

from .canvas import Canvas
from .chart import Chart, Mark, Room
from .letters import TEXT, width_of, wrap

NAMES_WIDTH = 285.0
"""The room for names beside wide rows; longer ones are broken."""

REMARK_LINE, REMARK = 18, TEXT - 1
NO_FIGURE = gettext_noop("no figure")


class Rows:
    """Where the rows of a chart stand, and how much of the width is left for bars.

    On a phone a name stands above its bars, elsewhere beside them. Where the height is limited the first rows are shown
    and the highlighted one, and a line says how many more there are.
    """

    def __init__(self, chart: Chart, room: Room, names: list[Mark], *, bars: int = 1, top: float = 2.0) -> None:
        self.chart, self.room, self.top, self.bars = chart, room, top, bars
        self.above = room.narrow
        self.bar = (14 if bars > 1 else 16) if room.dense else (18 if self.above else 20 if bars > 1 else 24)
        self.gap, self.line = (4, 18) if room.dense else (12, 21)
        longest = max(width_of(mark.name, bold=mark.key == chart.highlight) for mark in names)
        self.left = 0.0 if self.above else min(NAMES_WIDTH, longest + 14)
        name_room = room.width if self.above else self.left - 10
        self.keys = [mark.key for mark in names]
        self.names = [wrap(mark.name, name_room, bold=mark.key == chart.highlight) for mark in names]
        self.remarks = [
            wrap(remark, room.width - self.left, REMARK) if (remark := chart.remark(key)) else [] for key in self.keys
        ]
        self.steps = [self._step(row) for row in range(len(names))]
        self.shown = self._fitting()
        self.hidden = len(names) - len(self.shown)
        self.height = top + sum(self.steps[row] for row in self.shown) + (REMARK_LINE + 6 if self.hidden else 0)

    def _step(self, row: int) -> float:
        name, bars = len(self.names[row]) * self.line, self.bar * self.bars
        return (name + bars if self.above else max(name, bars)) + len(self.remarks[row]) * REMARK_LINE + self.gap

    def _fitting(self) -> list[int]:
        every = list(range(len(self.steps)))
        if self.room.height is None or self.top + sum(self.steps) <= self.room.height:
            return every
        room = self.room.height - self.top - REMARK_LINE - 6
        first = [row for row in every if self.keys[row] == self.chart.highlight]
        kept: list[int] = []
        for row in [*first, *(row for row in every if row not in first)]:
            if kept and sum(self.steps[other] for other in [*kept, row]) > room:
                break
            kept.append(row)
        return sorted(kept)

    def places(self) -> list[tuple[int, float]]:
        """The rows that are shown, each with the upper edge of its bars."""
        found, y = [], self.top
        for row in self.shown:
            name, bars = len(self.names[row]) * self.line, self.bar * self.bars
            found.append((row, y + name if self.above else y + max(0, name - bars) / 2))
            y += self.steps[row]
        return found

    def draw_words(self, canvas: Canvas) -> None:
        """The names and remarks of all rows, and how many more rows there are."""
        for row, top in self.places():
            self._draw_name(canvas, row, top)
            bottom = top + self.bar * self.bars
            name_end = (
                bottom
                if self.above
                else max(bottom, top + (self.bar * self.bars + len(self.names[row]) * self.line) / 2)
            )
            for number, line in enumerate(self.remarks[row]):
                canvas.text(self.left, name_end + 14 + number * REMARK_LINE, line, fill="quiet", size=REMARK)
        if self.hidden:
            with override(self.chart.language):
                more = ngettext("and %(number)d more in the table", "and %(number)d more in the table", self.hidden)
            canvas.text(self.left, self.height - 6, more % {"number": self.hidden}, fill="quiet", size=REMARK)
        canvas.hidden = self.hidden

    def _draw_name(self, canvas: Canvas, row: int, top: float) -> None:
        name, bold = self.names[row], self.keys[row] == self.chart.highlight
        middle = top + (self.bar * self.bars - self.line * (len(name) - 1)) / 2 + 5
        first = top - len(name) * self.line + 15 if self.above else middle
        x, anchor = (0.0, "start") if self.above else (self.left - 10, "end")
        for number, line in enumerate(name):
            canvas.text(x, first + number * self.line, line, anchor=anchor, bold=bold)
