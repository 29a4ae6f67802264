"""What every worker does in passing: recover from dead workers, end what is cancelled or too late, finish the done."""

import logging
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from django.db import connection, transaction
from django.utils.translation import gettext_noop

from outreach.broadcasts import services as broadcasts
from outreach.broadcasts.history import is_in_history, record
from outreach.broadcasts.models import Broadcast
from outreach.one_by_one import alone

from . import ledger, welcome
from .balance import balance
from .journal import Remains, abandoned, remains

logger = logging.getLogger(__name__)

State = Broadcast.State

RAN_OUT = gettext_noop("Its deadline passed before everybody had been written to.")
"""It is kept as it stands here, and told in the language of whoever reads it."""


def tidy(*, journals: Path | None = None, now: datetime) -> int:
    """Do all of it once; how many broadcasts were finished. ``now`` is UTC.

    ``journals`` is where the workers of this machine keep theirs.
    """
    lost = (recover(journals=journals) if journals else 0) + ledger.recover(now=now)
    if lost:
        logger.warning("%s deliveries are uncertain: their worker stopped before an answer came", lost)
    finished = 0
    for each in _standing():
        with alone("broadcast %s could not be looked after", each.number):
            finished += _look_after(each, now)
    return finished


class _Standing(NamedTuple):
    """A broadcast that may need a worker: whether deliveries are open, whether its rule for missed times drops it."""

    number: int
    state: str
    is_open: bool
    is_dropped: bool


_STANDING = """
    SELECT * FROM (
        SELECT id, state, (
            SELECT d.id FROM outreach_delivery d WHERE d.broadcast_id = b.id AND d.settled_at IS NULL
            ORDER BY d.channel DESC, d.id DESC LIMIT 1
        ) IS NOT NULL AS is_open, missed_rule = 'drop' AS is_dropped
        FROM outreach_broadcast b
        WHERE state IN ('paused', 'cancelled', 'expired')
            OR (state = 'sending' AND (kind <> 'welcome' OR closed_at IS NOT NULL))
    ) found
    WHERE is_open OR state = 'sending'
    ORDER BY id
"""


def _standing() -> list[_Standing]:
    """All that is sending, and whatever was stopped and has open deliveries.

    A welcome message that is switched on waits for whoever joins next. Written out, because every worker asks every
    second, and the ORM takes ten times as long to put the question together as the database to answer it. The order is
    that of the index of open deliveries, from its end: a database that remembers when all were open would else look for
    one row by row, and those that were sent stand in front.
    """
    with connection.cursor() as cursor:
        cursor.execute(_STANDING)
        return [_Standing(number, state, bool(opened), bool(drops)) for number, state, opened, drops in cursor]


def _look_after(found: _Standing, now: datetime) -> bool:
    """Carry out what people or the time decided about one; whether it was finished."""
    is_open = found.is_open
    if found.state in {State.CANCELLED, State.EXPIRED}:
        ledger.cancel_waiting(broadcast=found.number, now=now)
    elif is_open and found.is_dropped:
        # Also where it is held: whoever resumes it sees beforehand that there is nobody left to write to.
        is_open = not _expire(found.number, now)
    return found.state == State.SENDING and not is_open and _finish(found.number, now)


def _expire(number: int, now: datetime) -> bool:
    """Let go of what still waits once the deadline has passed; whether anything was."""
    broadcast = Broadcast.objects.get(pk=number)
    if not broadcast.is_too_late(now):
        return False
    with transaction.atomic():
        expired = ledger.expire_waiting(broadcast=number, now=now)
        if expired and not is_in_history(broadcast, "expire"):
            record(broadcast=broadcast, action="expire", user=None, now=now, detail=RAN_OUT)
    return bool(expired)


def _finish(number: int, now: datetime) -> bool:
    """Finish one with nothing open left and totals that balance."""
    with transaction.atomic():
        # Locked before the last look, so that nobody queues what failed between that and the end.
        broadcast = Broadcast.objects.select_for_update().get(pk=number)
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


def recover(*, journals: Path) -> int:
    """Read what workers of this machine that died left behind; how many deliveries are uncertain for it.

    What came to an outcome gets it, what was claimed and not begun goes back, and only the rest is uncertain.
    """
    lost = 0
    for path in abandoned(journals):
        # Where one can't be read, its worker's lease runs out.
        with alone("%s can't be read", path.name), remains(path) as left:
            lost += _carry_out(left) if left else 0
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
