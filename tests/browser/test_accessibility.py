"""Every kind of page, in each language, light and dark, small and wide: within axe's rules and never too wide."""

import json
from collections.abc import Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.audit.audience import FORGET, LOOKED_AT_BY, TELL
from tests.audit.axe import ALL_SIGHTS, SIGHTS, faults, of_place
from tests.audit.looking import go
from tests.audit.places import Found

from .conftest import PATIENCE, Demo, Staff, press

pytestmark = pytest.mark.browser

LANGUAGES = ("en", "fr", "es", "ht")
PAGE_DAYS = """
from outreach.tracking.models import PageDay
PageDay.objects.filter(day__year=1999)"""
READERS = """
from wagtail.models import Page

from outreach.tracking.models import PageDay

for number, page in enumerate(Page.objects.live().filter(depth__gt=2)[:20]):
    PageDay.objects.create(day=f"1999-03-{number + 1:02}", page=page, language=page.locale.language_code,
        source=("broadcast", "direct")[number % 2], broadcast_id=(3, None)[number % 2], device="mobile",
        views=40 + number, visits=30, beacons=10 * (number % 3), completed=4 * (number % 3), machine_views=number)
"""
"""Readers of a month in which nobody else comes."""

EDITORS = [
    "", "broadcasts/", "broadcasts/add/", "broadcasts/3/", "broadcasts/3/text/email/ht/",
    "broadcasts/3/text/telegram/fr/", "outreach/progress/3/", "outreach/public/3/", "sandbox/", "sandbox/phones/",
    "broadcasts/calendar/", "broadcasts/welcome/", "broadcasts/series/", "broadcasts/series/new/",
    "reports/translation-states/", "segments/edit/7/", "segments/inspect/6/", "segments/compare/?first=1&second=6",
    "campaigns/", "campaigns/new/", "results/1/", "results/1/import/", "results/1/indicator/add/",
    "results/indicator/5/edit/", "results/indicator/5/target/2027-Q1/", "results/1/population/add/",
    "results/population/1/",
]  # fmt: skip
STAFF = [
    ("editor", EDITORS),
    ("approver", ["broadcasts/3/", "outreach/progress/3/"]),
    (
        "evaluator",
        [
            "",
            "reach/",
            "reach/?broadcast=3",
            "results/",
            "results/1/",
            "results/indicator/3/",
            "results/indicator/5/",
            "results/indicator/3/entry/add/",
            "results/1/estimate/add/",
            "reach/?period=2026-12/2026-11",
            "reach/visits/",
            "reach/visits/?period=2026-13",
            "reach/definitions/",
            "reach/definitions/?snapshot=1",
            "reach/tokens/",
        ],
    ),
    ("officer", ["segments/inspect/1/"]),
    ("admin", ["segments/edit/1/"]),
]


@pytest.fixture
def context(chromium: Browser, demo: Demo) -> Iterator[BrowserContext]:
    """A visitor in whose browser axe can run on pages that allow no script."""
    with closing(chromium.new_context(base_url=demo.url, bypass_csp=True)) as fresh:
        fresh.set_default_timeout(PATIENCE)
        yield fresh


@pytest.mark.parametrize("language", LANGUAGES)
def test_everybody_can_use_the_public_pages(demo: Demo, page: Page, found: Found, language: str) -> None:
    sights = ALL_SIGHTS if language == "en" else SIGHTS
    places = [place for place in found.places if place.language == language]
    faulty = [fault for place in places for fault in of_place(page, place)]
    leaving = next(place for place in places if place.kind == "unsubscribe")
    go(page, leaving)
    press(page.get_by_role("main").get_by_role("button"))
    faulty += faults(page, sights=sights)

    page.goto(f"/{language}/subscribe/")
    page.get_by_role("main").get_by_role("button").click()
    page.locator(".error-summary").wait_for()
    faulty += faults(page, sights=sights)

    assert not faulty, "\n\n".join(faulty)


def test_the_demo_has_every_kind_of_page_in_every_language(found: Found) -> None:
    assert {place.language for place in found.places} == set(LANGUAGES)
    assert not found.faults, "\n".join(found.faults)


def test_everybody_can_write_a_broadcast(staff: Staff) -> None:
    page = staff.sign_in("editor")
    page.goto("/admin/broadcasts/add/")
    found = list(faults(page, part="main"))
    for box in page.get_by_role("checkbox").all()[:2]:
        box.check()
    page.get_by_role("button", name="Make the draft").click()
    page.get_by_role("link", name="Change the stories").wait_for()
    draft = page.url
    for place in ("", "stories/", "text/email/fr/edit/", "text/telegram/en/edit/"):
        page.goto(f"{draft}{place}")
        found += faults(page, part="main")
    page.goto(f"{draft}text/email/en/")
    page.get_by_role("button", name="Check the links").click()
    page.get_by_role("button", name="Check again").wait_for()
    found += faults(page, part="main")

    assert not found, "\n\n".join(found)


def test_everybody_can_see_what_is_behind_a_figure_and_make_a_token(staff: Staff) -> None:
    page = staff.sign_in("evaluator")
    page.goto("/admin/reach/")
    for folded in page.locator(".reach details summary").all():
        folded.click()
    found = list(faults(page, part="main"))
    page.goto("/admin/reach/tokens/")
    page.get_by_role("textbox").last.fill("Dashboard")
    press(page.get_by_role("button", name="Make a token"))
    assert page.locator("#reach-token").input_value().startswith("reach_")
    found += faults(page, part="main")
    page.mouse.move(0, 0)  # A pointer changes the colours of what it lies on.
    page.goto(str(page.get_by_role("link", name="Revoke").get_attribute("href")))
    found += faults(page, part="main")
    press(page.get_by_role("button", name="Revoke it"))

    assert not found, "\n\n".join(found)


def test_everybody_can_see_what_was_read_on_the_site(demo: Demo, staff: Staff) -> None:
    demo.manage("shell", "-v", "0", "-c", READERS)
    try:
        page = staff.sign_in("evaluator")
        page.goto("/admin/reach/visits/?period=1999-03")
        assert page.locator(".reach-table").count() == 7
        found = list(faults(page, part="main", sights=ALL_SIGHTS))
        for folded in page.locator(".reach details summary").all():
            folded.click()
        found += faults(page, part="main")
    finally:
        demo.manage("shell", "-v", "0", "-c", f"{PAGE_DAYS}.delete()")

    assert not found, "\n\n".join(found)


@pytest.mark.parametrize(("name", "places"), STAFF)
def test_everybody_can_use_the_staff_pages(staff: Staff, name: str, places: list[str]) -> None:
    page = staff.sign_in(name)
    found: list[str] = []
    for place in places:
        page.goto(f"/admin/{place}")
        found += faults(page, part="main")

    assert not found, "\n\n".join(found)


def test_everybody_can_use_the_staff_pages_of_the_audience(demo: Demo, staff: Staff) -> None:
    paths = json.loads(demo.manage("shell", "-v", "0", "-c", TELL))
    found: list[str] = []
    try:
        for name in sorted(set(LOOKED_AT_BY.values())):
            page = staff.sign_in(name)
            for place in (place for place, by in LOOKED_AT_BY.items() if by == name):
                answer = page.goto(paths[place])
                if not answer or answer.status != 200 or not page.url.endswith(paths[place]):
                    found.append(f"{place}: {name} was led to {page.url}")
                found += faults(page, part="main" if page.locator("main").count() else "document")
    finally:
        demo.manage("shell", "-v", "0", "-c", FORGET)

    assert not found, "\n\n".join(found)
