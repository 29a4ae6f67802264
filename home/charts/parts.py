"""One number: alone, or as one part of a whole."""

from .canvas import Canvas
from .chart import Chart, Number, Room
from .letters import TEXT, width_of, wrap

BIG, LABEL, LABEL_LINE = 64, TEXT + 2, 24
FIRST_LABEL, BAR, GAP = 88.0, 40.0, 12.0


def draw_number(chart: Chart, room: Room) -> Canvas:
    """The number, large, and below it what it counts."""
    if chart.number is None:
        return chart.canvas(room, 1)
    canvas = chart.canvas(room, height(chart.number, room))
    write(canvas, chart.number, room)
    return canvas


def draw_share(chart: Chart, room: Room) -> Canvas:
    """The number, and below it a bar that is the whole, with the part filled in."""
    if chart.number is None:
        return chart.canvas(room, 1)
    top = height(chart.number, room) + GAP
    canvas = chart.canvas(room, top + BAR + GAP)
    write(canvas, chart.number, room)
    part = min(max(chart.number.value, 0), 100) / 100
    canvas.rectangle(0, top, room.width, BAR, "faint")
    canvas.rectangle(0, top, room.width * part, BAR, "series-1")
    return canvas


def lines(number: Number, room: Room) -> list[str]:
    """What the number counts, in lines."""
    return wrap(number.label, room.width, LABEL)


def height(number: Number, room: Room) -> float:
    """From the top of the number to the end of what it counts."""
    return FIRST_LABEL + LABEL_LINE * len(lines(number, room)) - GAP


def write(canvas: Canvas, number: Number, room: Room) -> None:
    """Put the number and its label on the canvas; a long number is smaller, so that it fits."""
    largest = min(BIG, room.width / width_of(number.text, 1, bold=True))
    canvas.text(0, 54, number.text, size=largest, bold=True, fill="series-1")
    for row, line in enumerate(lines(number, room)):
        canvas.text(0, FIRST_LABEL + row * LABEL_LINE, line, size=LABEL)
