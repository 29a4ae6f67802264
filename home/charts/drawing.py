"""Draws a chart once for each version of its data and language, and keeps it as a file in ``settings.CHART_DIR``.

A file's name is the hash of everything that was drawn, so a changed figure, text or design makes a new file and nothing
has to be invalidated. The directory may be emptied at any time.
"""

import functools
import hashlib
import io
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from PIL import Image

from .bars import draw_bars
from .chart import Chart, Room, Size
from .lines import draw_lines
from .parts import draw_number, draw_share
from .picture import WIDTH, Shape, compose
from .stacks import draw_stacked, draw_stacked_shares

COLOURS = 64
"""The shades that a PNG may have: the palette and what smooths its edges."""

PIXELS = 1200
"""How wide a picture is."""

FORMS = {
    "bar": draw_bars,
    "line": draw_lines,
    "stacked": draw_stacked,
    "stacked100": draw_stacked_shares,
    "share": draw_share,
    "number": draw_number,
}


@functools.cache
def design() -> str:
    """A hash of how charts are drawn: the code of this package, how it writes numbers, and the words in it."""
    own = Path(__file__).parent
    places = [(own, "*.py"), (own.parent, "formats.py"), (own.parent / "tables", "*.py")]
    places += [(Path(folder), "**/*.mo") for folder in settings.LOCALE_PATHS]
    files = [path for folder, pattern in places for path in sorted(folder.glob(pattern))]
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


def draw_inline(chart: Chart, size: Size) -> str:
    """The chart as an SVG element to stand in a page, in the page's colours and font."""

    def make() -> bytes:
        canvas = FORMS[chart.form](chart, Room(size.value, in_page=True))
        canvas.describe(chart.title, chart.description)
        return canvas.svg().encode()

    return kept(chart, f"inline {size.name}", "svg", make).decode()


def draw_svg(chart: Chart, publisher: str = "", shape: Shape = Shape.FULL) -> bytes:
    """The chart with its finding and source as an SVG file, with every row, to be downloaded."""

    def make() -> bytes:
        return compose(chart, FORMS[chart.form], shape, publisher).svg().encode()

    return kept(chart, f"picture {shape.name} {publisher}", "svg", make)


def draw_picture(chart: Chart, publisher: str = "", shape: Shape = Shape.WIDE) -> bytes:
    """The chart with its finding and source as a PNG for shared links and messages: 1200 × 630 pixels or a square."""
    what = f"picture {shape.name} {publisher}"
    return kept(chart, what, "png", lambda: rasterise(draw_svg(chart, publisher, shape).decode()))


def rasterise(svg: str) -> bytes:
    """The drawing in a few dozen colours, which is all it has and a quarter of the weight.

    vl-convert would hang in a process forked after its first use: so it is imported only where it is used.
    """
    import vl_convert

    drawn = Image.open(io.BytesIO(vl_convert.svg_to_png(svg, scale=PIXELS / WIDTH)))
    file = io.BytesIO()
    drawn.convert("RGB").quantize(COLOURS).save(file, "PNG", optimize=True)
    return file.getvalue()


def kept(chart: Chart, what: str, suffix: str, make: Callable[[], bytes]) -> bytes:
    """The file for a chart; made if it is not there, and put in its place whole, whoever else makes it at once."""
    name = hashlib.sha256(f"{design()}\n{what}\n{chart!r}".encode()).hexdigest()
    path = Path(settings.CHART_DIR) / name[:2] / f"{name}.{suffix}"
    try:
        return path.read_bytes()
    except FileNotFoundError:
        pass
    content = make()
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(content)
    os.replace(file.name, path)
    return content
