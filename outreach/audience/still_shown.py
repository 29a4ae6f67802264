"""Published pages that showed the address of somebody who was erased: for data officers, who ask the editors.

Each is an entry in the page's own log, whoever had the person erased: staff, the person themselves, or the clock. It
names the page and never the address. Times are UTC.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import LogActionRegistry, log
from wagtail.models import Page, PageLogEntry

NOTED = "outreach.erasure.still_shown"


@dataclass(frozen=True)
class Shown:
    """A page that showed an address when somebody was erased, the last time at ``noted_at``.

    ``published_again_at`` is when it was published since, so that the address may be gone; ``is_live`` whether
    anybody can read it now.
    """

    number: int
    name: str
    noted_at: datetime
    published_again_at: datetime | None
    is_live: bool


def register_actions(actions: LogActionRegistry) -> None:
    """Tell Wagtail's log what the note is called."""
    text = _("Shows the address of somebody who was erased")
    actions.register_action(NOTED, _("Note that a page shows an address"), text)


def note(*, pages: Iterable[tuple[Page, str]], now: datetime) -> None:
    """Leave a note at each page, under a name that holds no address."""
    for page, name in pages:
        log(instance=page, action=NOTED, title=name, timestamp=now)


def noted(*, limit: int) -> list[Shown]:
    """The pages that were noted and are there still, each once: first those that nobody has published again, then the
    latest.
    """
    entries = PageLogEntry.objects.filter(action=NOTED).order_by("-timestamp", "-pk")
    last: dict[int, PageLogEntry] = {}
    for entry in entries.only("page_id", "label", "timestamp"):
        last.setdefault(entry.page_id, entry)
    pages = Page.objects.in_bulk(last)
    found = [_shown(pages[number], entry) for number, entry in last.items() if number in pages]
    return sorted(found, key=lambda shown: shown.published_again_at is not None)[:limit]


def _shown(page: Page, entry: PageLogEntry) -> Shown:
    published: datetime | None = page.last_published_at
    again = published if published and published > entry.timestamp else None
    return Shown(page.pk, entry.label, entry.timestamp, again, page.live)
