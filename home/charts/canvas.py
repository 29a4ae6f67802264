"""A canvas for charts: rectangles, lines and text in pixels, written as an SVG that names itself to a screen reader."""

import unicodedata
from xml.etree import ElementTree

from .letters import TEXT

NAMESPACE = "http://www.w3.org/2000/svg"
ElementTree.register_namespace("", NAMESPACE)

COLOURS = {
    "ink": "#10302a",
    "quiet": "#47605a",
    "line": "#d8cfbb",
    "faint": "#a3bac0",
    "ground": "#fbf7ee",
    "series-1": "#0a5a78",
    "series-2": "#a85605",
    "series-3": "#5b3a66",
    "series-4": "#4a7539",
}
"""The palette of the stylesheet in light mode. The four series stay apart for every kind of colour vision and, by their
lightness, in black and white."""

SERIES = 4

FONTS = "'Segoe UI', Roboto, 'Noto Sans', 'Noto Sans Arabic', 'Liberation Sans', Arial, sans-serif"

ISOLATE, POP = "\u2067", "\u2069"
"""Around a line that runs from right to left: what stands between its words then goes where it belongs, in every
program that draws SVG, whatever it knows of the attribute for directions."""

MIRRORED = {"start": "end", "middle": "middle", "end": "start"}


def runs_from_right(text: str) -> bool:
    """Whether any of its letters are written from right to left; figures alone are not."""
    return any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in text)


def series_colour(number: int) -> str:
    """The name of the colour of a chart's series, counted from 0."""
    return f"series-{number % SERIES + 1}"


class Canvas:
    """A drawing of a width and height in pixels.

    ``in_page`` names colours by the stylesheet's variables, so that the drawing follows the page's light or dark mode;
    else they are fixed. ``from_right`` is for a language that is written from right to left: its letters run so. On a
    ``mirrored`` canvas everything else does too: whoever draws on it counts from the side on which reading begins.
    ``hidden`` counts the rows for which there was no room.
    """

    def __init__(
        self, width: float, height: float, *, in_page: bool = False, from_right: bool = False, mirrored: bool = False
    ) -> None:
        self.width, self.height, self.hidden = width, height, 0
        self.in_page, self.from_right, self.mirrored = in_page, from_right, mirrored and from_right
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
        """A filled rectangle; ``x`` and ``y`` are its upper corner at the side where reading begins."""
        width, height = max(width, 0), max(height, 0)
        left = self.width - x - width if self.mirrored else x
        self._add("rect", x=left, y=y, width=width, height=height, fill=self.colour(fill))

    def circle(self, x: float, y: float, radius: float, fill: str) -> None:
        """A filled circle around ``x``, ``y``."""
        self._add("circle", cx=self._x(x), cy=y, r=radius, fill=self.colour(fill))

    def line(self, points: list[tuple[float, float]], stroke: str, width: float = 1, *, dashes: str = "") -> None:
        """A line through the points."""
        path = " ".join(f"{number(self._x(x))},{number(y)}" for x, y in points)
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
        anchor = MIRRORED[anchor] if self.mirrored else anchor
        more: dict[str, str | float] = {"text-anchor": anchor} if anchor != "start" else {}
        if size != TEXT:
            more["font-size"] = size
        if bold:
            more["font-weight"] = "700"
        element = self._add("text", x=self._x(x), y=y, fill=self.colour(fill), **more)
        element.text = f"{ISOLATE}{text}{POP}" if self.from_right and runs_from_right(text) else text

    def place(self, canvas: "Canvas", x: float, y: float, scale: float = 1) -> None:
        """Put another canvas's marks on this one, larger or smaller; they have their own direction."""
        left = self.width - x - canvas.width * scale if self.mirrored else x
        more = f" scale({scale:.4f})" if scale != 1 else ""
        group = self._add("g", transform=f"translate({number(left)} {number(y)}){more}")
        group.extend(list(canvas.root))

    def _x(self, x: float) -> float:
        return self.width - x if self.mirrored else x

    def _add(self, tag: str, **attributes: str | float) -> ElementTree.Element:
        written = {name: value if isinstance(value, str) else number(value) for name, value in attributes.items()}
        return ElementTree.SubElement(self.root, f"{{{NAMESPACE}}}{tag}", written)

    def svg(self) -> str:
        """The drawing as one SVG element."""
        return ElementTree.tostring(self.root, encoding="unicode")


def number(value: float) -> str:
    """At most one decimal: a tenth of a pixel is finer than any screen."""
    return f"{value:.1f}".removesuffix(".0")
