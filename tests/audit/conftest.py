"""A page of a site that is not there: what it shows stands in the test."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.ground.chromium import launched

from .looking import visitor
from .places import Place

Write = Callable[[str], Place]


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    with visitor(chromium, "http://site.invalid") as context:
        yield context.new_page()


@pytest.fixture
def written() -> Write:
    """Makes a place of the inside of a body."""

    def write(body: str) -> Place:
        head = '<meta name="viewport" content="width=device-width"><title>Page</title>'
        html = f'<!doctype html><html lang="en"><head>{head}</head><body><main>{body}</main></body></html>'
        return Place("page", "en", "/page/", html)

    return write
