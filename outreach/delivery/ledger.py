"""The ledger's moves, each one statement or one short transaction: claim, settle, release, recover.

A row moves ``queued → attempting → accepted`` or to another end; only the worker that claimed it moves it. A worker
claims a chunk at a time, which marks all of it ``attempting`` before the first message goes out; what it had really
begun, its journal knows. What a dead worker left ``attempting`` becomes ``uncertain``. Times are UTC.
"""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from outreach.audience import subscriptions, suppressions
from outreach.audience.bounces import SoftBounced
from outreach.audience.choices import SuppressionReason
from outreach.audience.models import Subscription
from outreach.storable_text import storable

from . import soft_bounces
from .meanings import WORKER_STOPPED
from .models import Delivery, Lease

LEASE = timedelta(minutes=3)
"""Longer than the longest wait for a provider's answer; after it, a silent worker counts as dead."""

LONGEST_PAUSE = timedelta(days=1)
"""A provider that asks for more is asked again after this. A time that lies further ahead was written by a clock that
was set back since.
"""
CLOCKS_DIFFER = timedelta(hours=1)
"""More than the clocks of workers lie apart."""

Status = Delivery.Status
IN_HAND = (Status.ATTEMPTING, Status.UNCERTAIN)
"""What the worker that claimed a row can still move: also what others took for uncertain meanwhile."""


class Claimed(NamedTuple):
    """What the engine needs of a claimed delivery; ``tracks_…`` are consents as they stand now.

    ``is_held`` is false where others took it for uncertain meanwhile.
    """

    number: int
    broadcast: int
    message: int
    subscription: int
    channel: str
    segment: str
    gender: str
    language: str
    attempts: int
    tracks_opens: bool
    tracks_clicks: bool
    address_encrypted: str
    is_held: bool = True


class Outcome(NamedTuple):
    """What came of one attempt that began at ``begun_at`` and ended at ``at``.

    ``due_at`` is when a deferred delivery is tried again. ``counts`` is false where the attempt said nothing about the
    address, ``is_soft`` true where it was given up although the address is not dead.
    """

    number: int
    status: str
    at: datetime
    begun_at: datetime
    provider_id: str = ""
    detail: str = ""
    due_at: datetime | None = None
    counts: bool = True
    is_soft: bool = False


def hold(*, owner: str, channel: str, now: datetime) -> bool:
    """Renew the lease of ``owner``; ``False`` where there was none, so that what it held may be another's by now."""
    lease = {"seen_at": now, "until": now + LEASE}
    if Lease.objects.filter(owner=owner).update(**lease):
        return True
    Lease.objects.create(owner=owner, channel=channel, **lease)
    return False


_CLAIM = """
    WITH free AS MATERIALIZED (
        SELECT {place} AS place FROM outreach_delivery
        WHERE broadcast_id = %s AND channel = %s AND id > %s AND settled_at IS NULL
            AND (status = 'queued' OR (status = 'deferred' AND (due_at <= %s OR due_at > %s)))
        ORDER BY id LIMIT %s {lock}
    )
    UPDATE outreach_delivery SET status = 'attempting', lease_owner = %s WHERE {place} {among}
    RETURNING id
"""
_BY_PLACE = {
    "place": "ctid",
    "lock": "FOR NO KEY UPDATE SKIP LOCKED",
    "among": "= ANY(ARRAY(SELECT place FROM free))",
}
"""On PostgreSQL, where a locked row stays where it is in the table: it is found again without an index."""
_BY_NUMBER = {"place": "id", "lock": "", "among": "IN (SELECT place FROM free)"}


def claim(*, broadcast: int, channel: str, owner: str, limit: int, after: int = 0, now: datetime) -> list[int]:
    """Claim up to ``limit`` waiting deliveries of a broadcast for ``owner``, those with a number over ``after``.

    No two workers get the same one. The numbers come in order.
    """
    way = _BY_PLACE if connection.vendor == "postgresql" else _BY_NUMBER
    # What was never deferred is due whatever the clock says, which may have been set back.
    adapt = connection.ops.adapt_datetimefield_value
    due_by, never = adapt(now), adapt(now + LONGEST_PAUSE + CLOCKS_DIFFER)
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM.format(**way), [broadcast, channel, after, due_by, never, limit, owner])
        return sorted(number for (number,) in cursor.fetchall())


