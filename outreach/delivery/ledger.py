"""The ledger's moves, each one statement or one short transaction: claim, attempt, settle, release, recover.

A row moves ``queued → attempting → accepted`` or to another end; only the holder of its lease moves it. What a dead
worker left ``attempting`` becomes ``uncertain``. Times are UTC.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When

from outreach.audience.models import Subscription, Suppression
from outreach.broadcasts.models import Broadcast

from .models import Delivery, Throttle

LEASE = timedelta(minutes=3)
"""Longer than the longest wait for a provider's answer; after it, a silent worker counts as dead."""

Status = Delivery.Status


def claim(*, broadcast: Broadcast, channel: str, owner: str, limit: int, now: datetime) -> list[Delivery]:
    """Lease up to ``limit`` of the broadcast's waiting deliveries to ``owner``; no two workers get the same one."""
    with transaction.atomic():
        free = (
            Delivery.objects.select_for_update(skip_locked=True)
            .filter(Q(lease_until__isnull=True) | Q(lease_until__lt=now))
            .filter(broadcast=broadcast, channel=channel, status__in=Delivery.WAITING, due_at__lte=now)
            .order_by("due_at", "id")
            .values_list("pk", flat=True)[:limit]
        )
        numbers = list(free)
        Delivery.objects.filter(pk__in=numbers).update(lease_owner=owner, lease_until=now + LEASE)
    return list(
        Delivery.objects.filter(pk__in=numbers)
        .select_related("message")
        .prefetch_related("subscription")
        .order_by("id")
    )


def attempt(*, delivery: Delivery, owner: str, now: datetime) -> bool:
    """Mark ``delivery`` as being sent, if it still may be; ``False`` says that nothing may be sent.

    In the same statement consent, suppression, the broadcast's state and the channel's pause are read again, so that a
    pause or a withdrawal acts within one message.
    """
    mine = Delivery.objects.filter(pk=delivery.pk, lease_owner=owner, status__in=Delivery.WAITING)
    return bool(
        mine.filter(Exists(_sending()), Exists(_willing()), ~Exists(_told_to_wait(now))).update(
            status=Status.ATTEMPTING, attempts=F("attempts") + 1, attempted_at=now, lease_until=now + LEASE
        )
    )


def _sending() -> QuerySet[Broadcast]:
    return Broadcast.objects.filter(pk=OuterRef("broadcast"), state=Broadcast.State.SENDING)


def _willing() -> QuerySet[Subscription]:
    suppressed = Suppression.objects.filter(channel=OuterRef("channel"), address_hash=OuterRef("address_hash"))
    return Subscription.objects.filter(
        ~Exists(suppressed), pk=OuterRef("subscription"), state=Subscription.State.ACTIVE, allows_messages=True
    )


def _told_to_wait(now: datetime) -> QuerySet[Throttle]:
    return Throttle.objects.filter(channel=OuterRef("channel"), paused_until__gt=now)


def turn_away(*, delivery: Delivery, owner: str, now: datetime) -> None:
    """Answer a refused :func:`attempt`: who no longer wants the message is cancelled, the rest is released."""
    waiting = Delivery.objects.filter(pk=delivery.pk, lease_owner=owner, status__in=Delivery.WAITING)
    unwilling = waiting.filter(~Exists(_willing()))
    unwilling.update(
        status=Status.CANCELLED, settled_at=now, lease_owner="", lease_until=None, detail="left or withdrew consent"
    )
    waiting.update(lease_owner="", lease_until=None)


def settle(
    *, delivery: Delivery, owner: str, status: str, now: datetime, provider_id: str = "", detail: str = ""
) -> None:
    """Record what came of the attempt. A row that was taken for uncertain meanwhile is resolved by it."""
    Delivery.objects.filter(pk=delivery.pk, lease_owner=owner, status__in=[Status.ATTEMPTING, Status.UNCERTAIN]).update(
        status=status,
        provider_id=provider_id[:120],
        detail=detail[:300],
        settled_at=now,
        lease_owner="" if status != Status.UNCERTAIN else owner,
        lease_until=None,
    )


def defer(*, delivery: Delivery, owner: str, due_at: datetime, detail: str, counts: bool = True) -> None:
    """Put the delivery back until ``due_at``; ``counts`` is false where the attempt said nothing about this address."""
    Delivery.objects.filter(pk=delivery.pk, lease_owner=owner, status__in=[Status.ATTEMPTING, Status.UNCERTAIN]).update(
        status=Status.DEFERRED,
        due_at=due_at,
        detail=detail[:300],
        attempts=F("attempts") if counts else Case(When(attempts=0, then=Value(0)), default=F("attempts") - 1),
        lease_owner="",
        lease_until=None,
    )


def release(*, deliveries: list[Delivery], owner: str) -> None:
    """Give back what was claimed and not attempted."""
    Delivery.objects.filter(
        pk__in=[delivery.pk for delivery in deliveries], lease_owner=owner, status__in=Delivery.WAITING
    ).update(lease_owner="", lease_until=None)


def recover(*, now: datetime) -> int:
    """Turn what dead workers left ``attempting`` into ``uncertain``; how many there were.

    Rows that were claimed and not yet attempted need nothing: their lease runs out and another worker claims them.
    """
    return Delivery.objects.filter(status=Status.ATTEMPTING, lease_until__lt=now).update(
        status=Status.UNCERTAIN, settled_at=now, detail="the worker stopped before an answer came"
    )


def cancel_waiting(*, now: datetime) -> int:
    """Cancel what still waits in cancelled broadcasts; how many there were."""
    return Delivery.objects.filter(
        broadcast__state__in=[Broadcast.State.CANCELLED, Broadcast.State.EXPIRED], status__in=Delivery.WAITING
    ).update(status=Status.CANCELLED, settled_at=now, lease_owner="", lease_until=None, detail="broadcast cancelled")
