"""A page without a pointer: the Tab key reaches all there is, with a mark that is seen, and gets out again."""

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
    for _press in range(page.evaluate("keyboard.collect()") + 5):
        page.keyboard.press("Tab")
        state = page.evaluate("keyboard.reached()")
        if state["isOut"]:
            break
        found += state["faults"]
    else:
        found.append("the Tab key does not get out")
    return [f"{place.path}: {fault}" for fault in [*found, *page.evaluate("keyboard.left()")]]
