"""Where a page scrolls sideways: on the narrowest screens, with large text, and from right to left."""

from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page

from .looking import go
from .places import Place

NARROW, DESK = 320, 1280
SCRIPT = Path(__file__).with_suffix(".js").read_text()
WIDER = "widerThanTheWindow()"
TURNED = "() => { document.documentElement.dir = document.documentElement.dir === 'rtl' ? 'ltr' : 'rtl' }"


def of_place(page: Page, place: Place) -> list[str]:
    """Each way of looking at it in which it does not fit."""
    go(page, place)
    page.evaluate(SCRIPT)
    return [f"{place.path} {how}: {found}" for how, found in _ways(page) if found]


def _ways(page: Page) -> Iterator[tuple[str, str]]:
    for width in (NARROW, 360, 768):
        page.set_viewport_size({"width": width, "height": 800})
        yield f"{width} px", page.evaluate(WIDER)
    page.set_viewport_size({"width": NARROW, "height": 800})
    page.evaluate(TURNED)
    yield f"{NARROW} px, turned round", page.evaluate(WIDER)
    page.set_viewport_size({"width": DESK, "height": 800})
    yield f"{DESK} px, turned round", page.evaluate(WIDER)
    page.evaluate(TURNED)
    page.add_style_tag(content="html { font-size: 200% !important }")
    yield f"{DESK} px, text twice as large", page.evaluate(WIDER)
