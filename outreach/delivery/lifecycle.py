"""Starts broadcasts whose time has come, finishes those that are done, and carries out what people decide meanwhile."""

import logging
from datetime import datetime, timedelta
from pathlib import Path

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_noop

from outreach.audience.models import Segment, Subscription, Suppression
from outreach.broadcasts import services as broadcasts
from outreach.broadcasts.audience import too_soon
from outreach.broadcasts.history import is_in_history, record
from outreach.broadcasts.models import Broadcast
from outreach.broadcasts.quiet import quiet_until
from outreach.broadcasts.series.editions import give_back

from . import ledger, welcome
from .balance import balance
from .freeze import freeze
from .journal import Remains, abandoned, remains
from .models import Delivery, Freeze

logger = logging.getLogger(__name__)

GRACE = timedelta(minutes=15)
"""A broadcast that starts this much after its time was not missed, only waited for."""


MISSED = gettext_noop("Its time passed before it could begin.")
DROPPED = gettext_noop("Its time passed before it could begin, and so did its deadline.")
RAN_OUT = gettext_noop("Its deadline passed before everybody had been written to.")
"""They are kept as they stand here, and told in the language of whoever reads them."""


def start_due(*, now: datetime) -> int:
    """Start every scheduled broadcast whose time (UTC) has come; how many were started.

    One that can't be started is logged and tried again the next time; it holds up no other.
    """
    due = Broadcast.objects.filter(state=Broadcast.State.SCHEDULED, send_at__lte=now).order_by("send_at")
    started = 0
    for number in list(due.values_list("pk", flat=True)):
        try:
            started += start(broadcast_id=number, now=now)
        except (OperationalError, InterfaceError):
            # The database is at fault, not the broadcast: all of them wait.
            raise
        except Exception:
            logger.exception("broadcast %s could not be started", number)
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


def expire_waiting(*, now: datetime) -> int:
    """Let go of what still waits in broadcasts whose deadline (UTC) has passed; how many deliveries there were.

    Also in one that is held: whoever resumes it sees beforehand that there is nobody left to write to.
    """
    began = Broadcast.objects.filter(
        state__in=[Broadcast.State.SENDING, Broadcast.State.PAUSED],
        missed_rule=Broadcast.MissedRule.DROP,
        started_at__isnull=False,
    )
    return sum(_expire(broadcast, now) for broadcast in began if broadcast.is_too_late(now))


def _expire(broadcast: Broadcast, now: datetime) -> int:
    with transaction.atomic():
        expired = ledger.expire_waiting(broadcast=broadcast.pk, now=now)
        if expired and not is_in_history(broadcast, "expire"):
            record(broadcast=broadcast, action="expire", user=None, now=now, detail=RAN_OUT)
    return expired


def finish_done(*, now: datetime) -> int:
    """Finish every sending broadcast with nothing open left and totals that balance; how many there were.

    A welcome message that is switched on waits for whoever joins next.
    """
    still_open = Delivery.objects.filter(broadcast=OuterRef("pk"), settled_at__isnull=True)
    done = Broadcast.objects.filter(~Exists(still_open), state=Broadcast.State.SENDING).exclude(
        kind=Broadcast.Kind.WELCOME, closed_at__isnull=True
    )
    return sum(_finish(broadcast, now) for broadcast in done)


def _finish(broadcast: Broadcast, now: datetime) -> bool:
    with transaction.atomic():
        # Locked before the last look, so that nobody queues what failed between that and the end.
        Broadcast.objects.select_for_update().get(pk=broadcast.pk)
        if broadcast.is_welcome:
            # Who joined just before it was switched off.
            welcome.greet(broadcast=broadcast, now=now)
        sums = balance(broadcast)
        if sums.open or sums.faults:
            logger.warning("not finished yet: %s", sums)
            return False
        finished = broadcasts.finish(broadcast=broadcast, now=now)
    if finished:
        logger.info("finished: %s", sums)
    return finished


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


def tidy(*, journals: Path | None = None, now: datetime) -> None:
    """What every worker does in passing: recover from dead workers, end what is cancelled or too late, finish the done.

    ``journals`` is where the workers of this machine keep theirs.
    """
    lost = (recover(journals=journals) if journals else 0) + ledger.recover(now=now)
    if lost:
        logger.warning("%s deliveries are uncertain: their worker stopped before an answer came", lost)
    ledger.cancel_waiting(now=now)
    expire_waiting(now=now)
    finish_done(now=now)


def recover(*, journals: Path) -> int:
    """Read what workers of this machine that died left behind; how many deliveries are uncertain for it.

    What came to an outcome gets it, what was claimed and not begun goes back, and only the rest is uncertain.
    """
    lost = 0
    for path in abandoned(journals):
        try:
            with remains(path) as left:
                lost += _carry_out(left) if left else 0
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            # One that can't be read holds up no other; its worker's lease runs out.
            logger.exception("%s can't be read", path.name)
    return lost


def recover_orphans() -> None:
    """Find what is being sent under no lease, which should not be, and let a person decide about it."""
    if orphans := ledger.recover_orphans():
        logger.error("%s deliveries were being sent by nobody; they are uncertain", orphans)


def _carry_out(left: Remains) -> int:
    """Write what a dead worker's journal tells into the ledger; how many deliveries are uncertain."""
    ledger.settle(outcomes=left.outcomes, owner=left.owner)
    lost = ledger.doubt(owner=left.owner, numbers=left.begun if left.is_complete else None)
    if left.is_complete:
        ledger.release_others(owner=left.owner, known=left.begun)
    ledger.end_lease(owner=left.owner)
    logger.warning("%s died; %s deliveries were under way", left.owner, len(left.begun))
    return lost


def is_frozen(broadcast: Broadcast) -> bool:
    """Whether the audience was fixed, so that there is a ledger to read."""
    return Freeze.objects.filter(broadcast=broadcast).exists()
