"""What a reader does whose browser runs no script: everything."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.audit.looking import go
from tests.audit.places import Found

from .conftest import PATIENCE, Demo, press

pytestmark = pytest.mark.browser


@pytest.fixture
def page(chromium: Browser, demo: Demo) -> Iterator[Page]:
    """An empty page of a new visitor without scripts."""
    with closing(chromium.new_context(base_url=demo.url, java_script_enabled=False)) as context:
        context.set_default_timeout(PATIENCE)
        yield context.new_page()


def test_every_kind_of_page_is_read_and_stores_nothing(page: Page, found: Found) -> None:
    silent = []
    for place in found.places:
        if place.language != "en" or place.kind.startswith("sandbox"):
            continue
        go(page, place)
        text = page.locator("main").inner_text()
        if len(text) < 40 or not page.locator("h1, h2").first.is_visible():
            silent.append(f"{place.kind}: {text}")
    assert not silent
    assert not page.context.cookies()


def test_the_language_of_a_story_is_switched(page: Page, found: Found) -> None:
    go(page, next(place for place in found.places if (place.kind, place.language) == ("StoryPage", "en")))
    slug = page.url.rstrip("/").rpartition("/")[2]
    menu = page.locator("header details summary")
    if menu.count():
        menu.first.click()

    press(page.locator("header a[hreflang=fr]").first)

    expect(page.locator("html")).to_have_attribute("lang", "fr")
    assert page.url.rstrip("/").endswith(f"/{slug}")


def test_somebody_joins(page: Page) -> None:
    page.goto("/en/subscribe/")
    page.get_by_label("Your e-mail address").fill("without-scripts@example.org")
    page.locator("#id_messages").check()
    send = page.get_by_role("button", name="Send me the link to confirm")
    for _attempt in range(20):
        # A form that comes back sooner than a person can read it is asked for once more.
        press(send)
        if page.url.endswith("/subscribe/done/"):
            break
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.url.endswith("/en/subscribe/done/")
