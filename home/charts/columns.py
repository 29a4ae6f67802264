"""A few years as columns, each with its figure; they run from left to right in every language, as digits do."""

from .canvas import Canvas
from .chart import Chart, Mark, Room
from .letters import TEXT, width_of, wrap
from .remarks import Remarks
from .scale import colour, ends, figure_text

MOST_COLUMNS = 9
"""So many years still leave each column room for its figure on a phone."""

PLOT, FIGURE, YEAR, MISSING = 190.0, 24.0, 28.0, 12
FILLED = 0.86
"""The part of its column that a figure may take, so that neighbours stay apart in fonts that are wider than ours."""


def draw_columns(chart: Chart, room: Room, figures: list[Mark]) -> Canvas:
    """The columns between the remarks above and the years below."""
    width, step = room.width, room.width / len(figures)
    middles = {mark.key: step * (number + 0.5) for number, mark in enumerate(figures)}
    remarks = Remarks(chart, room, middles)
    least, most = ends(chart, figures)
    below = FIGURE if least < 0 else 0.0
    plot = PLOT if room.height is None else max(60.0, room.height - remarks.height - FIGURE - below - YEAR)
    scale = plot / (most - least)
    zero = remarks.height + FIGURE + most * scale
    height = remarks.height + FIGURE + plot + below + YEAR
    canvas = chart.canvas(room, height, mirrored=False)
    longest = max(width_of(mark.text or mark.name, bold=mark.key == chart.highlight) for mark in figures)
    font = min(TEXT, max(9.0, TEXT * step * FILLED / longest))
    tops = {}
    for mark in figures:
        middle, length, fill = middles[mark.key], abs(mark.value or 0) * scale, colour(chart, mark)
        negative = mark.value is not None and mark.value < 0
        canvas.rectangle(middle - step * 0.38, zero if negative else zero - length, step * 0.76, length, fill)
        bold = mark.key == chart.highlight
        base = zero + length + 17 if negative else zero - length - 7
        if mark.value is None:
            draw_missing(canvas, middle, base, figure_text(chart, mark), step)
        else:
            canvas.text(middle, base, mark.text, anchor="middle", size=font, bold=bold)
        year = min(TEXT, font + 1)
        canvas.text(middle, height - 8, mark.name, anchor="middle", size=year, fill="quiet", bold=bold)
        tops[mark.key] = (zero if negative else zero - length) - 24
    canvas.line([(0, zero + 0.5), (width, zero + 0.5)], "line")
    if chart.reference:
        y = zero - scale * chart.reference.value
        canvas.line([(0, y), (width, y)], "ink", 1.5, dashes="4 3")
        canvas.text(0, y - 6, chart.reference.label, fill="quiet", size=TEXT - 1)
    remarks.draw(canvas, tops)
    return canvas


def draw_missing(canvas: Canvas, middle: float, base: float, text: str, step: float) -> None:
    """In words that there is no figure, one below the other where a column is narrow."""
    lines = wrap(text, max(step - 2, 36), MISSING)
    for number, line in enumerate(lines):
        y = base - (len(lines) - 1 - number) * (MISSING + 2)
        canvas.text(middle, y, line, anchor="middle", size=MISSING, fill="quiet")
