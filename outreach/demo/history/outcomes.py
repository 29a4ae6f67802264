"""What became of each message of a past broadcast, and what came back: from the seed, into the real ledger."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from outreach.audience import subscriptions
from outreach.audience.choices import ChannelName, Gender, SuppressionReason
from outreach.audience.models import Subscription
from outreach.audience.suppressions import suppress
from outreach.broadcasts.models import Broadcast
from outreach.delivery.freeze import Dimensions, cohort_index, cohort_of
from outreach.delivery.models import Delivery
from outreach.tracking import events
from outreach.tracking.models import TrackingEvent

from .segments import COMMUNITY, EMPLOYERS, WORKERS

Status = Delivery.Status
Kind = TrackingEvent.Kind

PER_SECOND = {ChannelName.EMAIL: 50, ChannelName.TELEGRAM: 25}
ENDS: dict[str, list[tuple[float, str, str]]] = {
    ChannelName.EMAIL: [
        (0.022, Status.BOUNCED, "550 5.1.1 No such mailbox"),
        (0.005, Status.FAILED, "gave up after 8 attempts: 452 4.2.2 Mailbox full"),
        (0.002, Status.CANCELLED, "left or withdrew consent"),
    ],
    ChannelName.TELEGRAM: [
        (0.026, Status.BLOCKED, "Forbidden: bot was blocked by the user"),
        (0.004, Status.BOUNCED, "Bad Request: chat not found"),
        (0.002, Status.CANCELLED, "left or withdrew consent"),
    ],
}
"""By channel: the part of messages that end so, and what the provider said; all others are accepted."""
DEFERRED_BEFORE = 0.03
LEAVING = 0.011
CLICKING = {WORKERS: 0.26, COMMUNITY: 0.19, EMPLOYERS: 0.12}
CLICKING_OTHERWISE = 0.15
OPENING = 0.45
SCANNED = 0.07
"""The part of e-mails whose links a mail scanner follows before the person does."""


def settle(broadcast: Broadcast, *, chance: random.Random, sent_at: datetime) -> datetime:
    """Give every delivery its end, one after the other at the channels' pace; when the last one was settled."""
    deliveries = list(broadcast.deliveries.order_by("subscriber_id", "channel"))
    sent = dict.fromkeys(PER_SECOND, 0)
    finished_at = sent_at
    for delivery in deliveries:
        channel = ChannelName(delivery.channel)
        sent[channel] += 1
        _end(delivery, chance, sent_at + timedelta(seconds=sent[channel] / PER_SECOND[channel]))
        assert delivery.settled_at
        finished_at = max(finished_at, delivery.settled_at)
    Delivery.objects.bulk_update(
        deliveries, ["status", "detail", "attempts", "attempted_at", "settled_at"], batch_size=200
    )
    for delivery in deliveries:
        _tell_audience(delivery)
    return finished_at


def _end(delivery: Delivery, chance: random.Random, at: datetime) -> None:
    share = chance.random()
    delivery.status, delivery.attempts = Status.ACCEPTED, 1
    for part, status, detail in ENDS[delivery.channel]:
        if share < part:
            delivery.status, delivery.detail = status, detail
            break
        share -= part
    if delivery.status == Status.CANCELLED:
        delivery.attempts, delivery.settled_at = 0, at
        return
    if delivery.status == Status.FAILED:
        delivery.attempts, at = 8, at + timedelta(hours=2, minutes=7)
    elif chance.random() < DEFERRED_BEFORE:
        delivery.attempts, at = 2, at + timedelta(minutes=1)
    delivery.attempted_at = at
    delivery.settled_at = at + timedelta(milliseconds=chance.randint(40, 900))


def _tell_audience(delivery: Delivery) -> None:
    """End subscriptions as the engine does when an address is dead or its owner closed it."""
    if delivery.status not in {Status.BOUNCED, Status.BLOCKED}:
        return
    assert delivery.settled_at
    subscription = Subscription.objects.get(pk=delivery.subscription_id)
    subscriptions.stop(subscription=subscription, now=delivery.settled_at)
    if delivery.status == Status.BOUNCED:
        suppress(
            channel=subscription.channel,
            address_hash=subscription.address_hash,
            reason=SuppressionReason.HARD_BOUNCE,
            now=delivery.settled_at,
        )


@dataclass
class Reader:
    """What one person does with a message that arrived, at times between ``since`` and ``until``."""

    delivery: Delivery
    cohorts: dict[Dimensions, int]
    chance: random.Random
    since: datetime
    until: datetime

    def events(self) -> Iterator[TrackingEvent]:
        """Opens and clicks, by people and by machines: the person's own where they agreed, else their cohort's."""
        links = len(self.delivery.message.links)
        email = self.delivery.channel == ChannelName.EMAIL
        if email and links and self.chance.random() < SCANNED:
            yield self._click(1, machine_reason="prefetch", within=timedelta(minutes=2))
        opens = email and self.chance.random() < OPENING
        if opens and self.delivery.tracks_opens:
            yield TrackingEvent(
                broadcast_id=self.delivery.broadcast_id,
                delivery=self.delivery,
                kind=Kind.OPEN,
                occurred_at=self._moment(timedelta(days=3)),
            )
        if links and self.chance.random() < self._inclination():
            for _again in range(self.chance.choice([1, 1, 1, 2])):
                yield self._click(self.chance.randint(1, links), within=timedelta(days=4))

    def _inclination(self) -> float:
        inclination = CLICKING.get(self.delivery.segment, CLICKING_OTHERWISE)
        return inclination * (1.2 if self.delivery.gender == Gender.WOMAN else 1.0)

    def _click(self, link: int, *, within: timedelta, machine_reason: str = "") -> TrackingEvent:
        own = self.delivery.tracks_clicks
        return TrackingEvent(
            broadcast_id=self.delivery.broadcast_id,
            delivery=self.delivery if own else None,
            cohort_id=None if own else cohort_of(self.delivery.dimensions, self.cohorts),
            kind=Kind.CLICK,
            link=link,
            machine_reason=machine_reason,
            occurred_at=self._moment(within),
        )

    def _moment(self, within: timedelta) -> datetime:
        return min(self.since + within * self.chance.random() ** 2, self.until)


def read(broadcast: Broadcast, *, chance: random.Random, since: datetime, until: datetime) -> None:
    """Let those whom a message reached open it and follow its links between ``since`` and ``until``."""
    cohorts = cohort_index(broadcast.pk)
    found = [
        event for delivery in _reached(broadcast) for event in Reader(delivery, cohorts, chance, since, until).events()
    ]
    TrackingEvent.objects.bulk_create(found, batch_size=500)


def leave(broadcast: Broadcast, *, chance: random.Random, at: datetime) -> None:
    """Let some of those whom a message reached unsubscribe, as its link does it."""
    for delivery in _reached(broadcast):
        if chance.random() < LEAVING:
            events.unsubscribe(delivery=delivery, now=at)


def _reached(broadcast: Broadcast) -> "QuerySet[Delivery]":
    reached = broadcast.deliveries.filter(status__in=Delivery.REACHED)
    return reached.select_related("message").order_by("subscriber_id", "channel")
