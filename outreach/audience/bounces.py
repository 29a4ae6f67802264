"""What follows from messages that came back, for the addresses that they were sent to.

What follows a hard bounce is in :mod:`.dead_addresses`. A soft bounce only counts; ``TOO_MANY`` within ``WINDOW``
without a message that got through end the subscription, and joining again starts it. A complaint is a wish to leave.
Doing any of it twice changes nothing more. Times are UTC.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import F, Q

from .choices import ChannelName, SuppressionReason
from .models import Consent, SoftBounce, Subscription, Suppression
from .subscriptions import leave
from .suppressions import suppress

TOO_MANY = 5
WINDOW = timedelta(days=30)
KEPT = timedelta(days=90)


class SoftBounced(NamedTuple):
    """A delivery, by its number, that came back for now at ``at`` (UTC) from the address of a subscription."""

    subscription: int
    delivery: int
    at: datetime


@transaction.atomic
def complain(*, address_hash: str, subscription: Subscription | None, now: datetime) -> None:
    """Somebody told their mail provider that our mail is spam: they leave at once, and are never written to again.

    ``subscription`` is that of the address, if it still has one.
    """
    if subscription:
        leave(subscription=subscription, method=Consent.Method.COMPLAINT, now=now)
    suppress(channel=ChannelName.EMAIL, address_hash=address_hash, reason=SuppressionReason.COMPLAINT, now=now)
    # A mailbox that is back lets staff lift a hard bounce, and nothing should lift a complaint with it.
    Suppression.objects.filter(
        channel=ChannelName.EMAIL, address_hash=address_hash, reason=SuppressionReason.HARD_BOUNCE
    ).update(reason=SuppressionReason.COMPLAINT)


def count_soft(bounced: Iterable[SoftBounced]) -> None:
    """Write soft bounces down; one delivery counts once, and whoever is gone is passed over."""
    by_key = {(each.subscription, each.delivery): each for each in sorted(bounced)}
    there = set(
        Subscription.objects.filter(pk__in={subscription for subscription, _delivery in by_key}).values_list(
            "pk", flat=True
        )
    )
    SoftBounce.objects.bulk_create(
        [
            SoftBounce(subscription_id=each.subscription, delivery=each.delivery, occurred_at=each.at)
            for each in by_key.values()
            if each.subscription in there
        ],
        ignore_conflicts=True,
    )


def take_back_soft(*, of: Collection[tuple[int, int]]) -> None:
    """Count these deliveries no more, each a subscription's number and its own: more is known of them now."""
    if of:
        SoftBounce.objects.filter(
            subscription__in={subscription for subscription, _delivery in of},
            delivery__in={delivery for _subscription, delivery in of},
        ).delete()


def recent(*, subscriptions: Collection[int], now: datetime) -> Mapping[int, list[datetime]]:
    """When messages came back for now within ``WINDOW``, oldest first, by the subscription's number.

    Joining again is a proof that mail arrives: what was before it does not count.
    """
    rows = SoftBounce.objects.filter(
        Q(subscription__confirmed_at=None) | Q(occurred_at__gt=F("subscription__confirmed_at")),
        subscription__in=subscriptions,
        occurred_at__gt=now - WINDOW,
    ).order_by("occurred_at", "pk")
    found: dict[int, list[datetime]] = {}
    for subscription, at in rows.values_list("subscription", "occurred_at"):
        found.setdefault(subscription, []).append(at)
    return found


def expire(*, now: datetime) -> int:
    """Remove soft bounces that are older than ``KEPT``; how many there were."""
    return SoftBounce.objects.filter(occurred_at__lte=now - KEPT).delete()[0]
