"""What was read, written row by row, so that every figure can be counted by hand."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from outreach.broadcasts.models import Broadcast
from outreach.tracking.models import Drop, PageDay
from tests.outreach.broadcasts.conftest import build_stories, member

__all__ = ["member"]

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
GONE_PAGE, GONE_BROADCAST = 9_001, 9_002

Write = Callable[..., PageDay]


@pytest.fixture
def page_day(db) -> Write:
    """Writes one row; it is of a phone that came directly unless it is told otherwise."""

    def write(day: date, page: int, **given: Any) -> PageDay:
        fields = {"language": "en", "source": "direct", "device": "mobile", **given}
        return PageDay.objects.create(day=day, page_id=page, **fields)

    return write


@pytest.fixture
def stories(db):
    """The page of stories, in English, which is called "Stories"."""
    return build_stories()


@pytest.fixture
def letter(db) -> Broadcast:
    """A broadcast that led readers to the site."""
    return Broadcast.objects.create(title="Rights at work")


@pytest.fixture
def read(page_day, stories, letter) -> None:
    """Two days of October and one of November.

    October: stories 30 + 6 views (20 + 5 visits; 10 signals, 4 to the end), 7 by machines; the page that is gone 9
    views, 9 visits, no signal, 5 of them led there by a broadcast that is gone. November: stories 5 views.
    """
    first, third = date(2026, 10, 1), date(2026, 10, 3)
    page_day(first, stories.pk, views=30, visits=20, machine_views=7, beacons=10, completed=4)
    page_day(third, stories.pk, views=6, visits=5, source="broadcast", broadcast_id=letter.pk, device="desk")
    page_day(third, GONE_PAGE, views=4, visits=4, language="fr", source="search", device="unknown")
    page_day(third, GONE_PAGE, views=5, visits=5, language="fr", source="broadcast", broadcast_id=GONE_BROADCAST)
    page_day(date(2026, 11, 2), stories.pk, views=5, visits=5, beacons=5, completed=5)
    Drop.objects.create(day=first, reason="token", count=12)
    Drop.objects.create(day=date(2026, 11, 2), reason="token", count=1)
