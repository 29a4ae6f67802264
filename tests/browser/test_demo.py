"""The demo as a new user meets it."""

import re

import pytest
from playwright.sync_api import Page, expect

from .conftest import Demo, Staff

pytestmark = pytest.mark.browser

ROLES = ["editor", "approver", "evaluator", "officer", "admin"]


def test_the_start_shows_the_address_and_every_user_with_a_password(demo: Demo) -> None:
    said = "".join(demo.output)

    for name in ROLES:
        assert re.search(rf"^  {name} +{re.escape(demo.passwords[name])}  ", said, re.MULTILINE)


def test_the_home_page_opens(page: Page) -> None:
    response = page.goto("/")

    assert response is not None
    assert response.ok
    expect(page.locator("h1")).to_be_visible()


@pytest.mark.parametrize("name", ROLES)
def test_every_demo_user_can_sign_in(name: str, staff: Staff) -> None:
    expect(staff.sign_in(name).locator("body")).to_contain_text(name.capitalize())


def test_a_second_start_keeps_what_was_changed_and_loads_nothing_again(demo: Demo) -> None:
    home = "from home.models import HomePage; pages = HomePage.objects.filter(depth=2, locale__language_code='en')"
    demo.manage("shell", "-v", "0", "-c", f"{home}; pages.update(seo_title='Changed by hand')")

    assert demo.stop() == 0
    demo.start()

    assert demo.manage("shell", "-v", "0", "-c", f"{home}; print(pages.get().seo_title)") == "Changed by hand\n"
    said = "".join(demo.output)
    assert not [step for step in ("Creating", "Publishing", "Generating") if step in said]
