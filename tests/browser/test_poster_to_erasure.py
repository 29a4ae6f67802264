"""From a poster to erasure, on both channels, as people go: nothing of them is left, and the poster's count stays."""

import re

import pytest
from playwright.sync_api import Page, expect

from .conftest import Demo, Staff, press
from .test_whole_way import follow, open_newest_mail, quiet_phone, reload_until

pytestmark = pytest.mark.browser

READER = "poster.reader@example.org"
CODE = "clinic-roseau"
MAKE_LINK = (
    "from outreach.audience.models import JoinLink;"
    f"JoinLink.objects.get_or_create(code='{CODE}', defaults=dict(kind='poster', place='A clinic in Roseau'))"
)
TEN_MINUTES_PASS = (
    "from outreach.audience.models import JoinAttempts; from datetime import timedelta; from django.db.models import F;"
    "JoinAttempts.objects.update(window=F('window') - timedelta(minutes=10))"
)
"""An inbox gets no two of our mails about itself within ten minutes."""
JOINED = (
    "from outreach.audience.models import SignUpCount; from django.db.models import Sum;"
    f"print(*SignUpCount.objects.filter(source='{CODE}').values_list('channel').annotate(Sum('joined'))"
    ".order_by('channel').values_list('channel', 'joined__sum'))"
)
SEARCH = (
    "from pathlib import Path; from django.conf import settings; from tests.ground.traces import in_files, in_tables;"
    "from django.db import connection;"
    # What was deleted goes from SQLite's log of writes with the next checkpoint.
    "connection.vendor == 'sqlite' and connection.cursor().execute('PRAGMA wal_checkpoint(TRUNCATE)');"
    "theirs = {theirs!r};"
    "print(sorted({{*in_tables(theirs), *in_files(theirs, Path(settings.LOCAL_DIR), Path(settings.MEDIA_ROOT))}}))"
)


def shell(demo: Demo, code: str) -> str:
    return demo.manage("shell", "-v", "0", "-c", code).strip()


def send(page: Page, button: str, landed: str) -> None:
    """Press the button of an open form until it is taken: one that comes back too soon is asked for once more."""
    for _attempt in range(20):
        press(page.get_by_role("button", name=button))
        if re.search(landed, page.url):
            return
        expect(page.get_by_text("Please press the button once more").first).to_be_visible()
    raise AssertionError("the form was never taken")


def by_mail(demo: Demo, page: Page, mailbox: Page) -> None:
    """Join by the poster's address, change what comes, and be erased by a fresh link."""
    page.goto(f"/j/{CODE}")
    press(page.get_by_role("link", name="Join by e-mail"))
    page.get_by_label("Your e-mail address").fill(READER)
    page.locator("#id_messages").check()
    send(page, "Send me the link to confirm", "/subscribe/done/")
    open_newest_mail(mailbox, READER, "Confirm")
    confirmation = follow(mailbox, "")
    press(confirmation.get_by_role("button", name="Yes, send me messages"))

    shell(demo, TEN_MINUTES_PASS)
    page.goto("/en/preferences/")
    page.get_by_label("Your e-mail address").fill(READER)
    send(page, "Send me the link", "/preferences/asked/|/asked/")
    open_newest_mail(mailbox, READER, "Your link to change what you get")
    own = follow(mailbox, "")
    own.get_by_label("At most one a week").check()
    press(own.get_by_role("button", name="Save"))
    expect(own.get_by_label("At most one a week")).to_be_checked()
    press(own.get_by_role("link", name="See and download everything that we keep of you"))
    expect(own.get_by_text(READER)).to_be_visible()
    own.go_back()
    press(own.get_by_role("link", name="Erase everything that we keep of you"))
    press(own.get_by_role("button", name="Yes, erase me"))
    expect(own.get_by_role("heading", level=1)).to_have_text("Nothing is kept of you")


def by_telegram(page: Page) -> str:
    """Join on a pretended phone from the same poster and be erased in the chat; the chat's number."""
    page.goto(f"/j/{CODE}")
    press(page.get_by_role("link", name="Open Telegram"))
    press(page.get_by_role("button", name="Start the bot"))
    phone = quiet_phone(page)
    for label in ("English", "Yes, send me messages"):
        press(reload_until(page, phone, lambda label=label: page.get_by_role("button", name=label)))  # type: ignore[misc]
    reload_until(page, phone, lambda: page.get_by_role("button", name="Worker or family of a worker"))
    number = re.search(r"chat number (\d+)", page.locator("body").inner_text())
    assert number
    page.get_by_label("Message", exact=True).fill("/erase")
    press(page.get_by_role("button", name="Send"))
    press(reload_until(page, phone, lambda: page.get_by_role("button", name="Yes, erase me")))
    return number[1]


def test_whoever_came_by_a_poster_and_is_erased_leaves_a_count_and_nothing_else(
    demo: Demo, staff: Staff, page: Page
) -> None:
    shell(demo, MAKE_LINK)
    by_mail(demo, page, staff.sign_in("editor"))
    number = by_telegram(page)

    gone = f"from outreach.audience.models import Subscriber; print(Subscriber.objects.filter(source='{CODE}').count())"
    for _attempt in range(60):
        if shell(demo, gone) == "0":
            break
    assert shell(demo, gone) == "0"
    assert shell(demo, JOINED) == "('email', 1) ('telegram', 1)"
    assert shell(demo, SEARCH.format(theirs=(READER, number))) == "[]"
