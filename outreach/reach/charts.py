"""Charts drawn from the very cells of a table: what is hidden there is hatched here, and never drawn as nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _

from . import printing
from .canvas import Canvas
from .disclosure import AtLeast, Cell, Hidden, Shown
from .documents.document import Drawing
from .tables import Row, Table

WIDTH = 320.0
"""Of one small chart, in pixels: what a phone has. Its letters are so as large on a phone as anywhere."""

NAME, STEP, BAR = 22.0, 34.0, 10.0
"""Heights: of the name of a chart, of a bar with its label, of the bar."""

GAP = 28.0
"""Between the small charts of a picture for a file."""

HATCHED = 44.0
"""The length of what stands for a hidden figure: the same for each, so that it tells nothing."""

TALL = 120.0
"""Height of the tallest column where rows follow each other in time or in number."""

MOST_NAMED = 8
"""So many columns still have room for a name and a figure each."""


class Form(Enum):
    """How a table is drawn: bars in rows, columns in order, or what was planned beside what came of it."""

    ROWS = "rows"
    COLUMNS = "columns"
    PLANNED = "planned"


FORMS = dict.fromkeys(("day", "month", "quarter", "times"), Form.COLUMNS) | {"broadcast": Form.PLANNED}
"""By the slug of the table; any other is drawn in rows."""


@dataclass(frozen=True)
class Bar:
    """One cell as a bar; ``length`` is its part of the longest, from 0 to 1, ``None`` where nothing may be drawn."""

    label: str
    cell: Cell
    length: float | None

    @property
    def text(self) -> str:
        """Label and figure in words."""
        return _("%(label)s: %(figure)s") % {"label": self.label, "figure": printing.as_text(self.cell)}


@dataclass(frozen=True)
class Panel:
    """A small chart. All panels of a table share one scale, so that they can be compared."""

    label: str
    bars: tuple[Bar, ...]
    form: Form = Form.ROWS

    @property
    def text(self) -> str:
        """What the chart shows, in words."""
        return "; ".join(bar.text for bar in self.bars)

    @property
    def height(self) -> float:
        """In pixels."""
        return NAME + (TALL + 62.0 if self.form is Form.COLUMNS else STEP * len(self.bars))


def panels(table: Table) -> list[Panel]:
    """The small charts of a table, without its total and what is left open.

    Of several columns each row has a chart of its own; of one column all rows stand in the same.
    """
    rows = [row for row in table.rows if not row.is_total and not row.is_open]
    form = FORMS.get(table.slug, Form.ROWS)
    longest = max((_value(cell) for row in rows for cell in row.cells[: table.charted]), default=0)
    if not rows or not table.charted:
        return []
    if table.charted == 1:
        label = table.columns[0].label
        return [Panel(label, tuple(_bar(row.label, row.cells[0], longest) for row in rows), form)]
    return [Panel(row.label, _bars(table, row, longest), form) for row in rows]


def _bars(table: Table, row: Row, longest: float) -> tuple[Bar, ...]:
    cells = list(zip(table.columns, row.cells, strict=True))[: table.charted]
    return tuple(_bar(column.label, cell, longest) for column, cell in cells)


def _bar(label: str, cell: Cell, longest: float) -> Bar:
    drawn = isinstance(cell, Shown | AtLeast)
    return Bar(label, cell, (_value(cell) / longest if longest else 0.0) if drawn else None)


def _value(cell: Cell) -> float:
    return float(cell.value) if isinstance(cell, Shown | AtLeast) else 0.0


def draw_panels(table: Table) -> list[str]:
    """Each small chart of a table as an SVG element for a page, in the language in use."""
    drawn = []
    for panel in panels(table):
        canvas = Canvas(WIDTH, panel.height, in_page=True, mirrored=get_language_bidi())
        canvas.describe(f"{table.title}: {panel.label}", panel.text)
        _draw(canvas, panel, 0, 0)
        drawn.append(canvas.svg())
    return drawn


def picture(table: Table, *, across: int = 2) -> Drawing | None:
    """All small charts of a table as one picture for a file, ``across`` in a row, in the language in use."""
    found = panels(table)
    if not found:
        return None
    lines = [found[first : first + across] for first in range(0, len(found), across)]
    heights = [max(panel.height for panel in line) for line in lines]
    width = min(across, len(found)) * (WIDTH + GAP) - GAP
    canvas = Canvas(width, sum(heights) + GAP * (len(lines) - 1), mirrored=get_language_bidi())
    text = ". ".join(f"{panel.label}: {panel.text}" for panel in found)
    canvas.describe(table.title, text)
    y = 0.0
    for line, height in zip(lines, heights, strict=True):
        for place, panel in enumerate(line):
            _draw(canvas, panel, place * (WIDTH + GAP), y)
        y += height + GAP
    return Drawing(canvas.svg(), f"{table.title}. {text}")


def _draw(canvas: Canvas, panel: Panel, x: float, y: float) -> None:
    canvas.text(x, y + 14, _fitting(panel.label, WIDTH / Canvas.BOLD), bold=True)
    if panel.form is Form.COLUMNS:
        _draw_columns(canvas, panel.bars, x, y + NAME)
    else:
        _draw_rows(canvas, panel, x, y + NAME)


def _draw_rows(canvas: Canvas, panel: Panel, x: float, y: float) -> None:
    """A label and its figure, and the bar below them, so that long names have room in every language."""
    for place, bar in enumerate(panel.bars):
        top = y + place * STEP
        figure = printing.as_text(bar.cell)
        canvas.text(x, top + 13, _fitting(bar.label, WIDTH - canvas.width_of(figure) - 12))
        canvas.text(x + WIDTH, top + 13, figure, anchor="end", quiet=bar.length is None)
        if isinstance(bar.cell, Hidden):
            canvas.hatch(x, top + 18, HATCHED, BAR)
        elif bar.length is not None:
            planned = panel.form is Form.PLANNED and place == 0
            canvas.bar(x, top + 18, bar.length * WIDTH, BAR, outlined=planned, open_ended=isinstance(bar.cell, AtLeast))
            canvas.line(x, top + 16, x, top + 18 + BAR + 2)


def _draw_columns(canvas: Canvas, bars: Sequence[Bar], x: float, y: float) -> None:
    """Columns on one base line; of many only the first, the last and the highest are named."""
    step = WIDTH / len(bars)
    wide = min(step * 0.8, 40.0)
    base = y + 22 + TALL
    named = _named(bars)
    for place, bar in enumerate(bars):
        middle = x + (place + 0.5) * step
        tall = (bar.length or 0.0) * TALL
        if isinstance(bar.cell, Hidden):
            tall = BAR * 2
            canvas.hatch(middle - wide / 2, base - tall, wide, tall)
        elif bar.length is not None:
            canvas.bar(middle - wide / 2, base - tall, wide, tall)
        if place in named:
            anchor = "middle" if len(bars) <= MOST_NAMED else _anchor(place, len(bars))
            at = {"start": x + place * step, "end": x + (place + 1) * step}.get(anchor, middle)
            canvas.text(at, base - tall - 6, printing.as_text(bar.cell), anchor=anchor, quiet=bar.length is None)
            canvas.text(at, base + 17, _fitting(bar.label, step if len(bars) <= MOST_NAMED else 110), anchor=anchor)
    canvas.line(x, base, x + WIDTH, base)


def _named(bars: Sequence[Bar]) -> set[int]:
    if len(bars) <= MOST_NAMED:
        return set(range(len(bars)))
    highest = max(range(len(bars)), key=lambda place: bars[place].length or 0.0)
    apart = len(bars) * 0.34
    return {0, len(bars) - 1} | ({highest} if apart < highest < len(bars) - apart else set())


def _anchor(place: int, number: int) -> str:
    return "start" if place == 0 else "end" if place == number - 1 else "middle"


def _fitting(text: str, width: float) -> str:
    """As much of the text as there is room for; the whole of it stands in the table and in the description."""
    most = max(4, int(width / Canvas.LETTER))
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
