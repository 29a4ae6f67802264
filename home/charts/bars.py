"""Bars: categories in rows, or a few years in columns."""

from django.utils.translation import gettext, override

from home.tables import Column

from .canvas import TEXT, Canvas, width_of, wrap
from .chart import Chart, Mark, Reference, Size, marks

MOST_COLUMNS = 9
"""So many years still leave each column room for its figure on a phone."""


def draw_bars(chart: Chart, size: Size, *, in_page: bool) -> Canvas:
    """A few years of one figure stand as columns, anything else lies in rows."""
    along, drawn = chart.table.column("x"), chart.table.drawn()
    if along is None or not drawn or not chart.table.rows:
        return Canvas(size.value, 1, in_page=in_page)
    if along.format == "year" and len(drawn) == 1 and len(chart.table.rows) <= MOST_COLUMNS:
        return draw_columns(chart, size, marks(chart.table, along, drawn[0]), in_page=in_page)
    return draw_rows(chart, size, along, drawn, in_page=in_page)


def colour(chart: Chart, mark: Mark, series: int = 0) -> str:
    """Strong, unless another row is the one to look at."""
    return "faint" if chart.highlight and mark.key != chart.highlight else f"series-{series % 4 + 1}"


def draw_rows(chart: Chart, size: Size, along: Column, drawn: list[Column], *, in_page: bool) -> Canvas:
    """One row for each name: on a phone the name stands above its bars, elsewhere at their left.

    A figure stands at the end of its bar, or at its beginning where a line of reference would run through the figures.
    """
    series = [marks(chart.table, along, column) for column in drawn]
    several, above, width = len(drawn) > 1, size is Size.NARROW, float(size.value)
    with override(chart.language):
        nothing = gettext("no figure")

    def label(mark: Mark, column: Column) -> str:
        text = mark.text if mark.value is not None else nothing
        return f"{text} {column.label}" if several else text

    left = 0.0 if above else min(285.0, max(width_of(mark.name) for mark in series[0]) * 1.05 + 14)
    room = max(width_of(label(mark, column)) for column, row in zip(drawn, series, strict=True) for mark in row) * 1.08 + 12
    bar, name_height = (18, 22) if above else (20 if several else 24, 0)
    names = [wrap(mark.name, width if above else left - 14) for mark in series[0]]
    top = 30.0 if chart.reference else 2.0
    steps = [max(len(lines) * 20 if not above else 0, (len(lines) * name_height if above else 0) + bar * len(drawn)) + 12 for lines in names]
    canvas = Canvas(width, top + sum(steps), in_page=in_page)
    most = largest(chart, [mark for row in series for mark in row])
    scale = (width - left - room) / most
    y = top
    for row, lines in enumerate(names):
        bold = series[0][row].key == chart.highlight
        bars_top = y + (len(lines) * name_height if above else 0)
        name_top = y + 15 if above else y + (bar * len(drawn) - 20 * (len(lines) - 1)) / 2 + 5
        for number, line in enumerate(lines):
            place = (0.0, "start") if above else (left - 10, "end")
            canvas.text(place[0], name_top + number * 20, line, anchor=place[1], bold=bold)
        for number, (column, figures) in enumerate(zip(drawn, series, strict=True)):
            mark, bar_top = figures[row], bars_top + number * bar
            length = (mark.value or 0) * scale
            canvas.rectangle(left, bar_top, length, bar - (2 if several else 0), colour(chart, mark, number))
            text, base = label(mark, column), bar_top + bar / 2 + 5
            if chart.reference and length > width_of(text) + 16:
                fill = "ground" if colour(chart, mark, number) != "faint" else "ink"
                canvas.text(left + 8, base, text, fill=fill, bold=bold)
            else:
                fill = "ink" if mark.value is not None else "quiet"
                canvas.text(left + length + 6, base, text, fill=fill, bold=bold)
        y += steps[row]
    if chart.reference:
        draw_reference(canvas, chart.reference, left + chart.reference.value * scale, top, y - 12, width)
    return canvas


def draw_reference(canvas: Canvas, reference: Reference, x: float, top: float, bottom: float, width: float) -> None:
    """A dashed line down the rows, with its label on top."""
    canvas.line([(x, top - 8), (x, bottom)], "ink", 1.5, dashes="4 3")
    half = width_of(reference.label, TEXT - 1) / 2
    canvas.text(min(max(x, half), width - half), top - 14, reference.label, anchor="middle", fill="quiet", size=TEXT - 1)


def draw_columns(chart: Chart, size: Size, figures: list[Mark], *, in_page: bool) -> Canvas:
    """A few years as columns, each with its figure on top."""
    width, base, top = float(size.value), 216.0, 26.0
    canvas = Canvas(width, base + 28, in_page=in_page)
    step = width / len(figures)
    most = largest(chart, figures)
    longest = max(len(mark.text) for mark in figures)
    font = min(TEXT, max(12, int(step / (longest * 0.58)))) if longest else TEXT
    with override(chart.language):
        nothing = gettext("no figure")
    for number, mark in enumerate(figures):
        middle, height = step * (number + 0.5), (base - top) * (mark.value or 0) / most
        canvas.rectangle(middle - step * 0.38, base - height, step * 0.76, height, colour(chart, mark))
        bold = mark.key == chart.highlight
        text, fill = (mark.text, "ink") if mark.value is not None else (nothing, "quiet")
        canvas.text(middle, base - height - 7, text, anchor="middle", size=font, bold=bold, fill=fill)
        canvas.text(middle, base + 20, mark.name, anchor="middle", size=min(TEXT, font + 1), fill="quiet", bold=bold)
    canvas.line([(0, base + 0.5), (width, base + 0.5)], "line")
    if chart.reference:
        y = base - (base - top) * chart.reference.value / most
        canvas.line([(0, y), (width, y)], "ink", 1.5, dashes="4 3")
        canvas.text(0, y - 6, chart.reference.label, fill="quiet", size=TEXT - 1)
    return canvas


def largest(chart: Chart, figures: list[Mark]) -> float:
    """The end of the scale, which always begins at zero."""
    reference = chart.reference.value if chart.reference else 0.0
    return max([mark.value for mark in figures if mark.value is not None] + [reference, 1e-9])
