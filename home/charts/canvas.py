"""A canvas for charts: rectangles, lines and text in pixels, written as an SVG that names itself to a screen reader."""

import textwrap
from xml.etree import ElementTree

NAMESPACE = "http://www.w3.org/2000/svg"
ElementTree.register_namespace("", NAMESPACE)

COLOURS = {
    "ink": "#10302a",
    "quiet": "#4c625b",
    "line": "#d8d2c2",
    "faint": "#a3bac0",
    "ground": "#fbf7ee",
    "series-1": "#0a5a78",
    "series-2": "#c2690c",
    "series-3": "#5b3a66",
    "series-4": "#5c8a4a",
}
"""The palette of the stylesheet in light mode. The four series stay apart for every kind of colour vision and, by their
lightness, in black and white."""

FONTS = "'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', Arial, sans-serif"

TEXT = 15
"""Font size in pixels. A chart is shown at the width it is drawn for, so this is what a reader gets on a phone."""

LETTER = 0.57
"""Average width of a letter, in font sizes: an estimate, as nothing on the server knows the reader's font."""


def series_colour(number: int) -> str:
    """The name of the colour of a chart's series, counted from 0."""
    return f"series-{number % 4 + 1}"


def width_of(text: str, size: float = TEXT) -> float:
    """About how many pixels a line takes."""
    return len(text) * size * LETTER


def wrap(text: str, width: float, size: float = TEXT) -> list[str]:
    """The text in lines that fit a width in pixels."""
    return textwrap.wrap(text, max(8, round(width / (size * LETTER)))) or [""]


class Canvas:
    """A drawing of a width and height in pixels.

    ``in_page`` names colours by the stylesheet's variables, so that the drawing follows the page's light or dark mode;
    else they are fixed. Coordinates run from the left in every language; letters run as their script does.
    """

    def __init__(self, width: float, height: float, *, in_page: bool = False) -> None:
        self.in_page = in_page
        self.root = ElementTree.Element(
            f"{{{NAMESPACE}}}svg",
            {
                "viewBox": f"0 0 {number(width)} {number(height)}",
                "role": "img",
                "direction": "ltr",
                "font-size": str(TEXT),
            },
        )
        if not in_page:
            self.root.attrib |= {"width": number(width), "height": number(height), "font-family": FONTS}

    def colour(self, name: str) -> str:
        """A colour of the palette, as this drawing has to write it."""
        return f"var(--chart-{name})" if self.in_page else COLOURS[name]

    def describe(self, title: str, description: str) -> None:
        """Put a title and a description first, where assistive technology reads them."""
        for place, (tag, text) in enumerate((("title", title), ("desc", description))):
            element = ElementTree.Element(f"{{{NAMESPACE}}}{tag}")
            element.text = text
            self.root.insert(place, element)

    def rectangle(self, x: float, y: float, width: float, height: float, fill: str) -> None:
        """A filled rectangle; ``x`` and ``y`` are its left upper corner."""
        self._add("rect", x=x, y=y, width=max(width, 0), height=max(height, 0), fill=self.colour(fill))

    def circle(self, x: float, y: float, radius: float, fill: str) -> None:
        """A filled circle around ``x``, ``y``."""
        self._add("circle", cx=x, cy=y, r=radius, fill=self.colour(fill))

    def line(self, points: list[tuple[float, float]], stroke: str, width: float = 1, *, dashes: str = "") -> None:
        """A line through the points."""
        path = " ".join(f"{number(x)},{number(y)}" for x, y in points)
        more = {"stroke-dasharray": dashes} if dashes else {}
        self._add("polyline", points=path, fill="none", stroke=self.colour(stroke), **{"stroke-width": width}, **more)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        anchor: str = "start",
        fill: str = "ink",
        size: float = TEXT,
        bold: bool = False,
    ) -> None:
        """One line of text on the base line ``y``; ``anchor`` is ``start``, ``middle`` or ``end``."""
        more: dict[str, str | float] = {"text-anchor": anchor} if anchor != "start" else {}
        if size != TEXT:
            more["font-size"] = size
        if bold:
            more["font-weight"] = "700"
        self._add("text", x=x, y=y, fill=self.colour(fill), **more).text = text

    def place(self, canvas: "Canvas", x: float, y: float) -> None:
        """Put another canvas's marks on this one."""
        group = self._add("g", transform=f"translate({number(x)} {number(y)})")
        group.extend(list(canvas.root))

    def _add(self, tag: str, **attributes: str | float) -> ElementTree.Element:
        written = {name: value if isinstance(value, str) else number(value) for name, value in attributes.items()}
        return ElementTree.SubElement(self.root, f"{{{NAMESPACE}}}{tag}", written)

    def svg(self) -> str:
        """The drawing as one SVG element."""
        return ElementTree.tostring(self.root, encoding="unicode")


def number(value: float) -> str:
    """At most one decimal: a tenth of a pixel is finer than any screen."""
    return f"{value:.1f}".removesuffix(".0")
