"""What axe finds on a page: all of its rules once, and those that depend on colours and width in each sight."""

from collections.abc import Iterator, Sequence

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from .looking import STILL, go
from .places import Place

PHONE, DESK = 360, 1280
SIGHTS = [(PHONE, "light"), (DESK, "dark")]
ALL_SIGHTS = [*SIGHTS, (PHONE, "dark"), (DESK, "light")]
"""Colours do not depend on the language, so every combination is looked at in one language only."""
BY_SIGHT = ["color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size"]
"""Rules whose outcome depends on colours and width; all others are asked once a page."""
ASKED = """
([part, rules]) => axe.run(part === "document" ? document : part, {
  runOnly: rules || ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  resultTypes: ["violations"],
  iframes: false,
}).then(found => found.violations.flatMap(
  rule => rule.nodes.map(node => `${rule.id}: ${node.html} ${node.failureSummary}`)
))
"""


def faults(page: Page, *, part: str = "document", sights: Sequence[tuple[int, str]] = SIGHTS) -> Iterator[str]:
    """What axe finds in ``part`` (a selector) of the open page, and where that scrolls sideways, in each sight."""
    page.evaluate(Axe().axe_script)
    page.add_style_tag(content=STILL)
    rules = None
    for width, colours in sights:
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=colours)  # type: ignore[arg-type]
        found = page.evaluate(ASKED, [part, rules])
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append("scrolls sideways")
        yield from (f"{page.url} {width} {colours}: {fault}" for fault in found)
        rules = BY_SIGHT


def of_place(page: Page, place: Place) -> list[str]:
    """What axe finds on a page of the public site."""
    go(page, place)
    return list(faults(page, sights=ALL_SIGHTS if place.language == "en" else SIGHTS))
