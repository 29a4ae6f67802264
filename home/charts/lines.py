"""Lines: change over years, each line with its name and last figure at its end, and a gap where there is no figure.

Years run from left to right in every language, as digits do.
"""

import math

from home.formats import write_number
from home.tables import Column, Table

from .canvas import Canvas, series_colour
from .chart import Chart, Mark, Room, marks, write
from .letters import TEXT, width_of, wrap
from .remarks import Remarks

LINE_HEIGHT = 19
TOP, BOTTOM = 28.0, 34.0
MARKERS = 16
"""Up to so many years each figure gets a point; more would be a band."""

YEAR_WIDTH = 66
"""Years of the scale keep this distance from the last one."""

LEAST_HEIGHT, LOW = 150.0, 240.0
"""No chart is less high; in one that is low a scale has few steps."""


def draw_lines(chart: Chart, room: Room) -> Canvas:
    """The chart; empty if there is nothing to draw a line through."""
    along = chart.table.column("x")
    found = [(column, dated(marks(chart.table, along, column))) for column in chart.table.drawn() if along]
    known = [(column, line) for column, line in found if any(mark.value is not None for mark in line)]
    if not known:
        return chart.canvas(room, 1, mirrored=False)
    lines = Lines(chart, room, [column for column, _line in known], [line for _column, line in known])
    canvas = chart.canvas(room, lines.height, mirrored=False)
    lines.draw_scales(canvas)
    lines.draw_reference(canvas)
    lines.draw_series(canvas)
    lines.draw_names(canvas)
    lines.remarks.draw(canvas, lines.tops())
    return canvas


def dated(line: list[Mark]) -> list[Mark]:
    """The figures of years, the earliest first."""
    return sorted((mark for mark in line if mark.key.lstrip("-").isdecimal()), key=lambda mark: int(mark.key))


def stretches(line: list[Mark]) -> list[list[Mark]]:
    """The figures without those that are missing, apart where one is."""
    found: list[list[Mark]] = [[]]
    for mark in line:
        if mark.value is not None:
            found[-1].append(mark)
        elif found[-1]:
            found.append([])
    return [stretch for stretch in found if stretch]


