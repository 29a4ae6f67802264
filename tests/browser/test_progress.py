"""The page of a running broadcast in a browser: it follows the ledger, and without scripts it reloads itself."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.audit.axe import faults

from .conftest import PATIENCE, Demo, Staff

pytestmark = pytest.mark.browser

MAKE = """
from django.utils import timezone
from outreach.broadcasts.models import Broadcast
from outreach.delivery.models import Delivery, Freeze

now = timezone.now()
broadcast = Broadcast.objects.create(
    title="Watched", channels=["email"], state="paused", pause_reason="A wrong number", started_at=now
)
rows = list(Delivery.objects.filter(broadcast=3, channel="email", status="accepted")[:4])
for place, row in enumerate(rows):
    row.pk, row.broadcast = None, broadcast
    row.status, row.settled_at, row.detail = [("accepted", now, ""), ("queued", None, ""),
        ("uncertain", None, "no answer"), ("uncertain", None, "the line was cut")][place]
    row.save()
Freeze.objects.create(broadcast=broadcast, frozen_at=now, candidates=len(rows))
print(broadcast.pk)
"""
REMOVE = """
from outreach.broadcasts.models import Broadcast
from outreach.delivery.models import Delivery, Freeze
for model in (Delivery, Freeze):
    model.objects.filter(broadcast={number}).delete()
Broadcast.objects.filter(pk={number}).delete()
"""
SETTLE = """
from django.utils import timezone
from outreach.delivery.models import Delivery
Delivery.objects.filter(broadcast={number}, status="queued").update(status="accepted", settled_at=timezone.now())
"""


@pytest.fixture
def watched(demo: Demo) -> Iterator[int]:
    """A broadcast to four people that is paused halfway, so that no worker touches it."""
    number = int(demo.manage("shell", "-v", "0", "-c", MAKE))
    yield number
    demo.manage("shell", "-v", "0", "-c", REMOVE.format(number=number))


def test_it_follows_the_ledger_and_takes_a_decision_once(demo: Demo, staff: Staff, watched: int) -> None:
    page = staff.sign_in("approver")
    page.goto(f"/admin/outreach/progress/{watched}/")
    expect(page.get_by_text("1 of 4 deliveries settled")).to_be_visible()
    # A colour that is still on its way between two schemes is none to judge.
    page.add_style_tag(content="*, *::before, *::after { transition: none !important }")
    found = list(faults(page, part="main"))
    page.evaluate("window.stayed = true")
    page.get_by_text("Decide by cause").click()
    page.locator("#take").focus()

    demo.manage("shell", "-v", "0", "-c", SETTLE.format(number=watched))
    # Who comes back to the tab need not wait for the next look.
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    expect(page.get_by_text("2 of 4 deliveries settled")).to_be_visible(timeout=2 * PATIENCE)
    expect(page.locator("[data-live-said]")).to_have_text(
        "Paused. 50 percent settled. Some deliveries wait for your decision"
    )
    assert page.evaluate("window.stayed && document.activeElement.id") == "take"
    expect(page.locator("#uncertain-causes")).to_have_attribute("open", "")

    page.locator("#take").dblclick()
    expect(page.get_by_text("2 deliveries were changed.")).to_be_visible()
    expect(page.get_by_text("2 uncertain ones are taken as sent")).to_have_count(1)
    assert not found, "\n\n".join(found)


def test_without_scripts_it_reloads_itself(demo: Demo, staff: Staff, chromium: Browser, watched: int) -> None:
    cookies = staff.sign_in("editor").context.cookies()
    context = chromium.new_context(base_url=demo.url, java_script_enabled=False)
    context.add_cookies(cookies)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"/admin/outreach/progress/{watched}/")
    expect(page.get_by_text("1 of 4 deliveries settled")).to_be_visible()

    demo.manage("shell", "-v", "0", "-c", SETTLE.format(number=watched))

    expect(page.get_by_text("2 of 4 deliveries settled")).to_be_visible(timeout=2 * PATIENCE)
    context.close()