_READ = """
    SELECT d.id, d.broadcast_id, d.message_id, d.subscription_id, d.channel, d.segment, d.gender, d.language,
        d.attempts, d.tracks_opens AND s.allows_open_tracking, d.tracks_clicks AND s.allows_click_tracking,
        s.address_encrypted, d.status = 'attempting'
    FROM outreach_delivery d JOIN outreach_subscription s ON s.id = d.subscription_id
    WHERE d.id {among} AND d.lease_owner = %s AND d.status IN ('attempting', 'uncertain')
        AND s.state = 'active' AND s.allows_messages
        AND NOT EXISTS (
            SELECT 1 FROM outreach_suppression u WHERE u.channel = s.channel AND u.address_hash = s.address_hash
        )
    ORDER BY d.id
"""


def read(numbers: Collection[int], *, owner: str) -> list[Claimed]:
    """Of the deliveries that ``owner`` claimed, those whose receiver still wants them, in order.

    Consent and suppression are read as they stand now; tracking is off where its consent was taken back. Written out,
    because it is read for every message, and turning its rows into Python costs the ORM more than sending them.
    """
    if not numbers:
        return []
    among, listed = _among(numbers)
    with connection.cursor() as cursor:
        cursor.execute(_READ.format(among=among), [listed, owner])
        return [Claimed._make(row) for row in cursor.fetchall()]


def _among(numbers: Collection[int]) -> tuple[str, str]:
    """A condition with one value, however many numbers there are: a thousand placeholders cost more than their rows.

    The value is a text, because a driver looks at every member of a list.
    """
    listed = ",".join(map(str, numbers))
    if connection.vendor == "postgresql":
        return "= ANY(%s::bigint[])", f"{{{listed}}}"
    return "IN (SELECT value FROM json_each(%s))", f"[{listed}]"


def turn_away(*, numbers: Collection[int], owner: str, now: datetime) -> None:
    """Cancel what was claimed for people who meanwhile left, withdrew their consent or were suppressed."""
    _in_hand(numbers, owner).update(
        status=Status.CANCELLED, settled_at=now, lease_owner="", detail="left or withdrew consent"
    )


def release(*, numbers: Collection[int], owner: str) -> None:
    """Give back what was claimed and not begun."""
    _in_hand(numbers, owner).update(status=Status.QUEUED, lease_owner="")


def release_others(*, owner: str, known: Collection[int] = ()) -> int:
    """Give back all that ``owner`` holds but what is ``known``: the answer to its claim was lost; how many."""
    held = Delivery.objects.filter(lease_owner=owner, settled_at__isnull=True, status__in=IN_HAND)
    return held.exclude(pk__in=known).update(status=Status.QUEUED, lease_owner="")


def _in_hand(numbers: Collection[int], owner: str) -> "QuerySet[Delivery]":
    return Delivery.objects.filter(pk__in=numbers, lease_owner=owner, status__in=IN_HAND)


_SETTLE = """
    UPDATE outreach_delivery
    SET status = %s,
        provider_id = CASE WHEN EXISTS (
            SELECT 1 FROM outreach_subscription s WHERE s.id = subscription_id
        ) THEN %s ELSE '' END, detail = %s, due_at = COALESCE(%s, due_at), settled_at = %s, attempted_at = %s,
        attempts = attempts + %s, lease_owner = ''
    WHERE id = %s AND lease_owner = %s AND status IN ('attempting', 'uncertain')
"""
_ACCEPT = """
    UPDATE outreach_delivery
    SET status = 'accepted', detail = '', settled_at = %s, attempted_at = %s, attempts = attempts + 1, lease_owner = ''
    WHERE id {among} AND lease_owner = %s AND status IN ('attempting', 'uncertain')
"""


def settle(*, outcomes: Collection[Outcome], owner: str) -> None:
    """Record what came of attempts, in one transaction, with what follows for the addresses.

    A row that was taken for uncertain meanwhile is resolved by it; one that ``owner`` does not hold stays as it is. Of
    somebody who was erased meanwhile, the provider's number for the message is not kept.
    """
    plain: dict[tuple[int, int], list[Outcome]] = {}
    others = []
    for each in outcomes:
        if each.status == Status.ACCEPTED and not each.provider_id:
            plain.setdefault((int(each.begun_at.timestamp()), int(each.at.timestamp())), []).append(each)
        else:
            others.append(each)
    with transaction.atomic(), connection.cursor() as cursor:
        # Those of the same second in one statement, with the times of the last of them. A batch that had to wait holds
        # several seconds: what is done a moment after a mail was handed over is judged by these times.
        for alike in plain.values():
            among, listed = _among([each.number for each in alike])
            at, begun_at = map(connection.ops.adapt_datetimefield_value, (alike[-1].at, alike[-1].begun_at))
            cursor.execute(_ACCEPT.format(among=among), [at, begun_at, listed, owner])
        if others:
            cursor.executemany(_SETTLE, [_row(each, owner) for each in others])
            _stop_dead_addresses(others)
            _count_soft_bounces(others)


