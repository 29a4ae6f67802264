"""A canvas for the small charts of figures: bars, hatching and text in pixels, written as SVG."""

from typing import ClassVar
from xml.etree import ElementTree

from .documents.plain import printable

NAMESPACE = "http://www.w3.org/2000/svg"
ElementTree.register_namespace("", NAMESPACE)

COLOURS = {"bar": "#0a5a78", "ink": "#10302a", "quiet": "#4c625b", "line": "#10302a", "ground": "#ffffff"}
"""Of a drawing in a file. One dark colour for every bar: labels say what is what, so it prints in black and white."""

FONTS = "'Libertinus Serif', 'Noto Naskh Arabic', 'DejaVu Sans', serif"
TEXT = 13


class Canvas:
    """A drawing of a width and height in pixels.

    ``in_page`` names colours by the stylesheet's variables, so that the drawing follows the page's light or dark mode;
    else they are fixed. Where ``mirrored``, all coordinates run from the right, for scripts that do.
    """

    LETTER: ClassVar[float] = TEXT * 0.57
    """About the width of a letter: an estimate, as nothing on the server knows the reader's font."""

    BOLD: ClassVar[float] = 1.15
    """How much wider bold letters are."""

    def __init__(self, width: float, height: float, *, in_page: bool = False, mirrored: bool = False) -> None:
        self.width, self.in_page, self.mirrored = width, in_page, mirrored
        shape = {
            "viewBox": f"0 0 {_number(width)} {_number(height)}",
            "role": "img",
            "direction": "ltr",
            "font-size": f"{TEXT}",
        }
        if not in_page:
            shape |= {"width": _number(width), "height": _number(height), "font-family": FONTS}
        self.root = ElementTree.Element(f"{{{NAMESPACE}}}svg", shape)

    def describe(self, title: str, description: str) -> None:
        """Put a title and a description first, where assistive technology reads them."""
        for place, (tag, text) in enumerate((("title", title), ("desc", description))):
            element = ElementTree.Element(f"{{{NAMESPACE}}}{tag}")
            element.text = printable(text)
            self.root.insert(place, element)

    def width_of(self, text: str) -> float:
        """About how many pixels a line takes."""
        return len(text) * self.LETTER

    def text(
        self, x: float, y: float, text: str, *, anchor: str = "start", bold: bool = False, quiet: bool = False
    ) -> None:
        """One line on the base line ``y``; ``anchor`` is ``start``, ``middle`` or ``end`` in the reading direction."""
        if self.mirrored:
            anchor = {"start": "end", "end": "start"}.get(anchor, anchor)
        more = {"text-anchor": anchor} if anchor != "start" else {}
        if bold:
            more["font-weight"] = "700"
        element = self._add("text", x=self._x(x), y=y, fill=self._colour("quiet" if quiet else "ink"), **more)
        element.text = printable(text)

    def bar(
        self, x: float, y: float, width: float, height: float, *, outlined: bool = False, open_ended: bool = False
    ) -> None:
        """A filled rectangle, or its outline only; ``open_ended`` says that it may go on, by a dashed end."""
        fill = {"fill": self._colour("bar")}
        if outlined:
            fill = {"fill": "none", "stroke": self._colour("bar"), "stroke-width": "1.5"}
        self._add("rect", x=self._x(x, width), y=y, width=max(width, 0.0), height=max(height, 0.0), **fill)
        if open_ended:
            self.hatch(x + width, y, height, height)

    def hatch(self, x: float, y: float, width: float, height: float) -> None:
        """A hatched box, for what is not told."""
        left, line = self._x(x, width), self._colour("quiet")
        self._add("rect", x=left, y=y, width=width, height=height, fill="none", stroke=line, **{"stroke-width": "1"})
        step, lean = 6.0, min(height, width)
        starts = [left + step * place for place in range(int((width - lean) / step) + 1)]
        path = " ".join(f"M{_number(at)} {_number(y + height)}l{_number(lean)} -{_number(lean)}" for at in starts)
        self._add("path", d=path, stroke=line, fill="none", **{"stroke-width": "1"})

    def line(self, x1: float, y1: float, x2: float, y2: float) -> None:
        """A thin line, such as that on which bars stand."""
        self._add("line", x1=self._x(x1), y1=y1, x2=self._x(x2), y2=y2, stroke=self._colour("line"))

    def svg(self) -> str:
        """The drawing as one SVG element."""
        return ElementTree.tostring(self.root, encoding="unicode")

    def _x(self, x: float, width: float = 0.0) -> float:
        return self.width - x - width if self.mirrored else x

    def _colour(self, name: str) -> str:
        return f"var(--reach-{name})" if self.in_page else COLOURS[name]

    def _add(self, tag: str, **attributes: str | float) -> ElementTree.Element:
        written = {name: value if isinstance(value, str) else _number(value) for name, value in attributes.items()}
        return ElementTree.SubElement(self.root, f"{{{NAMESPACE}}}{tag}", written)


def _number(value: float) -> str:
    """At most one decimal: a tenth of a pixel is finer than any screen."""
    return f"{value:.1f}".removesuffix(".0")
