"""Lines: change over years, each line with its name and last figure at its end."""

import math

from home.formats import write_number
from home.tables import Column, Table

from .canvas import TEXT, Canvas, series_colour, width_of, wrap
from .chart import Chart, Mark, Size, marks, write

LINE_HEIGHT = 19
TOP, BOTTOM = 28.0, 34.0
MARKERS = 16
"""Up to so many years each figure gets a point; more would be a band."""

YEAR_WIDTH = 66
"""Years of the scale keep this distance from the last one."""


def draw_lines(chart: Chart, size: Size, *, in_page: bool) -> Canvas:
    """The chart; empty if there is nothing to draw a line through."""
    along, drawn = chart.table.column("x"), chart.table.drawn()
    series = [
        [mark for mark in marks(chart.table, along, column) if mark.value is not None] for column in drawn if along
    ]
    if not series or not all(series):
        return Canvas(size.value, 1, in_page=in_page)
    lines = Lines(chart, size, drawn, series)
    canvas = Canvas(size.value, lines.height, in_page=in_page)
    lines.draw_scales(canvas)
    lines.draw_reference(canvas)
    lines.draw_series(canvas)
    lines.draw_names(canvas)
    return canvas


class Lines:
    """Where everything of a line chart stands.

    The scale of figures begins at zero; the scale of years is true, so an uneven gap looks uneven. Short figures of the
    scale stand at its left, long ones above their lines, so that a phone keeps its width for the data.
    """

    def __init__(self, chart: Chart, size: Size, drawn: list[Column], series: list[list[Mark]]) -> None:
        narrow = size is Size.NARROW
        self.chart, self.series = chart, series
        self.height = 270.0 if narrow else 330.0
        self.most_years = 4 if narrow else 7
        self.ends = [
            [*(wrap(column.label, 96 if narrow else 170) if len(drawn) > 1 else []), line[-1].text]
            for column, line in zip(drawn, series, strict=True)
        ]
        self.right = size.value - max(width_of(text) * 1.06 for end in self.ends for text in end) - 12
        figures = [mark.value or 0 for line in series for mark in line]
        self.ticks = even_ticks(max([*figures, chart.reference.value if chart.reference else 0]))
        self.labels = [tick_text(tick, drawn[0], chart.table) for tick in self.ticks]
        longest = max(width_of(label, TEXT - 1) for label in self.labels)
        self.left = longest + 10 if longest < 50 else 0.0
        self.years = sorted({int(mark.key) for line in series for mark in line})

    def x(self, year: int) -> float:
        """Where a year stands."""
        span = max(self.years[-1] - self.years[0], 1)
        return self.left + 8 + (self.right - self.left - 16) * (year - self.years[0]) / span

    def y(self, value: float) -> float:
        """Where a figure stands."""
        return self.height - BOTTOM - (self.height - BOTTOM - TOP) * value / self.ticks[-1]

    def draw_scales(self, canvas: Canvas) -> None:
        """A line for each step, and the years below."""
        for tick, label in zip(self.ticks, self.labels, strict=True):
            canvas.line([(self.left, self.y(tick)), (self.right, self.y(tick))], "line")
            canvas.text(0, self.y(tick) + (5 if self.left else -5), label, fill="quiet", size=TEXT - 1)
        first, last = self.years[0], self.years[-1]
        for year in few(self.years, self.most_years):
            if year != last and self.x(last) - self.x(year) < YEAR_WIDTH:
                continue
            anchor, shift = ("start", -8) if year == first else ("end", 8) if year == last else ("middle", 0)
            canvas.text(self.x(year) + shift, self.height - 10, str(year), anchor=anchor, fill="quiet")

    def draw_reference(self, canvas: Canvas) -> None:
        """The dashed line to compare with."""
        if reference := self.chart.reference:
            level = self.y(reference.value)
            canvas.line([(self.left, level), (self.right, level)], "ink", 1.5, dashes="4 3")
            canvas.text(self.right, level - 6, reference.label, anchor="end", fill="quiet", size=TEXT - 1)

    def draw_series(self, canvas: Canvas) -> None:
        """Each line, with a point for each figure while there are few and at its ends in any case."""
        for number, line in enumerate(self.series):
            points = [(self.x(int(mark.key)), self.y(mark.value or 0)) for mark in line]
            canvas.line(points, series_colour(number), 3)
            for place in points if len(self.years) <= MARKERS else (points[0], points[-1]):
                canvas.circle(*place, 4, series_colour(number))

    def draw_names(self, canvas: Canvas) -> None:
        """At the end of each line its name and last figure."""
        heights = [len(end) * LINE_HEIGHT for end in self.ends]
        wanted = [self.y(line[-1].value or 0) for line in self.series]
        for number, (end, place) in enumerate(zip(self.ends, spread(wanted, heights, self.height), strict=True)):
            for row, text in enumerate(end):
                base = place - heights[number] / 2 + (row + 1) * LINE_HEIGHT - 5
                canvas.text(self.right + 10, base, text, fill=series_colour(number), bold=True)


def tick_text(tick: float, column: Column, table: Table) -> str:
    """A step of the scale, with no more decimals than it needs; the unit of a quantity is in the subtitle."""
    if column.format == "percent" or (column.format == "integer" and tick >= 1_000_000):
        return write(tick if tick % 1 else int(tick), column, table)
    return write_number(tick, "number", table.language)


def even_ticks(most: float) -> list[float]:
    """Zero and three to five round steps above it, the last not below ``most``."""
    rough = max(most, 1e-9) / 4
    unit = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * unit for factor in (1, 2, 2.5, 5, 10) if factor * unit >= rough * 0.999)
    return [round(step * number, 6) for number in range(math.ceil(most / step - 1e-9) + 1)]


def few(years: list[int], most: int) -> list[int]:
    """The first, the last, and as many between them as fit, evenly."""
    if len(years) <= most:
        return years
    step = (len(years) - 1) / (most - 1)
    return sorted({years[round(number * step)] for number in range(most)})


def spread(places: list[float], heights: list[int], bottom: float, gap: float = 8) -> list[float]:
    """Move labels apart that would lie on each other, from the top down, and up again where they leave the canvas."""
    order = sorted(range(len(places)), key=lambda number: places[number])
    moved, edge = list(places), 0.0
    for number in order:
        moved[number] = max(moved[number], edge + heights[number] / 2)
        edge = moved[number] + heights[number] / 2 + gap
    edge = bottom
    for number in reversed(order):
        moved[number] = min(moved[number], edge - heights[number] / 2)
        edge = moved[number] - heights[number] / 2 - gap
    return moved
