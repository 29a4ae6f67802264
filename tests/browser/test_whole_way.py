"""The whole way in the running demo: join on both channels, broadcast, approve, receive, follow, leave, read."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Error, Locator, Page, expect

from .conftest import Demo, Staff, press

pytestmark = pytest.mark.browser

READER = "reader@example.org"
STORY = "About one person in eight in Dominica was born abroad"
TRIES = 180
OVERTAKEN = ("interrupted by another navigation", "net::ERR_ABORTED")
"""What a browser says of an address whose opening was overtaken: by a page that looks again by itself."""


def join_by_mail(page: Page) -> None:
    page.goto("/en/subscribe/")
    page.get_by_label("Your e-mail address").fill(READER)
    page.locator("#id_messages").check()
    page.locator("#id_group").select_option("media")
    page.get_by_label("Woman").check()
    page.locator("#id_gender_statistics").check()
    page.locator("#id_click_tracking").check()
    page.locator("#id_open_tracking").check()
    send = page.get_by_role("button", name="Send me the link to confirm")
    for _attempt in range(20):
        # A form that comes back sooner than a person can read it is asked for once more.
        press(send)
        if page.url.endswith("/subscribe/done/"):
            return
        expect(page.get_by_text("Please press the button once more").first).to_be_visible()
    raise AssertionError("the form was never taken")


def reload_until(page: Page, address: str, wanted: Callable[[], Locator]) -> Locator:
    """Open ``address`` again and again until it shows what is wanted, as somebody without JavaScript would."""
    for _attempt in range(TRIES):
        try:
            page.goto(address)
            expect(wanted().first).to_be_visible(timeout=1000)
        except AssertionError:
            continue
        except Error as error:
            if not any(words in str(error) for words in OVERTAKEN):
                raise
            continue
        return wanted().first
    raise AssertionError(f"{address} never showed it")


def open_newest_mail(staff_page: Page, receiver: str, subject: str) -> None:
    """Open the newest mail to ``receiver`` in the sandbox, once it is there."""
    links = lambda: staff_page.get_by_role("link", name=re.compile(re.escape(subject)))  # noqa: E731
    newest = reload_until(staff_page, f"/admin/sandbox/?q={receiver}", links)
    # With its pictures: one that comes late pushes away what is about to be clicked.
    press(newest)


def follow(staff_page: Page, words: str) -> Page:
    """The page to which the first link with these words leads, in the mail that ``staff_page`` shows.

    By the keyboard: the frame of the mail may still be moved when a pointer has found its place.
    """
    links = staff_page.frame_locator("iframe.mail__body").get_by_role("link", name=words, exact=False)
    with staff_page.context.expect_page() as opened:
        links.first.press("Enter")
    return opened.value


def quiet_phone(page: Page) -> str:
    """The address of the pretended phone that is open, at which it does not look again by itself."""
    return page.url.partition("?")[0]


def join_by_telegram(page: Page) -> None:
    """On a pretended phone, where the page for the public leads to in the demo."""
    page.goto("/en/subscribe/telegram/")
    press(page.get_by_role("link", name="Open Telegram"))
    press(page.get_by_role("button", name="Start the bot"))
    phone = quiet_phone(page)
    for label in ("English", "Yes, send me messages"):
        press(reload_until(page, phone, lambda label=label: page.get_by_role("button", name=label)))  # type: ignore[misc]


def decide(page: Page, name: str, when: str = "") -> None:
    """Take a decision on the broadcast that the page shows: ask for it, say for ``when``, then confirm it."""
    press(page.get_by_role("link", name=name, exact=True))
    if when:
        page.get_by_label(when, exact=True).check()
    press(page.get_by_role("button", name=name, exact=True))


def test_from_the_editor_to_the_evaluator(demo: Demo, staff: Staff, page: Page) -> None:
    editor = staff.sign_in("editor")
    join_by_mail(page)
    open_newest_mail(editor, READER, "Confirm")
    confirmation = follow(editor, "")
    press(confirmation.get_by_role("button", name="Yes, send me messages"))
    expect(confirmation.get_by_role("heading", level=1)).to_be_visible()
    join_by_telegram(page)

    story = demo.manage(
        "shell", "-v", "0", "-c",
        f"from home.models import StoryPage; print(StoryPage.objects.get(title={STORY!r}).pk)",
    ).strip()  # fmt: skip
    editor.goto(f"/admin/broadcasts/add/?story={story}")
    editor.get_by_role("button", name="Make the draft").click()
    expect(editor.get_by_text("The draft is made")).to_be_visible()
    address = editor.url
    expect(editor.locator(".studio-matrix tbody tr")).to_have_count(4)
    press(editor.get_by_role("link", name="Change title and audience"))
    editor.get_by_label("Media", exact=False).first.check()
    press(editor.get_by_role("button", name="Save"))
    editor.goto(f"{address}text/email/en/")
    press(editor.get_by_role("button", name="Send me a test"))
    open_newest_mail(editor, "editor@example.org", "[Test]")
    editor.goto(address)
    decide(editor, "Submit for approval")
    expect(editor.get_by_text("A second person reads and approves it.")).to_be_visible()
    expect(editor.get_by_role("link", name="Approve and schedule")).to_have_count(0)

    approver = staff.sign_in("approver")
    approver.goto(address)
    decide(approver, "Approve and schedule", "At once")
    reload_until(approver, address, lambda: approver.get_by_text("Finished", exact=True))

    open_newest_mail(editor, READER, STORY)
    expect(follow(editor, "Read").get_by_role("heading", level=1)).to_have_text(STORY)
    with editor.context.expect_page() as opened:
        editor.get_by_role("button", name="Unsubscribe").click()
    expect(opened.value.get_by_role("heading", level=1)).to_have_text("You have left")

    evaluator = staff.sign_in("evaluator")
    number = address.rstrip("/").rsplit("/", 1)[-1]
    reload_until(evaluator, f"/admin/reach/?broadcast={number}", lambda: evaluator.get_by_text("People reached"))
    expect(evaluator.locator("body")).not_to_contain_text(READER)
    # This reader is quicker than people are, and may be taken for a machine.
    counted = (
        "from outreach.tracking.models import TrackingEvent; print(*sorted(TrackingEvent.objects.filter("
        f"broadcast={number}).values_list('kind', flat=True)))"
    )
    found: list[str] = []
    for _look in range(60):  # The worker reads what was clicked and opened from a journal.
        found = demo.manage("shell", "-v", "0", "-c", counted).split()
        if len(found) >= 3:
            break
    assert found == ["click", "open", "unsubscribe"]
    assert "DOES NOT BALANCE" not in demo.manage("check_ledger")
