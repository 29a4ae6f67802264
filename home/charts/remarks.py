"""Annotations of a chart over years: lines of words above it, each with a thin line down to what it speaks of."""

from dataclasses import dataclass

from .canvas import Canvas
from .chart import Chart, Room
from .letters import TEXT, width_of, wrap

SIZE, LINE = TEXT - 1, 18
LEAST_WIDTH, LEAST_HEIGHT = 120.0, 240.0


@dataclass(frozen=True)
class Remark:
    """Words in lines, over ``x``, their first base line at ``y``."""

    key: str
    lines: list[str]
    x: float
    y: float
    anchor: str


class Remarks:
    """The annotations, one below the other; ``height`` is what they take, nothing where the chart may not be tall.

    All stand on the same side of their lines, the one that is furthest on that side at the top: so no line runs through
    the words of another.
    """

    def __init__(self, chart: Chart, room: Room, places: dict[str, float]) -> None:
        self.found: list[Remark] = []
        self.places = places
        known = [remark for remark in chart.annotations if remark.at in places]
        if room.height is not None and room.height < LEAST_HEIGHT:
            known = []
        before = any(places[remark.at] > room.width * 0.55 for remark in known)
        y = 14.0
        for remark in sorted(known, key=lambda remark: places[remark.at], reverse=before):
            x = places[remark.at]
            lines = wrap(remark.text, max(x if before else room.width - x, LEAST_WIDTH), SIZE)
            longest = max(width_of(line, SIZE) for line in lines)
            start = max(x, longest) if before else min(x, room.width - longest)
            self.found.append(Remark(remark.at, lines, start, y, "end" if before else "start"))
            y += LINE * len(lines) + 4
        self.height = y - 14 + 6 if self.found else 0.0

    def draw(self, canvas: Canvas, tops: dict[str, float]) -> None:
        """The words, and the lines down to ``tops``, the places of the marks by their years."""
        for remark in self.found:
            last = remark.y + LINE * (len(remark.lines) - 1)
            x = self.places[remark.key]
            if tops.get(remark.key, 0) > last + 8:
                canvas.line([(x, last + 5), (x, tops[remark.key])], "quiet")
            for number, line in enumerate(remark.lines):
                canvas.text(remark.x, remark.y + LINE * number, line, anchor=remark.anchor, fill="quiet", size=SIZE)
