"""What the script of a story tells in a real browser when its reader leaves."""

from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Page

from .conftest import press

pytestmark = pytest.mark.browser

LEAVE = """
Object.defineProperty(document, "hidden", { value: true });
document.dispatchEvent(new Event("visibilitychange"));
"""
"""What a browser does when another tab is opened."""


READ_FOR = 12_000
"""Milliseconds by the page's clock, which the test moves on: how fast the machine is does not count."""


def test_a_story_tells_once_that_its_end_was_seen_and_keeps_nothing(page: Page) -> None:
    page.clock.install()
    page.goto("/en/stories/")
    press(page.locator("main .card a").first)
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    page.wait_for_function("scrollY + innerHeight >= document.documentElement.scrollHeight - 2")

    page.clock.run_for(READ_FOR)
    with page.expect_request("**/v/") as sent:
        page.evaluate(LEAVE)

    told = {name: values[0] for name, values in parse_qs(sent.value.post_data or "").items()}
    assert (told["end"], told["from"]) == ("1", "127.0.0.1")
    assert page.url.endswith(told["path"])
    assert float(told["seconds"]) >= READ_FOR / 1000
    assert not page.context.cookies()
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
