"""The studio while somebody writes: what is typed is seen at once, and nothing of it is saved."""

import pytest
from playwright.sync_api import Page, expect

from .conftest import Staff

pytestmark = pytest.mark.browser


def new_text(page: Page, channel: str = "email") -> str:
    """Make a draft of a story; the address at which its English text is written."""
    page.goto("/admin/broadcasts/add/")
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Make the draft").click()
    page.get_by_role("link", name="Change the stories").wait_for()
    return f"{page.url}text/{channel}/en/edit/"


@pytest.mark.parametrize("channel", ["email", "telegram"])
def test_the_preview_and_the_findings_follow_what_is_typed(staff: Staff, channel: str) -> None:
    page = staff.sign_in("editor")
    page.goto(new_text(page, channel))
    subject = page.get_by_label("Subject or headline")
    before = subject.input_value()

    subject.fill("ANOTHER HEADLINE ALTOGETHER")

    preview = page.frame_locator("iframe[name=preview-light]")
    expect(preview.get_by_text("ANOTHER HEADLINE ALTOGETHER").last).to_be_visible()
    expect(page.get_by_text("The subject is written in capitals.")).to_be_visible()
    page.get_by_role("radio", name="Dark").check()
    dark = page.frame_locator("iframe[name=preview-dark]")
    expect(dark.locator("body")).to_have_css("background-color", "rgb(12, 28, 24)")
    page.goto(page.url)
    assert subject.input_value() == before


def test_without_scripts_a_button_shows_what_is_typed(staff: Staff) -> None:
    page = staff.sign_in("editor")
    text = new_text(page)
    page.route("**/studio*.js", lambda route: route.abort())
    # The admin scrolls smoothly: a button that has to be scrolled to is not where it was seen.
    page.set_viewport_size({"width": 1280, "height": 1600})
    page.goto(text)
    preview = page.frame_locator("iframe[name=preview-light]")
    expect(preview.get_by_role("heading").first).to_be_visible()
    page.get_by_label("Subject or headline").fill("Another headline altogether")

    page.get_by_role("button", name="Preview").click()

    expect(preview.get_by_role("heading", name="Another headline altogether")).to_be_visible()


def test_a_time_and_a_day_stay_as_they_were_typed(staff: Staff) -> None:
    page = staff.sign_in("editor")
    for address, label, typed in (
        ("/admin/broadcasts/series/new/", "At this time", "9h30"),
        ("/admin/campaigns/new/", "First day", "01/12/2026"),
    ):
        page.goto(address)
        field = page.get_by_label(label)
        field.fill(typed)
        field.press("Tab")
        expect(field).to_have_value(typed)


def test_who_is_signed_out_meanwhile_is_told_and_keeps_what_they_wrote(staff: Staff) -> None:
    page = staff.sign_in("editor")
    page.goto(new_text(page))
    page.context.clear_cookies()

    page.get_by_label("Subject or headline").fill("Written too late")

    expect(page.get_by_text("You are signed out, and what you wrote is not saved.")).to_be_visible()
    expect(page.locator("input[type=password]")).to_have_count(0)
    expect(page.get_by_label("Subject or headline")).to_have_value("Written too late")
