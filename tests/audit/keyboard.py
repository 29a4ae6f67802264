"""A page without a pointer: the Tab key reaches all there is to press, and each has a mark that is seen."""

from pathlib import Path

from playwright.sync_api import Page

from .looking import STILL, go
from .places import Place

SCRIPT = Path(__file__).with_suffix(".js").read_text()
PHONE = {"width": 360, "height": 740}


def of_place(page: Page, place: Place) -> list[str]:
    """What is wrong for who has only a keyboard."""
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    go(page, place)
    page.add_style_tag(content=STILL + " html { scroll-behavior: auto !important }")
    page.evaluate(SCRIPT)
    found: list[str] = []
    page.evaluate("keyboard.collect()")
    while True:
        page.keyboard.press("Tab")
        reached = page.evaluate("keyboard.reached()")
        if not reached["isNew"]:
            break
        found += reached["faults"]
    return [f"{place.path}: {fault}" for fault in [*found, *page.evaluate("keyboard.left()")]]
