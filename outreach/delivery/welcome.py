"""The welcome message: a broadcast whose ledger grows by one delivery for each address that joins.

Nobody is frozen when it is switched on; who joins from then on is added by the workers, each once, however often they
look. Its balance is that of every broadcast: whoever is added is counted as considered in the same transaction.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef

from outreach.broadcasts.audience import newly_joined
from outreach.broadcasts.models import Broadcast
from outreach.one_by_one import alone

from .freeze import EVERYBODY
from .models import Cohort, Delivery, Freeze

LATEST = timedelta(days=7)
"""Who joined longer ago, while no worker ran or while it was paused, is not welcomed any more."""
MOST_AT_ONCE = 1000


def switch_on(*, broadcast: Broadcast, now: datetime) -> None:
    """Begin an empty ledger for ``broadcast``; the welcome message before it closes. Call in its transaction."""
    others = Broadcast.objects.filter(kind=Broadcast.Kind.WELCOME, started_at__isnull=False, closed_at__isnull=True)
    others.exclude(pk=broadcast.pk).update(closed_at=now)
    Freeze.objects.create(broadcast=broadcast, frozen_at=now, candidates=0)
    segment, gender, language, channel = EVERYBODY
    Cohort.objects.create(
        broadcast=broadcast, segment=segment, gender=gender, language=language, channel=channel, size=0
    )


def greet_all(*, now: datetime) -> int:
    """Add who joined to every welcome message that is sending; how many addresses were added. ``now`` is UTC.

    One that can't be added to is logged, tried again the next time, and holds up no other.
    """
    standing = Broadcast.objects.filter(kind=Broadcast.Kind.WELCOME, state=Broadcast.State.SENDING)
    added = 0
    for broadcast in standing:
        with alone("nobody could be added to welcome message %s", broadcast.pk):
            added += greet(broadcast=broadcast, now=now)
    return added


def greet(*, broadcast: Broadcast, now: datetime) -> int:
    """Add to the ledger of ``broadcast`` the next thousand addresses that joined while it was switched on.

    Who was welcomed before, and left, is not welcomed again.
    """
    with transaction.atomic():
        # One at a time: what is counted here as considered must be what is added.
        Freeze.objects.select_for_update().get(broadcast=broadcast)
        broadcast.refresh_from_db(fields=["state", "closed_at"])
        if broadcast.state != Broadcast.State.SENDING:
            return 0
        greeted = Delivery.objects.filter(
            broadcast__kind=Broadcast.Kind.WELCOME, subscriber=OuterRef("subscriber"), slot=OuterRef("channel")
        )
        # One that began after now was switched on by a clock that was set back since.
        began = broadcast.started_at
        since = max(began, now - LATEST) if began and began <= now else now - LATEST
        joined = newly_joined(broadcast, since=since).filter(~Exists(greeted))
        if broadcast.closed_at:
            joined = joined.filter(confirmed_at__lt=broadcast.closed_at)
        added = Delivery.objects.bulk_create(
            Delivery(
                broadcast=broadcast,
                message_id=subscription.message,
                subscriber_id=subscription.subscriber_id,
                subscription_id=subscription.pk,
                channel=subscription.channel,
                slot=subscription.channel,
                group=subscription.subscriber.group,
                gender=subscription.subscriber.gender if subscription.allows_gender_statistics else "",
                language=subscription.subscriber.language,
                tracks_opens=subscription.allows_open_tracking,
                tracks_clicks=subscription.allows_click_tracking,
                due_at=now,
            )
            for subscription in joined.select_related("subscriber").order_by("confirmed_at", "pk")[:MOST_AT_ONCE]
        )
        if added:
            Freeze.objects.filter(broadcast=broadcast).update(candidates=F("candidates") + len(added))
            Cohort.objects.filter(broadcast=broadcast).update(size=F("size") + len(added))
    return len(added)
