"""Bars: categories in rows, or a few years in columns."""

from django.utils.translation import gettext, override

from home.tables import Column

from .canvas import TEXT, Canvas, series_colour, width_of, wrap
from .chart import Chart, Mark, Size, marks

MOST_COLUMNS = 9
"""So many years still leave each column room for its figure on a phone."""

NAMES_WIDTH = 285.0
"""The room for names at the left of wide rows; longer ones are broken."""

NAME_LINE, GAP = 21, 12


def draw_bars(chart: Chart, size: Size, *, in_page: bool) -> Canvas:
    """A few years of one figure stand as columns, anything else lies in rows."""
    along, drawn = chart.table.column("x"), chart.table.drawn()
    if along is None or not drawn or not chart.table.rows:
        return Canvas(size.value, 1, in_page=in_page)
    if along.format == "year" and len(drawn) == 1 and len(chart.table.rows) <= MOST_COLUMNS:
        return draw_columns(chart, size, marks(chart.table, along, drawn[0]), in_page=in_page)
    rows = Rows(chart, size, drawn, [marks(chart.table, along, column) for column in drawn])
    canvas = Canvas(size.value, rows.height, in_page=in_page)
    y = rows.top
    for row in range(len(rows.names)):
        rows.draw_name(canvas, row, y)
        rows.draw_figures(canvas, row, y)
        y += rows.steps[row]
    rows.draw_reference(canvas)
    return canvas


def colour(chart: Chart, mark: Mark, series: int = 0) -> str:
    """Strong, unless another row is the one to look at."""
    return "faint" if chart.highlight and mark.key != chart.highlight else series_colour(series)


def figure_text(chart: Chart, mark: Mark) -> str:
    """The figure, or in words that there is none."""
    if mark.value is not None:
        return mark.text
    with override(chart.language):
        return gettext("no figure")


def largest(chart: Chart, figures: list[Mark]) -> float:
    """The end of the scale, which always begins at zero."""
    reference = chart.reference.value if chart.reference else 0.0
    return max([mark.value for mark in figures if mark.value is not None] + [reference, 1e-9])


class Rows:
    """Where everything of a chart of rows stands: on a phone a name stands above its bars, elsewhere at their left.

    A figure stands at the end of its bar, or at its beginning where a line of reference would run through the figures.
    """

    def __init__(self, chart: Chart, size: Size, drawn: list[Column], series: list[list[Mark]]) -> None:
        self.chart, self.drawn, self.series, self.width = chart, drawn, series, float(size.value)
        self.above = size is Size.NARROW
        longest = max(width_of(mark.name) for mark in series[0]) * 1.05
        self.left = 0.0 if self.above else min(NAMES_WIDTH, longest + 14)
        self.names = [wrap(mark.name, self.width if self.above else self.left - 14) for mark in series[0]]
        self.bar = 18 if self.above else 20 if len(drawn) > 1 else 24
        self.top = 30.0 if chart.reference else 2.0
        bars = self.bar * len(drawn)
        self.steps = [
            (len(name) * NAME_LINE + bars if self.above else max(len(name) * NAME_LINE, bars)) + GAP
            for name in self.names
        ]
        self.height = self.top + sum(self.steps)
        texts = [self.text(mark, number) for number, row in enumerate(series) for mark in row]
        room = max(width_of(text) for text in texts) * 1.08 + 12
        self.scale = (self.width - self.left - room) / largest(chart, [mark for row in series for mark in row])

    def text(self, mark: Mark, number: int) -> str:
        """The figure, and what it counts where a row has several bars."""
        text = figure_text(self.chart, mark)
        return f"{text} {self.drawn[number].label}" if len(self.drawn) > 1 else text

    def draw_name(self, canvas: Canvas, row: int, y: float) -> None:
        """The name of a row, in as many lines as it needs."""
        name, bold = self.names[row], self.series[0][row].key == self.chart.highlight
        first = y + 15 if self.above else y + (self.bar * len(self.drawn) - NAME_LINE * (len(name) - 1)) / 2 + 5
        x, anchor = (0.0, "start") if self.above else (self.left - 10, "end")
        for number, line in enumerate(name):
            canvas.text(x, first + number * NAME_LINE, line, anchor=anchor, bold=bold)

    def draw_figures(self, canvas: Canvas, row: int, y: float) -> None:
        """The bars of a row, each with its figure."""
        top = y + (len(self.names[row]) * NAME_LINE if self.above else 0)
        for number, figures in enumerate(self.series):
            mark, bar_top = figures[row], top + number * self.bar
            bold, fill = mark.key == self.chart.highlight, colour(self.chart, mark, number)
            length, text, base = (mark.value or 0) * self.scale, self.text(mark, number), bar_top + self.bar / 2 + 5
            canvas.rectangle(self.left, bar_top, length, self.bar - (2 if len(self.drawn) > 1 else 0), fill)
            if self.chart.reference and length > width_of(text) + 16:
                canvas.text(self.left + 8, base, text, fill="ink" if fill == "faint" else "ground", bold=bold)
            else:
                ink = "ink" if mark.value is not None else "quiet"
                canvas.text(self.left + length + 6, base, text, fill=ink, bold=bold)

    def draw_reference(self, canvas: Canvas) -> None:
        """A dashed line down the rows, with its label on top."""
        if reference := self.chart.reference:
            x = self.left + reference.value * self.scale
            canvas.line([(x, self.top - 8), (x, self.height - GAP)], "ink", 1.5, dashes="4 3")
            half = width_of(reference.label, TEXT - 1) / 2
            middle = min(max(x, half), self.width - half)
            canvas.text(middle, self.top - 14, reference.label, anchor="middle", fill="quiet", size=TEXT - 1)


def draw_columns(chart: Chart, size: Size, figures: list[Mark], *, in_page: bool) -> Canvas:
    """A few years as columns, each with its figure on top."""
    width, base, top = float(size.value), 216.0, 26.0
    canvas = Canvas(width, base + 28, in_page=in_page)
    step, most = width / len(figures), largest(chart, figures)
    longest = max(len(figure_text(chart, mark)) for mark in figures)
    font = min(TEXT, max(11, int(step / (longest * 0.58))))
    for number, mark in enumerate(figures):
        middle, height = step * (number + 0.5), (base - top) * (mark.value or 0) / most
        canvas.rectangle(middle - step * 0.38, base - height, step * 0.76, height, colour(chart, mark))
        bold, fill = mark.key == chart.highlight, "ink" if mark.value is not None else "quiet"
        text = figure_text(chart, mark)
        canvas.text(middle, base - height - 7, text, anchor="middle", size=font, bold=bold, fill=fill)
        canvas.text(middle, base + 20, mark.name, anchor="middle", size=min(TEXT, font + 1), fill="quiet", bold=bold)
    canvas.line([(0, base + 0.5), (width, base + 0.5)], "line")
    if chart.reference:
        y = base - (base - top) * chart.reference.value / most
        canvas.line([(0, y), (width, y)], "ink", 1.5, dashes="4 3")
        canvas.text(0, y - 6, chart.reference.label, fill="quiet", size=TEXT - 1)
    return canvas
