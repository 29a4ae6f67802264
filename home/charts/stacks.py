"""Stacked bars: what a whole is made of, row by row, as figures or as shares of a hundred per cent."""

from django.utils.translation import gettext_noop

from home.formats import write_number
from home.tables import Column

from .canvas import Canvas, series_colour
from .chart import Chart, Mark, Room, marks, write
from .letters import TEXT, width_of
from .rows import NO_FIGURE, Rows

LEAST_ROOM = 5.0
"""What stands at the sides of a figure inside its part of the bar."""

KEY_LINE = 24.0
NO_FIGURE_FOR = gettext_noop("no figure: %(names)s")


def draw_stacked(chart: Chart, room: Room) -> Canvas:
    """Each row as long as its parts together."""
    return draw(chart, room, whole=False)


def draw_stacked_shares(chart: Chart, room: Room) -> Canvas:
    """Each row as long as the others, with the parts as shares."""
    return draw(chart, room, whole=True)


def draw(chart: Chart, room: Room, *, whole: bool) -> Canvas:
    """The rows under the names of their parts."""
    along, drawn = chart.table.column("x"), chart.table.drawn()
    if along is None or not drawn or not chart.table.parts():
        return chart.canvas(room, 1)
    stacks = Stacks(chart, room, drawn, [marks(chart.table, along, column) for column in drawn], whole=whole)
    canvas = chart.canvas(room, stacks.rows.height)
    stacks.rows.draw_words(canvas)
    for row, top in stacks.rows.places():
        stacks.draw_row(canvas, row, top)
    stacks.draw_key(canvas)
    return canvas


class Stacks:
    """The parts of all rows on one scale.

    The names of the parts stand above, in the colours and the order of the parts. A row that lacks a part has no total
    and no shares: nobody knows them.
    """

    def __init__(self, chart: Chart, room: Room, drawn: list[Column], series: list[list[Mark]], *, whole: bool) -> None:
        self.chart, self.drawn, self.series, self.whole = chart, drawn, series, whole
        self.key = self._key_lines(room.width)
        self.rows = Rows(chart, room, series[0], top=len(self.key) * KEY_LINE + 4)
        every = range(len(series[0]))
        after = max(width_of(NO_FIGURE if self.lacking(row) else self.end_text(row), bold=True) for row in every)
        longest = 100.0 if whole else max([*(self.sum(row) for row in every), 1e-9])
        self.scale = (room.width - self.rows.left - (0 if whole else after + 10)) / longest

    def sum(self, row: int) -> float:
        """What is known of a row."""
        return sum(max(figures[row].value or 0, 0) for figures in self.series)

    def lacking(self, row: int) -> list[str]:
        """The names of the parts of a row for which there is no figure."""
        return [
            column.label for column, figures in zip(self.drawn, self.series, strict=True) if figures[row].value is None
        ]

    def end_text(self, row: int) -> str:
        """What stands at the end of a row: its total, or what is missing."""
        lacking = self.lacking(row)
        if len(lacking) == len(self.drawn):
            return self.chart.say(NO_FIGURE)
        if lacking:
            return self.chart.say(NO_FIGURE_FOR, names=", ".join(lacking))
        total = self.sum(row)
        integral = all(isinstance(figures[row].value, int) for figures in self.series)
        return "" if self.whole else write(int(total) if integral else round(total, 2), self.drawn[0], self.chart.table)

    def draw_row(self, canvas: Canvas, row: int, top: float) -> None:
        """The parts of a row, with their figures where they have room, and what stands at its end."""
        x, base, lacking = self.rows.left, top + self.rows.bar / 2 + 5, self.lacking(row)
        total = self.sum(row)
        for number, figures in enumerate(self.series) if not (self.whole and (lacking or not total)) else []:
            value = max(figures[row].value or 0, 0)
            length = (value / total * 100 if self.whole else value) * self.scale
            text = self._share(value, total) if self.whole else figures[row].text
            canvas.rectangle(x, top, length - (1 if length > 2 else 0), self.rows.bar, series_colour(number))
            if length >= width_of(text) + 2 * LEAST_ROOM:
                canvas.text(x + LEAST_ROOM, base, text, fill="ground")
            x += length
        x += 6 if x > self.rows.left else 0
        text = self.end_text(row)
        if x + width_of(text, bold=not lacking) > canvas.width:
            text = self.chart.say(NO_FIGURE) if lacking else text
        if text:
            canvas.text(x, base, text, bold=not lacking, fill="quiet" if lacking else "ink")

    def _share(self, value: float, total: float) -> str:
        return write_number(round(value / total * 100), "percent", self.chart.language)

    def _key_lines(self, width: float) -> list[list[tuple[int, str, float]]]:
        lines: list[list[tuple[int, str, float]]] = [[]]
        x = 0.0
        for number, column in enumerate(self.drawn):
            length = width_of(column.label, bold=True) + 20
            if x and x + length > width:
                lines.append([])
                x = 0.0
            lines[-1].append((number, column.label, x))
            x += length + 16
        return lines

    def draw_key(self, canvas: Canvas) -> None:
        """The names of the parts, each in the colour of its own."""
        left = self.rows.left if self._key_width() <= canvas.width - self.rows.left else 0.0
        for line, names in enumerate(self.key):
            base = line * KEY_LINE + TEXT
            for number, name, x in names:
                canvas.rectangle(left + x, base - 11, 12, 12, series_colour(number))
                canvas.text(left + x + 18, base, name, fill=series_colour(number), bold=True)

    def _key_width(self) -> float:
        return max(x + width_of(name, bold=True) + 20 for line in self.key for _number, name, x in line)
