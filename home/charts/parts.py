"""One number: alone, or as one part of a whole."""

from .canvas import TEXT, Canvas, wrap
from .chart import Chart, Number, Size

BIG, LABEL, LABEL_LINE = 64, TEXT + 2, 24
FIRST_LABEL, BAR, GAP = 88.0, 40.0, 12.0


def draw_number(chart: Chart, size: Size, *, in_page: bool) -> Canvas:
    """The number, large, and below it what it counts."""
    if chart.number is None:
        return Canvas(size.value, 1, in_page=in_page)
    canvas = Canvas(size.value, height(chart.number, size), in_page=in_page)
    write(canvas, chart.number, size)
    return canvas


def draw_share(chart: Chart, size: Size, *, in_page: bool) -> Canvas:
    """The number, and below it a bar that is the whole, with the part filled in."""
    if chart.number is None:
        return Canvas(size.value, 1, in_page=in_page)
    top = height(chart.number, size) + GAP
    canvas = Canvas(size.value, top + BAR + GAP, in_page=in_page)
    write(canvas, chart.number, size)
    part = min(max(chart.number.value, 0), 100) / 100
    canvas.rectangle(0, top, size.value, BAR, "faint")
    canvas.rectangle(0, top, size.value * part, BAR, "series-1")
    return canvas


def lines(number: Number, size: Size) -> list[str]:
    """What the number counts, in lines."""
    return wrap(number.label, size.value, LABEL)


def height(number: Number, size: Size) -> float:
    """From the top of the number to the end of what it counts."""
    return FIRST_LABEL + LABEL_LINE * len(lines(number, size)) - GAP


def write(canvas: Canvas, number: Number, size: Size) -> None:
    """Put the number and its label on the canvas; a long number is smaller, so that it fits."""
    largest = min(BIG, size.value / (max(len(number.text), 1) * 0.58))
    canvas.text(0, 54, number.text, size=largest, bold=True, fill="series-1")
    for row, line in enumerate(lines(number, size)):
        canvas.text(0, FIRST_LABEL + row * LABEL_LINE, line, size=LABEL)
