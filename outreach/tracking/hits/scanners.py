"""Scanners that say nothing of themselves give themselves away by what they do with one copy of a mail.

What gives one away may come after its other clicks, so those are looked at again: whatever belongs to the same delivery
and the same time gets the reason too. Links that a cohort shares can't be told from person to person; what can be said
of them is in :mod:`.shared_links`.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import F

from outreach.audience.choices import ChannelName
from outreach.broadcasts.models import Message
from outreach.delivery.models import Delivery
from outreach.tracking.models import TrackingEvent

from .machines import MachineReason
from .targets import HONEYPOT

AROUND_HONEYPOT = timedelta(minutes=1)
"""Clicks of the same copy so long before and after it are the scanner's."""
BURST = timedelta(seconds=5)
FEWEST_IN_BURST = 3
"""Different links; and they must be more than half of the message's."""
SOON = timedelta(seconds=2)
"""From when a mail was handed over: no mail is on a reader's screen before, so a scanner stood in its way."""
TOLERANCE = timedelta(minutes=1)
"""How far the clocks of two machines may lie apart before a time is corrected. A click that is earlier than a hand-over
by more answers another one, such as the first one of a mail that was sent again.
"""


class Click(NamedTuple):
    """What is known of one click on a delivery's links; ``reason`` is why it is a machine's, as far as known."""

    pk: int
    link: int
    at: datetime
    reason: str


def mark(written: Sequence[TrackingEvent]) -> None:
    """Look again at what happened on these clicks' deliveries around their time, and give scanners' clicks a reason."""
    clicks = [event for event in written if event.delivery_id and event.kind == TrackingEvent.Kind.CLICK]
    if not clicks:
        return
    deliveries = {event.delivery_id for event in clicks if event.delivery_id}
    moments = [event.occurred_at for event in clicks]
    around = (min(moments) - AROUND_HONEYPOT, max(moments) + AROUND_HONEYPOT)
    fields = ("pk", "message_id", "channel", "attempted_at", "broadcast__started_at")
    places = {pk: place for pk, *place in Delivery.objects.filter(pk__in=deliveries).values_list(*fields)}
    links = dict(Message.objects.filter(pk__in={place[0] for place in places.values()}).values_list("pk", "links"))
    found: dict[str, list[int]] = defaultdict(list)
    for delivery, its_clicks in _clicks(deliveries, around).items():
        message, channel, attempted_at, started_at = places[delivery]
        handed_over = attempted_at if channel == ChannelName.EMAIL else None
        number = len(links.get(message, ()))
        for pk, reason in verdicts(its_clicks, links=number, handed_over=handed_over, corrected_to=started_at):
            found[reason].append(pk)
    for reason, numbers in found.items():
        TrackingEvent.objects.filter(pk__in=numbers).update(machine_reason=reason)


def mark_soon(*, broadcast: int) -> int:
    """Give clicks that came sooner than a reader could their reason, and return how many.

    A scanner is often quicker than the ledger: when its click is read, nobody has written yet when the mail was handed
    over, so all clicks of a broadcast are looked at again before its figures become final.
    """
    early = TrackingEvent.objects.filter(
        broadcast=broadcast,
        kind=TrackingEvent.Kind.CLICK,
        machine_reason="",
        delivery__channel=ChannelName.EMAIL,
        occurred_at__gte=F("delivery__attempted_at") - TOLERANCE,
        occurred_at__lt=F("delivery__attempted_at") + SOON,
    ).exclude(occurred_at=F("broadcast__started_at"))
    return TrackingEvent.objects.filter(pk__in=early.values("pk")).update(machine_reason=MachineReason.SOON)


def _clicks(deliveries: Collection[int], around: tuple[datetime, datetime]) -> dict[int, list[Click]]:
    rows = TrackingEvent.objects.filter(
        delivery__in=deliveries, kind=TrackingEvent.Kind.CLICK, occurred_at__range=around
    )
    fields = rows.order_by("occurred_at", "pk").values_list("delivery", "pk", "link", "occurred_at", "machine_reason")
    by_delivery: dict[int, list[Click]] = defaultdict(list)
    for delivery, pk, link, at, reason in fields:
        by_delivery[delivery or 0].append(Click(pk, link or HONEYPOT, at, reason))
    return by_delivery


def verdicts(
    clicks: Sequence[Click], *, links: int, handed_over: datetime | None, corrected_to: datetime | None = None
) -> Iterator[tuple[int, str]]:
    """Which clicks of one delivery, in the order of time, turn out to be a machine's, with the reason.

    ``links`` is how many the message has; ``handed_over`` when the mail was given to its provider, if that counts.
    Clicks at the moment ``corrected_to`` had an impossible time: how fast they were, nobody knows.
    """
    traps = [click.at for click in clicks if click.link == HONEYPOT]
    in_burst = _in_burst([click for click in clicks if click.at != corrected_to], links)
    for click in clicks:
        if click.reason:
            continue
        if any(abs(click.at - trap) <= AROUND_HONEYPOT for trap in traps):
            yield click.pk, MachineReason.HONEYPOT.value
        elif click.pk in in_burst:
            yield click.pk, MachineReason.BURST.value
        elif click.at == corrected_to:
            continue
        elif handed_over and handed_over - TOLERANCE <= click.at < handed_over + SOON:
            yield click.pk, MachineReason.SOON.value


def _in_burst(clicks: Sequence[Click], links: int) -> set[int]:
    found: set[int] = set()
    begin = 0
    followed = [click for click in clicks if click.link != HONEYPOT]
    for end, last in enumerate(followed):
        while last.at - followed[begin].at > BURST:
            begin += 1
        window = followed[begin : end + 1]
        different = len({click.link for click in window})
        if different >= FEWEST_IN_BURST and different * 2 > links:
            found |= {click.pk for click in window}
    return found
