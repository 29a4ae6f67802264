"""The rule builder in a browser: it changes in place, the count follows, and without its script the buttons do it."""

import pytest
from playwright.sync_api import Page, expect

from .conftest import Staff

pytestmark = pytest.mark.browser


def add_condition(page: Page, name: str) -> None:
    """Add a condition to the whole rule."""
    page.locator("#new-r").select_option(label=name)
    page.locator("#part-r > .segment-add").get_by_role("button", name="Add condition").click()


def test_the_builder_changes_in_place_and_the_count_follows(staff: Staff) -> None:
    page = staff.sign_in("editor")
    page.goto("/admin/segments/new/")
    count = page.locator("[data-rule-count]")
    expect(count).to_contain_text("Everybody.")
    page.get_by_label("Name").fill("French in Roseau")

    add_condition(page, "Language")
    expect(page.locator("#part-r-0 select")).to_be_focused()
    expect(count).to_contain_text("appears once each condition is complete")
    page.get_by_label("Français").check()

    expect(count).to_contain_text("People whose language is Français.")
    expect(count).to_contain_text("Rounded down to fives")
    add_condition(page, "Parish")
    page.get_by_label("Saint George").check()
    expect(count).to_contain_text("whose language is Français, and whose parish is Saint George")
    page.get_by_role("button", name="Remove the condition: Language").click()
    expect(count).to_contain_text("People whose parish is Saint George.")
    expect(page.get_by_label("Name")).to_have_value("French in Roseau")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_builder_works_by_keyboard_alone(staff: Staff) -> None:
    page = staff.sign_in("editor")
    page.goto("/admin/segments/new/")
    page.locator("#new-r").focus()

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#part-r-0 select")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")

    expect(page.locator("[data-rule-count]")).to_contain_text("People whose language is English.")


def test_without_its_script_the_buttons_of_the_builder_do_the_same(staff: Staff) -> None:
    page = staff.sign_in("editor")
    page.route("**/segments*.js", lambda route: route.abort())
    # The admin scrolls smoothly: a button that has to be scrolled to is not where it was seen.
    page.set_viewport_size({"width": 1280, "height": 1600})
    page.goto("/admin/segments/new/")
    page.get_by_label("Name").fill("Women")

    add_condition(page, "Gender")
    page.get_by_label("Woman").check()
    page.get_by_role("button", name="Count").click()

    expect(page.locator("[data-rule-count]")).to_contain_text("People whose gender is Woman.")
    expect(page.get_by_label("Name")).to_have_value("Women")
