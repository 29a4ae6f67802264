"""Which stories, infographics and news a broadcast carries, in which order; a change makes texts drawn before stale."""

from collections.abc import Sequence
from datetime import datetime

from django.contrib.auth.models import User
from django.utils.translation import gettext_noop
from wagtail.models import Page

from .editing import editing
from .history import record
from .models import Broadcast, CarriedPage
from .sources import carried_pages


def add_stories(*, broadcast: Broadcast, pages: Sequence[Page], user: User | None, now: datetime) -> list[Page]:
    """Carry ``pages`` after what is carried; those that were new. A page in two languages is carried once."""
    with editing(broadcast, gettext_noop("The stories were changed."), user, now) as void:
        before = carried_pages(broadcast)
        known, added = {page.translation_key for page in before}, []
        for page in pages:
            if page.translation_key not in known:
                known.add(page.translation_key)
                added.append(page)
        if added:
            _carry(broadcast, [*before, *added], user, now)
            void()
    return added


def move_story(*, broadcast: Broadcast, page: int, by: int, user: User | None, now: datetime) -> None:
    """Move a page ``by`` places, down where it is positive; nothing happens beyond the ends or to a stranger."""
    with editing(broadcast, gettext_noop("The stories were changed."), user, now) as void:
        pages = carried_pages(broadcast)
        start = next((place for place, carried in enumerate(pages) if carried.pk == page), None)
        if start is None or not 0 <= start + by < len(pages):
            return
        pages.insert(start + by, pages.pop(start))
        _carry(broadcast, pages, user, now)
        void()


def drop_story(*, broadcast: Broadcast, page: int, user: User | None, now: datetime) -> None:
    """Carry a page no longer; nothing happens if it is not carried."""
    with editing(broadcast, gettext_noop("The stories were changed."), user, now) as void:
        pages = carried_pages(broadcast)
        rest = [carried for carried in pages if carried.pk != page]
        if len(rest) < len(pages):
            _carry(broadcast, rest, user, now)
            void()


def _carry(broadcast: Broadcast, pages: Sequence[Page], user: User | None, now: datetime) -> None:
    broadcast.carried.all().delete()
    CarriedPage.objects.bulk_create(
        CarriedPage(broadcast=broadcast, page=page, place=place) for place, page in enumerate(pages)
    )
    names = ", ".join(page.title for page in pages)
    record(broadcast=broadcast, action="stories", user=user, now=now, detail=names)
