"""Bars: categories in rows, or a few years in columns. They begin at zero; what is below zero goes the other way."""

from home.tables import Column

from .canvas import Canvas
from .chart import Chart, Mark, Room, marks
from .columns import MOST_COLUMNS, draw_columns
from .letters import TEXT, width_of
from .rows import Rows
from .scale import colour, ends, figure_text


def draw_bars(chart: Chart, room: Room) -> Canvas:
    """A few years of one figure stand as columns, anything else lies in rows."""
    along, drawn = chart.table.column("x"), chart.table.drawn()
    if along is None or not drawn or not chart.table.parts():
        return chart.canvas(room, 1)
    if along.format == "year" and len(drawn) == 1 and len(chart.table.parts()) <= MOST_COLUMNS:
        return draw_columns(chart, room, marks(chart.table, along, drawn[0]))
    bars = Bars(chart, room, drawn, [marks(chart.table, along, column) for column in drawn])
    canvas = chart.canvas(room, bars.rows.height)
    bars.rows.draw_words(canvas)
    for row, top in bars.rows.places():
        bars.draw_figures(canvas, row, top)
    bars.draw_lines(canvas)
    return canvas


class Bars:
    """The bars of all rows on one scale.

    A figure stands at the end of its bar, or at its beginning where a line of reference would run through the figures.
    """

    def __init__(self, chart: Chart, room: Room, drawn: list[Column], series: list[list[Mark]]) -> None:
        self.chart, self.drawn, self.series = chart, drawn, series
        self.rows = Rows(chart, room, series[0], bars=len(drawn), top=30.0 if chart.reference else 2.0)
        every = [(mark, number) for number, row in enumerate(series) for mark in row]
        self.least, self.most = ends(chart, [mark for mark, _number in every])
        before = self._label_room([pair for pair in every if self._below(pair[0])])
        after = self._label_room([pair for pair in every if not self._below(pair[0])])
        self.scale = (room.width - self.rows.left - before - after) / (self.most - self.least)
        self.zero = self.rows.left + before - self.least * self.scale

    def _below(self, mark: Mark) -> bool:
        return mark.value is not None and mark.value < 0

    def _label_room(self, labelled: list[tuple[Mark, int]]) -> float:
        widths = [width_of(self.text(mark, number), bold=mark.key == self.chart.highlight) for mark, number in labelled]
        return max(widths) + 12 if widths else 0

    def text(self, mark: Mark, number: int) -> str:
        """The figure, and what it counts where a row has several bars."""
        text = figure_text(self.chart, mark)
        return f"{text} {self.drawn[number].label}" if len(self.drawn) > 1 else text

    def draw_figures(self, canvas: Canvas, row: int, top: float) -> None:
        """The bars of a row, each with its figure."""
        bar = self.rows.bar
        for number, figures in enumerate(self.series):
            mark, bar_top = figures[row], top + number * bar
            bold, fill = mark.key == self.chart.highlight, colour(self.chart, mark, number)
            length, text, base = abs(mark.value or 0) * self.scale, self.text(mark, number), bar_top + bar / 2 + 5
            start = self.zero - length if self._below(mark) else self.zero
            canvas.rectangle(start, bar_top, length, bar - (2 if len(self.drawn) > 1 else 0), fill)
            if self._below(mark):
                canvas.text(start - 6, base, text, anchor="end", bold=bold)
            elif self.chart.reference and length > width_of(text, bold=bold) + 16:
                canvas.text(self.zero + 8, base, text, fill="ink" if fill == "faint" else "ground", bold=bold)
            else:
                ink = "ink" if mark.value is not None else "quiet"
                canvas.text(start + length + 6, base, text, fill=ink, bold=bold)

    def draw_lines(self, canvas: Canvas) -> None:
        """A line at zero where bars go both ways; a dashed one of reference down the rows, with its label on top."""
        bottom = max((top for _row, top in self.rows.places()), default=0) + self.rows.bar * len(self.drawn)
        if self.least < 0:
            canvas.line([(self.zero, self.rows.top), (self.zero, bottom)], "ink")
        if reference := self.chart.reference:
            x = self.zero + reference.value * self.scale
            canvas.line([(x, self.rows.top - 8), (x, bottom)], "ink", 1.5, dashes="4 3")
            half = width_of(reference.label, TEXT - 1) / 2
            middle = min(max(x, half), canvas.width - half)
            canvas.text(middle, self.rows.top - 14, reference.label, anchor="middle", fill="quiet", size=TEXT - 1)
