"""Addresses that messages can't reach: their subscriptions end, and where nobody is there, they are suppressed.

A hard bounce says that nobody is there, and so does a mail server that refuses one of our own mails to it
(:mod:`.refusals`). Doing any of it twice changes nothing more. Times are UTC.
"""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from .choices import ChannelName, SuppressionReason
from .models import JoinRequest, Subscription, Suppression
from .suppressions import LIFTED_BY_JOINING

State = Subscription.State


@transaction.atomic
def stop(*, subscriptions: Collection[int], now: datetime) -> int:
    """End these subscriptions because messages can't reach them; how many had not ended before."""
    JoinRequest.objects.filter(
        subscription__in=subscriptions, subscription__state__in=[State.PENDING, State.ACTIVE]
    ).delete()
    running = Subscription.objects.filter(pk__in=subscriptions, state__in=[State.PENDING, State.ACTIVE])
    return running.update(state=State.STOPPED, ended_at=now)


@transaction.atomic
def bury(*, subscriptions: Collection[int], now: datetime) -> None:
    """End these subscriptions and suppress their addresses, because nobody is there."""
    if not subscriptions:
        return
    stop(subscriptions=subscriptions, now=now)
    addresses = list(Subscription.objects.filter(pk__in=subscriptions).values_list("channel", "address_hash"))
    Suppression.objects.bulk_create(
        [
            Suppression(channel=channel, address_hash=digest, reason=SuppressionReason.HARD_BOUNCE, since=now)
            for channel, digest in sorted(addresses)
        ],
        ignore_conflicts=True,
    )
    for channel in ChannelName.values:
        # One that was there keeps its date, and the reason that is harder to lift.
        digests = [digest for name, digest in addresses if name == channel]
        easier = Suppression.objects.filter(
            channel=channel, address_hash__in=digests, reason__in=LIFTED_BY_JOINING[ChannelName(channel)]
        )
        easier.update(reason=SuppressionReason.HARD_BOUNCE)