class Lines:
    """Where everything of a line chart stands.

    The scale of figures has zero on it; the scale of years is true, so an uneven gap looks uneven. Short figures of the
    scale stand at its left, long ones above their lines, so that a phone keeps its width for the data.
    """

    def __init__(self, chart: Chart, room: Room, drawn: list[Column], series: list[list[Mark]]) -> None:
        self.chart, self.series, self.room = chart, series, room
        self.known = [[mark for mark in line if mark.value is not None] for line in series]
        self.years = sorted({int(mark.key) for line in self.known for mark in line})
        self.most_years = 4 if room.narrow else 7
        name_room = 96 if room.narrow else 170
        self.ends = [
            [*(wrap(column.label, name_room, bold=True) if len(drawn) > 1 else []), *self.last_figure(line)]
            for column, line in zip(drawn, self.known, strict=True)
        ]
        self.right = room.width - max(width_of(text, bold=True) for end in self.ends for text in end) - 12
        figures = [mark.value or 0 for line in self.known for mark in line]
        figures += [chart.reference.value] if chart.reference else []
        low = room.height is not None and room.height < LOW
        self.ticks = even_ticks(max(figures), min(figures), 2 if low else 4)
        self.labels = [tick_text(tick, drawn[0], chart.table) for tick in self.ticks]
        longest = max(width_of(label, TEXT - 1) for label in self.labels)
        self.left = longest + 10 if longest < 50 else 0.0
        self.remarks = Remarks(chart, room, {str(year): self.x(year) for year in self.years})
        tall = (270.0 if room.narrow else 330.0) + self.remarks.height
        self.height = tall if room.height is None else max(room.height, LEAST_HEIGHT)

    def last_figure(self, line: list[Mark]) -> list[str]:
        """The last figure of a line, with its year if the others go on."""
        last = line[-1]
        return [last.text] if int(last.key) == self.years[-1] else [last.text, f"({last.key})"]

    def x(self, year: int) -> float:
        """Where a year stands."""
        span = max(self.years[-1] - self.years[0], 1)
        return self.left + 8 + (self.right - self.left - 16) * (year - self.years[0]) / span

    def y(self, value: float) -> float:
        """Where a figure stands."""
        top = TOP + self.remarks.height
        return (
            self.height
            - BOTTOM
            - (self.height - BOTTOM - top) * (value - self.ticks[0]) / (self.ticks[-1] - self.ticks[0])
        )

    def tops(self) -> dict[str, float]:
        """Where the uppermost point of each year is, a little above it."""
        found: dict[str, float] = {}
        for mark in (mark for line in self.known for mark in line):
            found[mark.key] = min(found.get(mark.key, self.height), self.y(mark.value or 0) - 8)
        return found

    def draw_scales(self, canvas: Canvas) -> None:
        """A line for each step, and the years below."""
        for tick, label in zip(self.ticks, self.labels, strict=True):
            zero = tick == 0 and self.ticks[0] < 0
            canvas.line([(self.left, self.y(tick)), (self.right, self.y(tick))], "ink" if zero else "line")
            canvas.text(0, self.y(tick) + (5 if self.left else -5), label, fill="quiet", size=TEXT - 1)
        first, last, end = self.years[0], self.years[-1], -math.inf
        for year in few(self.years, self.most_years):
            near = year != first and self.x(year) - end < YEAR_WIDTH * 0.75
            if year != last and (near or self.x(last) - self.x(year) < YEAR_WIDTH):
                continue
            end = self.x(year)
            anchor, shift = ("start", -8) if year == first else ("end", 8) if year == last else ("middle", 0)
            canvas.text(self.x(year) + shift, self.height - 10, str(year), anchor=anchor, fill="quiet")

    def draw_reference(self, canvas: Canvas) -> None:
        """The dashed line to compare with."""
        if reference := self.chart.reference:
            level = self.y(reference.value)
            canvas.line([(self.left, level), (self.right, level)], "ink", 1.5, dashes="4 3")
            canvas.text(self.right, level - 6, reference.label, anchor="end", fill="quiet", size=TEXT - 1)

    def draw_series(self, canvas: Canvas) -> None:
        """Each line, with a point for each figure while there are few, at its ends, and where it stands alone."""
        for number, line in enumerate(self.series):
            for stretch in stretches(line):
                points = [(self.x(int(mark.key)), self.y(mark.value or 0)) for mark in stretch]
                canvas.line(points, series_colour(number), 3)
                for place in points if len(self.years) <= MARKERS else (points[0], points[-1]):
                    canvas.circle(*place, 4, series_colour(number))

    def draw_names(self, canvas: Canvas) -> None:
        """At the end of each line its name and last figure."""
        heights = [len(end) * LINE_HEIGHT for end in self.ends]
        wanted = [self.y(line[-1].value or 0) for line in self.known]
        for number, (end, place) in enumerate(zip(self.ends, spread(wanted, heights, self.height), strict=True)):
            for row, text in enumerate(end):
                base = place - heights[number] / 2 + (row + 1) * LINE_HEIGHT - 5
                canvas.text(self.right + 10, base, text, fill=series_colour(number), bold=True)


def tick_text(tick: float, column: Column, table: Table) -> str:
    """A step of the scale, with no more decimals than it needs; the unit of a quantity is in the subtitle."""
    if column.format == "percent" or (column.format == "integer" and abs(tick) >= 1_000_000):
        return write(tick if tick % 1 else int(tick), column, table)
    return write_number(tick, "number", table.language)


def even_ticks(most: float, least: float = 0, steps: int = 4) -> list[float]:
    """About so many round steps: the first not above zero and ``least``, the last not below zero and ``most``."""
    most, least = max(most, 0), min(least, 0)
    rough = max(most - least, 1e-9) / steps
    unit = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * unit for factor in (1, 2, 2.5, 5, 10) if factor * unit >= rough * 0.999)
    first, last = math.floor(least / step + 1e-9), max(math.ceil(most / step - 1e-9), 0)
    return [round(step * number, 9) for number in range(first, max(last, first + 1) + 1)]


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
