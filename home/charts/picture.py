"""A picture to keep or to share: the finding as its headline, the chart, and the source, on one card."""

import enum
from collections.abc import Callable

from django.utils.translation import gettext_noop

from .canvas import Canvas
from .chart import Chart, Room
from .letters import cut, wrap

WIDTH, MARGIN = 800.0, 48.0
HEADLINES, SUBTITLE, SOURCE = (34, 30, 26, 22), 18, 14
TOP, BOTTOM, GAP = 30.0, 26.0, 18.0
NARROWEST, WIDEST = 400.0, 680.0
SOURCE_LABEL = gettext_noop("Source:")

Draw = Callable[[Chart, Room], Canvas]


class Shape(enum.Enum):
    """The height of a card that is 800 wide, and how many lines its headline may have; ``FULL`` shows every row."""

    FULL = (None, 6)
    WIDE = (420.0, 3)
    SQUARE = (800.0, 5)

    @property
    def height(self) -> float | None:
        """The height of the card; ``None`` if it is as tall as the chart needs."""
        return self.value[0]


def compose(chart: Chart, draw: Draw, shape: Shape, publisher: str = "") -> Canvas:
    """The chart under its finding and over its source; every word fits, or gives way to an ellipsis."""
    room = WIDTH - 2 * MARGIN
    headline, size = fit_headline(chart.title, room, shape.value[1])
    subtitle = cut(chart.subtitle, room, SUBTITLE, 2) if chart.subtitle else []
    source = cut(source_line(chart, publisher), room, SOURCE, 3 if shape is Shape.FULL else 2)
    top = TOP + len(headline) * size * 1.22 + len(subtitle) * 25 + GAP
    foot = len(source) * 20 + BOTTOM
    height = shape.height
    drawing, scale = fit_chart(chart, draw, room, None if height is None else height - top - foot - GAP)
    total = height or top + drawing.height * scale + GAP + foot
    card = Canvas(WIDTH, total, from_right=chart.from_right, mirrored=True)
    card.rectangle(0, 0, WIDTH, total, "ground")
    card.rectangle(0, 0, WIDTH, 10, "series-1")
    y = TOP + size * 0.95
    for line in headline:
        card.text(MARGIN, y, line, size=size, bold=True)
        y += size * 1.22
    for line in subtitle:
        card.text(MARGIN, y - size + SUBTITLE + 4, line, size=SUBTITLE, fill="quiet")
        y += 25
    free = total - top - foot - GAP - drawing.height * scale
    card.place(drawing, MARGIN, top + max(free, 0) / 2, scale)
    for number, line in enumerate(source):
        card.text(MARGIN, total - BOTTOM - (len(source) - 1 - number) * 20, line, size=SOURCE, fill="quiet")
    card.describe(chart.title, chart.description)
    return card


def fit_headline(title: str, room: float, most: int) -> tuple[list[str], int]:
    """The title in lines, as large as leaves the chart enough room."""
    for size in HEADLINES:
        lines = wrap(title, room, size, bold=True)
        if len(lines) <= (2 if size > HEADLINES[-1] else most):
            return lines, size
    return cut(title, room, HEADLINES[-1], most, bold=True), HEADLINES[-1]


def source_line(chart: Chart, publisher: str) -> str:
    """Where the figures are from, and who drew them."""
    source = f"{chart.say(SOURCE_LABEL)} {chart.source}" if chart.source else ""
    return " · ".join(part for part in (source, publisher) if part)


def fit_chart(chart: Chart, draw: Draw, width: float, height: float | None) -> tuple[Canvas, float]:
    """The chart as large as the card allows, and by how much it is enlarged; of very many rows it shows the first."""
    if height is None:
        return draw(chart, Room(WIDEST)), width / WIDEST
    for wide in (NARROWEST, 440.0, 520.0, 600.0, WIDEST):
        drawing = draw(chart, Room(wide, height * wide / width))
        if not drawing.hidden and drawing.height * width / wide <= height + 1:
            return drawing, width / wide
    drawing = draw(chart, Room(WIDEST, height * WIDEST / width, dense=True))
    return drawing, min(width / WIDEST, height / drawing.height)
