"""What can be taken along of an infographic, in the language of its page."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from home.charts import Shape, Size, draw_inline, draw_picture, draw_svg
from home.models import InfographicPage
from home.tables import write_csv

FRAME_REST = 330
"""Pixels of an embedded infographic that are not its chart: finding, source, the way to the table."""


@dataclass(frozen=True)
class Download:
    """A file: what it is, where it is, and its size in bytes where that is known."""

    label: Promise
    url: str
    size: int | None


def table_file(page: InfographicPage) -> bytes:
    """The table as CSV with a byte order mark, so that a spreadsheet reads its accents."""
    return ("\ufeff" + write_csv(page.table)).encode()


def chart_file(page: InfographicPage) -> bytes:
    """The chart with its finding and source as SVG, with every row."""
    return draw_svg(page.as_chart(), page.publisher)


def picture_file(page: InfographicPage, shape: Shape) -> bytes:
    """The chart with its finding and source as PNG."""
    return draw_picture(page.as_chart(), page.publisher, shape)


def downloads(page: InfographicPage, *, measured: bool) -> list[Download]:
    """The files of an infographic; ``measured`` with their sizes, which draws those that were never drawn."""
    chart, publisher = page.as_chart(), page.publisher if measured else ""
    files = [
        (_("Table (CSV)"), "infographic_table", lambda: table_file(page)),
        (_("Chart (SVG)"), "infographic_chart", lambda: draw_svg(chart, publisher)),
        (_("Wide picture (PNG)"), "infographic_picture", lambda: draw_picture(chart, publisher, Shape.WIDE)),
        (_("Square picture (PNG)"), "infographic_square", lambda: draw_picture(chart, publisher, Shape.SQUARE)),
    ]
    return [
        Download(label, reverse(name, args=[page.slug]), len(content()) if measured else None)
        for label, name, content in files
    ]


def frame_height(page: InfographicPage) -> int:
    """How high a frame has to be for the infographic, in pixels, whatever its width: rather too high than too low."""
    heights = [
        float(draw_inline(page.as_chart(), size).split('viewBox="')[1].split('"')[0].split()[3]) for size in Size
    ]
    return round(max(heights) * 1.2) + FRAME_REST
