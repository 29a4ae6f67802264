"""Pictures of every kind for people to look at."""

import re
from collections.abc import Iterable
from pathlib import Path

from playwright.sync_api import Browser

from .looking import go, visitor
from .places import Place
from .reflow import TURNED

WIDTHS = (360, 768, 1280)


def take(chromium: Browser, url: str, places: Iterable[Place], folder: Path) -> int:
    """Write whole pages at each width; in English also dark, from right to left, and as printed. How many were made."""
    folder.mkdir(parents=True, exist_ok=True)
    made = 0
    with visitor(chromium, url, reduced_motion="reduce") as context:
        page = context.new_page()
        for place in places:
            name = f"{re.sub(r'[^A-Za-z0-9=]+', '-', place.kind).strip('-')}-{place.language}"
            go(page, place)
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 800})
                page.screenshot(path=folder / f"{name}-{width}.png", full_page=True)
                made += 1
            if place.language != "en":
                continue
            page.emulate_media(color_scheme="dark")
            page.screenshot(path=folder / f"{name}-1280-dark.png", full_page=True)
            page.emulate_media(color_scheme="light", media="print")
            page.set_viewport_size({"width": 794, "height": 1123})
            page.screenshot(path=folder / f"{name}-print.png", full_page=True)
            page.emulate_media(media="screen")
            page.evaluate(TURNED)
            for width in (360, 1280):
                page.set_viewport_size({"width": width, "height": 800})
                page.screenshot(path=folder / f"{name}-{width}-rtl.png", full_page=True)
            made += 4
    return made
