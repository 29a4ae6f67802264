"""Lines: change over years, each line with its name and last figure at its end."""

import math

from home.formats import write_number
from home.tables import Column, Table

from .canvas import TEXT, Canvas, width_of, wrap
from .chart import Chart, Size, marks, write

LINE_HEIGHT = 19
MARKERS = 16
"""Up to so many years each figure gets a point; more would be a band."""


def draw_lines(chart: Chart, size: Size, *, in_page: bool) -> Canvas:
    """The scale of figures begins at zero; the scale of years is true, so an uneven gap looks uneven."""
    along, drawn = chart.table.column("x"), chart.table.drawn()
    series = [[mark for mark in marks(chart.table, along, column) if mark.value is not None] for column in drawn] if along else []
    if not series or not all(series):
        return Canvas(size.value, 1, in_page=in_page)
    narrow = size is Size.NARROW
    width, height, top, bottom = float(size.value), 270.0 if narrow else 330.0, 28.0, 34.0
    canvas = Canvas(width, height, in_page=in_page)
    ends = [
        [*(wrap(column.label, 96 if narrow else 170) if len(drawn) > 1 else []), line[-1].text]
        for column, line in zip(drawn, series, strict=True)
    ]
    right = width - max(width_of(text) * 1.06 for end in ends for text in end) - 12
    figures = [mark.value or 0 for line in series for mark in line] + ([chart.reference.value] if chart.reference else [])
    ticks = even_ticks(max(figures))
    years = sorted({int(mark.key) for line in series for mark in line})
    labels = [tick_text(tick, drawn[0], chart.table) for tick in ticks]
    longest = max(width_of(label, TEXT - 1) for label in labels)
    left = longest + 10 if longest < 50 else 0.0

    def x(year: int) -> float:
        return left + 8 + (right - left - 16) * (year - years[0]) / max(years[-1] - years[0], 1)

    def y(value: float) -> float:
        return height - bottom - (height - bottom - top) * value / ticks[-1]

    for tick, label in zip(ticks, labels, strict=True):
        canvas.line([(left, y(tick)), (right, y(tick))], "line")
        canvas.text(0, y(tick) + (5 if left else -5), label, fill="quiet", size=TEXT - 1)
    for year in few(years, 4 if narrow else 7):
        if year != years[-1] and x(years[-1]) - x(year) < 66:
            continue
        anchor = "start" if year == years[0] else "end" if year == years[-1] else "middle"
        canvas.text(x(year) + {"start": -8, "end": 8}.get(anchor, 0), height - 10, str(year), anchor=anchor, fill="quiet")
    if chart.reference:
        level = y(chart.reference.value)
        canvas.line([(left, level), (right, level)], "ink", 1.5, dashes="4 3")
        canvas.text(right, level - 6, chart.reference.label, anchor="end", fill="quiet", size=TEXT - 1)
    for number, line in enumerate(series):
        draw_line(canvas, [(x(int(mark.key)), y(mark.value or 0)) for mark in line], f"series-{number % 4 + 1}", len(years))
    places = spread([y(line[-1].value or 0) for line in series], [len(end) * LINE_HEIGHT + 8 for end in ends], top, height)
    for number, (end, place) in enumerate(zip(ends, places, strict=True)):
        for row, text in enumerate(end):
            base = place - len(end) * LINE_HEIGHT / 2 + (row + 1) * LINE_HEIGHT - 5
            canvas.text(right + 10, base, text, fill=f"series-{number % 4 + 1}", bold=True)
    return canvas


def draw_line(canvas: Canvas, points: list[tuple[float, float]], colour: str, years: int) -> None:
    """A line, with a point for each figure while there are few and at its ends in any case."""
    canvas.line(points, colour, 3)
    for place in points if years <= MARKERS else (points[0], points[-1]):
        canvas.circle(*place, 4, colour)


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


def spread(places: list[float], heights: list[int], top: float, bottom: float) -> list[float]:
    """Move labels apart that would lie on each other, from the top down, and up again where they leave the canvas."""
    order = sorted(range(len(places)), key=lambda number: places[number])
    moved = list(places)
    edge = top - 20
    for number in order:
        moved[number] = max(moved[number], edge + heights[number] / 2)
        edge = moved[number] + heights[number] / 2
    edge = bottom
    for number in reversed(order):
        moved[number] = min(moved[number], edge - heights[number] / 2)
        edge = moved[number] - heights[number] / 2
    return moved


