"""One number: alone, or as one part of a whole."""

from .canvas import TEXT, Canvas, wrap
from .chart import Chart, Size

BIG = 64


def draw_number(chart: Chart, size: Size, *, in_page: bool) -> Canvas:
    """The number, large, and below it what it counts."""
    return _number(chart, size, below=0, in_page=in_page)


def draw_share(chart: Chart, size: Size, *, in_page: bool) -> Canvas:
    """The number, and below it a bar that is the whole, with the part filled in."""
    canvas = _number(chart, size, below=64, in_page=in_page)
    if chart.number:
        width, top = float(size.value), canvas_height(chart, size) + 12
        part = min(max(chart.number.value, 0), 100) / 100
        canvas.rectangle(0, top, width, 40, "faint")
        canvas.rectangle(0, top, width * part, 40, "series-1")
    return canvas


def _number(chart: Chart, size: Size, *, below: float, in_page: bool) -> Canvas:
    if chart.number is None:
        return Canvas(size.value, 1, in_page=in_page)
    canvas = Canvas(size.value, canvas_height(chart, size) + below, in_page=in_page)
    canvas.text(0, 54, chart.number.text, size=big(chart, size), bold=True, fill="series-1")
    for row, line in enumerate(lines(chart, size)):
        canvas.text(0, 88 + row * 24, line, size=TEXT + 2)
    return canvas


def lines(chart: Chart, size: Size) -> list[str]:
    return wrap(chart.number.label if chart.number else "", size.value, TEXT + 2)


def big(chart: Chart, size: Size) -> float:
    """As large as the number's length allows."""
    text = chart.number.text if chart.number else ""
    return min(BIG, size.value / (max(len(text), 1) * 0.58))


def canvas_height(chart: Chart, size: Size) -> float:
    return 88 + 24 * len(lines(chart, size)) - 12
