"""Soft bounces as the ledger sees them: written down, and a subscription ends when nothing gets through any more."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Max

from outreach.audience import bounces, dead_addresses
from outreach.audience.bounces import SoftBounced
from outreach.audience.models import SoftBounce, Subscription

from .models import Delivery


def count(*, bounced: Collection[SoftBounced], now: datetime) -> None:
    """Write these down, and end the subscriptions to which too many came back with none between that got through."""
    if not bounced:
        return
    bounces.count_soft(bounced)
    found = bounces.recent(subscriptions={each.subscription for each in bounced}, now=now)
    suspects = {
        subscription: times[-bounces.TOO_MANY]
        for subscription, times in found.items()
        if len(times) >= bounces.TOO_MANY
    }
    if suspects:
        last = _last_through(suspects)
        hopeless = [
            subscription
            for subscription, since in suspects.items()
            if subscription not in last or last[subscription] < since
        ]
        dead_addresses.stop(subscriptions=hopeless, now=now)


def _last_through(subscriptions: Collection[int]) -> dict[int, datetime]:
    """When the last message began its way that did not come back, by the subscription's number."""
    came_back = SoftBounce.objects.filter(subscription__in=subscriptions).values("delivery")
    # The ledger is indexed by the person.
    people = Subscription.objects.filter(pk__in=subscriptions).values("subscriber")
    rows = (
        Delivery.objects.filter(
            subscriber__in=people,
            subscription__in=subscriptions,
            status__in=Delivery.REACHED,
            attempted_at__isnull=False,
        )
        .exclude(pk__in=came_back)
        .order_by()
        .values_list("subscription")
        .annotate(last=Max("attempted_at"))
    )
    return dict(rows.values_list("subscription", "last"))
