"""A place opened in Chromium, as a reader of its language who was never there before."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, Route

from .places import Place

STILL = "*, *::before, *::after { transition: none !important; animation: none !important }"
"""Colours on their way between two schemes belong to neither."""


@contextmanager
def visitor(chromium: Browser, url: str, **options: Any) -> Iterator[BrowserContext]:
    """A new reader of the site at ``url``; axe can run on pages that allow no script."""
    with closing(chromium.new_context(base_url=url, bypass_csp=True, **options)) as fresh:
        fresh.set_default_timeout(20_000)
        yield fresh


def go(page: Page, place: Place) -> None:
    """Open it, in its language where the address does not say which."""
    page.set_extra_http_headers({"Accept-Language": place.language})
    if place.body:
        page.route(f"**{place.path}", lambda route: _stand_in(route, place))
    page.goto(place.path)


def _stand_in(route: Route, place: Place) -> None:
    route.fulfill(body=place.body, content_type="text/html; charset=utf-8")