def _row(outcome: Outcome, owner: str) -> tuple[str | int | datetime | None, ...]:
    adapt = connection.ops.adapt_datetimefield_value
    is_open = outcome.status in Delivery.OPEN
    return (
        outcome.status,
        storable(outcome.provider_id)[:120],
        storable(outcome.detail)[:300],
        adapt(outcome.due_at),
        None if is_open else adapt(outcome.at),
        adapt(outcome.begun_at),
        int(outcome.counts),
        outcome.number,
        owner,
    )


def _stop_dead_addresses(outcomes: Iterable[Outcome]) -> None:
    dead = {each.number: each for each in outcomes if each.status in (Status.BOUNCED, Status.BLOCKED)}
    if not dead:
        return
    rows = Subscription.objects.filter(deliveries__in=dead).values_list("deliveries__pk", "pk")
    found = dict(rows)
    for subscription in Subscription.objects.filter(pk__in=found.values()):
        outcome = next(dead[number] for number, key in found.items() if key == subscription.pk)
        try:
            subscriptions.stop(subscription=subscription, now=outcome.at)
        except Subscription.DoesNotExist:
            # The person had themselves erased in this moment.
            continue
        if outcome.status == Status.BOUNCED:
            suppressions.suppress(
                channel=subscription.channel,
                address_hash=subscription.address_hash,
                reason=SuppressionReason.HARD_BOUNCE,
                now=outcome.at,
            )


def _count_soft_bounces(outcomes: Iterable[Outcome]) -> None:
    soft = {each.number: each.at for each in outcomes if each.is_soft}
    if soft:
        rows = Delivery.objects.filter(pk__in=soft, status=Status.FAILED).values_list("pk", "subscription")
        soft_bounces.count(
            bounced=[SoftBounced(subscription, number, soft[number]) for number, subscription in rows],
            now=max(soft.values()),
        )


def doubt(*, owner: str, numbers: Collection[int] | None = None) -> int:
    """Call what ``owner`` was sending uncertain, all of it or these; how many there were.

    Where all of it is, the owner stays noted, so that an answer that its journal tells later still resolves them. Who
    names ``numbers`` knows of no answer: they are in nobody's hands any more.
    """
    held = Delivery.objects.filter(lease_owner=owner, settled_at__isnull=True, status=Status.ATTEMPTING)
    given_up = {}
    if numbers is not None:
        held, given_up = held.filter(pk__in=numbers), {"lease_owner": ""}
    return held.update(status=Status.UNCERTAIN, detail=WORKER_STOPPED, **given_up)


def recover(*, now: datetime) -> int:
    """Turn what workers left ``attempting`` whose lease ran out into ``uncertain``; how many there were.

    What they had begun and what not, only their journal could tell; it lies on their machine.
    """
    lost = 0
    # A lease that lies further ahead than any was given by a clock that was set back since; the living renew theirs.
    ended = Q(until__lt=now) | Q(until__gt=now + LEASE + CLOCKS_DIFFER)
    for owner in list(Lease.objects.filter(ended).values_list("owner", flat=True)):
        with transaction.atomic():
            if Lease.objects.filter(ended, owner=owner).delete()[0]:
                lost += doubt(owner=owner)
    return lost


def recover_orphans() -> int:
    """Turn what is ``attempting`` under no lease into ``uncertain``; how many there were.

    A lease is there before the first claim under it, so nobody alive holds these.
    """
    owners = Lease.objects.values("owner")
    orphans = Delivery.objects.filter(settled_at__isnull=True, status=Status.ATTEMPTING).exclude(lease_owner__in=owners)
    return orphans.update(status=Status.UNCERTAIN, detail=WORKER_STOPPED)


def end_lease(*, owner: str) -> None:
    """Forget a worker that holds nothing any more."""
    Lease.objects.filter(owner=owner).delete()


def cancel_waiting(*, broadcast: int, now: datetime) -> int:
    """Cancel what still waits in a cancelled broadcast; how many there were."""
    return _waiting(broadcast).update(
        status=Status.CANCELLED, settled_at=now, lease_owner="", detail="broadcast cancelled"
    )


def expire_waiting(*, broadcast: int, now: datetime) -> int:
    """Let go of what still waits in a broadcast whose deadline has passed; how many there were."""
    return _waiting(broadcast).update(
        status=Status.EXPIRED, settled_at=now, lease_owner="", detail="the deadline passed"
    )


def _waiting(broadcast: int) -> "QuerySet[Delivery]":
    return Delivery.objects.filter(broadcast=broadcast, status__in=Delivery.WAITING, settled_at__isnull=True)
