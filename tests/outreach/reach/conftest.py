"""A small ledger, written row by row, so that every figure can be counted by hand."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from outreach.broadcasts.models import Broadcast, Message
from outreach.delivery.models import Cohort, Delivery, Freeze
from outreach.reach.rollups import rebuild
from outreach.reach.snapshots.closing import close_due
from outreach.reach.tables import Report, report
from outreach.tracking.models import TrackingEvent
from tests.outreach.broadcasts.conftest import member

__all__ = ["member"]

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
CLOSED = NOW + timedelta(days=30)
"""When the window of every broadcast of these tests is over, and November too."""


@dataclass
class Ledger:
    """Broadcasts, deliveries and events as the engine and the trackers would have left them."""

    people: Iterator[int] = field(default_factory=lambda: count(1))
    rebuilds: Iterator[int] = field(default_factory=count)

    def broadcast(self, title: str = "October", *, state: str = "finished", is_demo: bool = False) -> Broadcast:
        """A broadcast that ran, with a frozen audience of two segments."""
        broadcast = Broadcast.objects.create(
            title=title,
            state=state,
            is_demo=is_demo,
            started_at=NOW - timedelta(days=2),
            finished_at=NOW - timedelta(days=1) if state == "finished" else None,
        )
        for channel in ("email", "telegram"):
            Message.objects.create(broadcast=broadcast, channel=channel, language="en", subject="Subject", body="")
        segments = {"workers": {"name": "Workers", "rule": {}}, "media": {"name": "Media", "rule": {}}}
        Freeze.objects.create(broadcast=broadcast, frozen_at=NOW, candidates=0, segments=segments)
        return broadcast

    def deliver(self, broadcast: Broadcast, number: int = 1, **fields: Any) -> list[Delivery]:
        """Deliveries to that many new people, accepted unless ``status`` says otherwise."""
        defaults = {"channel": "email", "segment": "workers", "group": "worker", "gender": "woman", "language": "en"}
        fields = {**defaults, "status": "accepted", "due_at": NOW, **fields}
        people = fields.pop("people", None) or [next(self.people) for _each in range(number)]
        message = broadcast.messages.get(channel=fields["channel"])
        return [
            Delivery.objects.create(
                broadcast=broadcast,
                message=message,
                subscriber_id=person,
                subscription_id=person,
                slot=fields["channel"] if broadcast.every_channel else "",
                **dict(fields.items()),
            )
            for person in people
        ]

    def event(
        self,
        source: Delivery | Cohort,
        kind: str = "click",
        *,
        machine: str = "",
        at: datetime = NOW,
        link: int | None = None,
    ) -> TrackingEvent:
        """Something that came back for a delivery, or for a cohort."""
        delivery, cohort = (source, None) if isinstance(source, Delivery) else (None, source)
        return TrackingEvent.objects.create(
            broadcast_id=source.broadcast_id,
            delivery=delivery,
            cohort=cohort,
            kind=kind,
            machine_reason=machine,
            link=link,
            occurred_at=at,
        )

    def count(self, *broadcasts: Broadcast) -> None:
        """Rebuild the rollups, each time a second later."""
        for broadcast in broadcasts:
            rebuild(broadcast=broadcast, now=NOW + timedelta(seconds=next(self.rebuilds)))

    def close(self, *broadcasts: Broadcast) -> None:
        """Rebuild the rollups and take the snapshots of all whose window is over."""
        self.count(*broadcasts)
        close_due(now=CLOSED)


def report_of(broadcast: Broadcast) -> Report:
    """The report of a broadcast whose window is over."""
    close_due(now=CLOSED)
    return report(broadcast=broadcast.pk)


@pytest.fixture
def ledger(db) -> Ledger:
    return Ledger()


@pytest.fixture
def october(ledger) -> Broadcast:
    """A finished broadcast whose figures are counted by hand in the tests; nothing in it has to be hidden.

    Reached: workers 20 women, 10 men, 6 another, 5 prefer not to say, 8 not asked (49); media 12 women, 9 men, 5
    another, 7 prefer not to say (33). To 13 more workers, all men, nothing got through: 6 bounced, 7 blocked us. 8
    women among the workers clicked, twice each; a scanner clicked in the messages to 6 others. These 14 and 6 women of
    the media allow personal links.
    """
    broadcast = ledger.broadcast()
    women = ledger.deliver(broadcast, 14, tracks_clicks=True)
    ledger.deliver(broadcast, 6)
    ledger.deliver(broadcast, 10, gender="man", channel="telegram")
    ledger.deliver(broadcast, 6, gender="another")
    ledger.deliver(broadcast, 5, gender="undisclosed")
    ledger.deliver(broadcast, 8, gender="", language="fr")
    media = {"segment": "media", "group": "media"}
    ledger.deliver(broadcast, 6, **media, tracks_clicks=True)
    ledger.deliver(broadcast, 6, **media)
    ledger.deliver(broadcast, 9, **media, gender="man")
    ledger.deliver(broadcast, 5, **media, gender="another")
    ledger.deliver(broadcast, 7, **media, gender="undisclosed", status="delivered")
    ledger.deliver(broadcast, 6, gender="man", status="bounced")
    ledger.deliver(broadcast, 7, gender="man", status="blocked")
    for woman in women[:8]:
        ledger.event(woman)
        ledger.event(woman)
    for woman in women[8:14]:
        ledger.event(woman, machine="head")
    ledger.count(broadcast)
    return broadcast
