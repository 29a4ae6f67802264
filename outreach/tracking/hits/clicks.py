"""A batch of clicks and opens becomes tracking events: each on the delivery or the cohort to which it belongs now."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from outreach.audience.choices import Purpose
from outreach.audience.inactivity import note_activity
from outreach.audience.models import Subscription
from outreach.broadcasts.models import Message
from outreach.delivery.freeze import Dimensions, cohort_index, cohort_of
from outreach.delivery.models import Cohort, Delivery
from outreach.tracking.models import Drop, Forgotten, TrackingEvent
from outreach.tracking.tokens import Use

from . import scanners, shared_links
from .lines import Hit, moment
from .machines import MachineReason
from .scanners import TOLERANCE
from .targets import HONEYPOT

Kind, Reason = TrackingEvent.Kind, Drop.Reason


def write_hits(hits: Sequence[Hit], *, now: datetime, drops: Counter[str]) -> int:
    """Write an event for each hit and return how many; what is not counted is added to ``drops``, by reason.

    Whether a person consents is asked now: a click on the personal link of somebody who took the consent back counts
    for their cohort alone, and an open of theirs not at all. Whoever followed their own link was active today. To be
    called in a transaction.
    """
    if not hits:
        return 0
    surroundings = _Surroundings.of(hits)
    written = []
    for hit in hits:
        event = surroundings.event(hit, now, drops)
        if isinstance(event, Reason):
            drops[event.value] += 1
        else:
            written.append(event)
    TrackingEvent.objects.bulk_create(written, batch_size=500)
    scanners.mark(written)
    shared_links.mark(written)
    note_activity(subscribers=surroundings.active(written), now=now)
    return len(written)


@dataclass(frozen=True)
class _Surroundings:
    """What the database knows of the things that a batch of hits names; read in a few queries for all of them."""

    broadcasts: dict[int, tuple[int, datetime | None]]
    deliveries: dict[int, tuple[int, int, Dimensions]]
    cohorts: dict[int, int]
    clickable: set[int]
    openable: set[int]
    forgotten: set[int]
    indexes: dict[int, dict[Dimensions, int]] = field(default_factory=dict)

    @classmethod
    def of(cls, hits: Sequence[Hit]) -> "_Surroundings":
        messages = Message.objects.filter(pk__in={hit.message for hit in hits})
        broadcasts = {
            pk: (broadcast, started_at)
            for pk, broadcast, started_at in messages.values_list("pk", "broadcast", "broadcast__started_at")
        }
        rows = Delivery.objects.filter(pk__in={hit.number for hit in hits if hit.use != Use.COHORT_CLICK})
        cohorts = Cohort.objects.filter(pk__in={hit.number for hit in hits if hit.use == Use.COHORT_CLICK})
        forgotten = Forgotten.objects.filter(broadcast__in={broadcast for broadcast, _started in broadcasts.values()})
        return cls(
            broadcasts=broadcasts,
            deliveries={
                pk: (message, subscriber, (segment, gender, language, channel))
                for pk, message, subscriber, segment, gender, language, channel in rows.values_list(
                    "pk", "message_id", "subscriber_id", "segment", "gender", "language", "channel"
                )
            },
            cohorts=dict(cohorts.values_list("pk", "broadcast")),
            clickable=_consenting(hits, Use.PERSONAL_CLICK, Purpose.CLICK_TRACKING),
            openable=_consenting(hits, Use.OPEN, Purpose.OPEN_TRACKING),
            forgotten=set(forgotten.values_list("broadcast", flat=True)),
        )

    def event(self, hit: Hit, now: datetime, drops: Counter[str]) -> "TrackingEvent | Drop.Reason":
        """The event that a hit is, or why it is none."""
        if hit.message not in self.broadcasts:
            return Reason.GONE
        broadcast, started_at = self.broadcasts[hit.message]
        if broadcast in self.forgotten:
            return Reason.OLD
        place = self._place(hit, broadcast)
        if isinstance(place, Reason):
            return place
        delivery, cohort = place
        happened_at = _possible(moment(hit.at), started_at, now)
        if happened_at != moment(hit.at):
            drops[Reason.CLOCK.value] += 1
        is_open = hit.use == Use.OPEN
        is_trap = not is_open and hit.link == HONEYPOT
        return TrackingEvent(
            broadcast_id=broadcast,
            delivery_id=delivery,
            cohort_id=cohort,
            kind=Kind.OPEN if is_open else Kind.CLICK,
            link=None if is_open else hit.link,
            machine_reason=MachineReason.HONEYPOT if is_trap else hit.machine_reason,
            occurred_at=happened_at,
        )

    def active(self, events: Sequence[TrackingEvent]) -> set[int]:
        """The numbers of the people who followed a link of their own, and are not a machine as far as anybody knows."""
        clicks = [event for event in events if event.kind == Kind.CLICK and not event.machine_reason]
        return {self.deliveries[event.delivery_id][1] for event in clicks if event.delivery_id}

    def _place(self, hit: Hit, broadcast: int) -> "tuple[int | None, int | None] | Drop.Reason":
        """The delivery or the cohort for which a hit counts."""
        if hit.use == Use.COHORT_CLICK:
            return (None, hit.number) if self.cohorts.get(hit.number) == broadcast else Reason.GONE
        message, _subscriber, dimensions = self.deliveries.get(hit.number, (0, 0, None))
        if dimensions is None or message != hit.message:
            return Reason.GONE
        if hit.use == Use.OPEN:
            return (hit.number, None) if hit.number in self.openable else Reason.CONSENT
        if hit.number in self.clickable:
            return hit.number, None
        if broadcast not in self.indexes:
            self.indexes[broadcast] = cohort_index(broadcast)
        try:
            return None, cohort_of(dimensions, self.indexes[broadcast])
        except LookupError:
            return Reason.COHORT


def _consenting(hits: Sequence[Hit], use: Use, purpose: Purpose) -> set[int]:
    """The deliveries of hits of one use whose receivers consent to ``purpose`` now; nobody who was erased does."""
    numbers = {hit.number for hit in hits if hit.use == use}
    flag = {f"allows_{purpose.value}": True}
    allowed = Subscription.objects.filter(deliveries__in=numbers, **flag)
    return {number for number in allowed.values_list("deliveries", flat=True) if number in numbers}


def _possible(happened_at: datetime, started_at: datetime | None, now: datetime) -> datetime:
    """The time, or the nearest that is possible: not before sending began, not in the future."""
    if happened_at > now + TOLERANCE:
        return now
    if started_at and happened_at < started_at - TOLERANCE:
        return started_at
    return happened_at
