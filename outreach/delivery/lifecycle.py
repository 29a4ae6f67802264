"""Starts broadcasts whose time has come, finishes those that are done, and carries out what people decide meanwhile."""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_noop

from outreach.audience.models import Segment, Subscription, Suppression
from outreach.broadcasts import services as broadcasts
from outreach.broadcasts.audience import too_soon
from outreach.broadcasts.history import record
from outreach.broadcasts.models import Broadcast
from outreach.broadcasts.quiet import quiet_until
from outreach.broadcasts.series.editions import give_back
from outreach.one_by_one import alone

from . import welcome
from .freeze import freeze
from .models import Delivery, Freeze

logger = logging.getLogger(__name__)

GRACE = timedelta(minutes=15)
"""A broadcast that starts this much after its time was not missed, only waited for."""


MISSED = gettext_noop("Its time passed before it could begin.")
DROPPED = gettext_noop("Its time passed before it could begin, and so did its deadline.")
"""They are kept as they stand here, and told in the language of whoever reads them."""


def start_due(*, now: datetime) -> int:
    """Start every scheduled broadcast whose time (UTC) has come; how many were started.

    One that can't be started is logged and tried again the next time; it holds up no other.
    """
    due = Broadcast.objects.filter(state=Broadcast.State.SCHEDULED, send_at__lte=now).order_by("send_at")
    started = 0
    for number in list(due.values_list("pk", flat=True)):
        with alone("broadcast %s could not be started", number):
            started += start(broadcast_id=number, now=now)
    return started


def start(*, broadcast_id: int, now: datetime) -> bool:
    """Start one scheduled broadcast, or do what its rule for missed times says; whether it sends now.

    Two workers at once start it once. Content or audience that changed since approval voids the approval.
    """
    with transaction.atomic():
        broadcast = Broadcast.objects.select_for_update().get(pk=broadcast_id)
        if broadcast.state != Broadcast.State.SCHEDULED or not broadcast.send_at or broadcast.send_at > now:
            return False
        if not _in_time(broadcast, now):
            return False
        # Whoever edits a segment waits until its people are fixed: what was approved is what is read, each time.
        list(Segment.objects.select_for_update(of=("self",)).filter(broadcasts=broadcast).order_by("pk"))
        try:
            broadcasts.verify_approval(broadcast)
        except broadcasts.ApprovalVoid as change:
            broadcasts.void_approval(broadcast=broadcast, reason=change.kept, now=now)
            return False
        broadcasts.freeze_content(broadcast)
        if broadcast.is_welcome:
            welcome.switch_on(broadcast=broadcast, now=now)
        else:
            freeze(broadcast=broadcast, now=now)
        broadcast.state, broadcast.started_at = Broadcast.State.SENDING, now
        broadcast.save(update_fields=["state", "started_at"])
        record(broadcast=broadcast, action="start", user=None, now=now)
    logger.info("broadcast %s started", broadcast.pk)
    return True


def _in_time(broadcast: Broadcast, now: datetime) -> bool:
    assert broadcast.send_at
    if broadcast.is_welcome:
        # It has no time that could be missed: whoever joins from now on is welcomed.
        return True
    late = now - broadcast.send_at
    if late <= GRACE or broadcast.missed_rule == Broadcast.MissedRule.SEND:
        return True
    if broadcast.missed_rule == Broadcast.MissedRule.HOLD:
        broadcasts.pause(broadcast=broadcast, reason=MISSED, now=now)
        return False
    if broadcast.is_too_late(now):
        broadcast.state, broadcast.finished_at = Broadcast.State.EXPIRED, now
        broadcast.save(update_fields=["state", "finished_at"])
        record(broadcast=broadcast, action="expire", user=None, now=now, detail=DROPPED)
        give_back(edition=broadcast)
        return False
    return True


def sending_on(channel: str, *, now: datetime) -> list[int]:
    """The numbers of the broadcasts that may be sent on ``channel`` now, in the order in which they started.

    In the channel's quiet hours only what is urgent begins its way, and after its deadline nothing.
    """
    rows = Broadcast.objects.filter(state=Broadcast.State.SENDING).order_by("started_at")
    rows = rows.only("kind", "channels", "missed_rule", "send_at", "deadline_hours", "ignores_quiet_hours")
    going = [each for each in rows if channel in each.channels and not each.is_too_late(now)]
    urgent = [each.pk for each in going if each.ignores_quiet_hours]
    # Asked for every second, mostly where nothing is to be sent: then one look is enough.
    if len(urgent) == len(going) or quiet_until(channel=channel, now=now):
        return urgent
    return [each.pk for each in going]


def resolve_uncertain(*, broadcast: Broadcast, send_again: bool, now: datetime, only: Q | None = None) -> int:
    """Carry out a decision on uncertain deliveries: send them again, or take them as accepted; how many.

    ``only`` narrows it down to some of them.
    """
    uncertain = Delivery.objects.filter(
        only or Q(), broadcast=broadcast, status=Delivery.Status.UNCERTAIN, settled_at__isnull=True
    )
    if send_again:
        changed = uncertain.update(
            status=Delivery.Status.QUEUED, due_at=now, lease_owner="", detail="sent again by decision"
        )
    else:
        changed = uncertain.update(
            status=Delivery.Status.ACCEPTED, settled_at=now, lease_owner="", detail="taken as accepted by decision"
        )
    return changed


def to_retry(broadcast: Broadcast, *, now: datetime) -> QuerySet[Delivery]:
    """What failed or was refused, and would be sent if it were tried again ``now`` (UTC).

    Who left meanwhile, or wants fewer messages and had another one, is left alone.
    """
    suppressed = Suppression.objects.filter(
        channel=OuterRef("channel"), address_hash=OuterRef("subscription__address_hash")
    )
    found = Delivery.objects.filter(
        ~Exists(suppressed),
        broadcast=broadcast,
        status__in=Delivery.RETRIED,
        subscription__state=Subscription.State.ACTIVE,
        subscription__allows_messages=True,
    )
    for wanting_fewer in too_soon(broadcast, now):
        found = found.exclude(wanting_fewer)
    return found


def retry_failed(*, broadcast: Broadcast, now: datetime, only: Q | None = None) -> int:
    """Queue what is :func:`to_retry` once more; how many. A finished broadcast sends again for them.

    ``only`` narrows it down to some of them.
    """
    with transaction.atomic():
        state = Broadcast.objects.select_for_update().values_list("state", flat=True).get(pk=broadcast.pk)
        if state not in {Broadcast.State.SENDING, Broadcast.State.PAUSED, Broadcast.State.FINISHED}:
            return 0
        failed = to_retry(broadcast, now=now).filter(only or Q())
        changed = failed.update(status=Delivery.Status.QUEUED, attempts=0, due_at=now, settled_at=None, lease_owner="")
        if changed and state == Broadcast.State.FINISHED:
            Broadcast.objects.filter(pk=broadcast.pk).update(state=Broadcast.State.SENDING, finished_at=None)
    return changed


def is_frozen(broadcast: Broadcast) -> bool:
    """Whether the audience was fixed, so that there is a ledger to read."""
    return Freeze.objects.filter(broadcast=broadcast).exists()
