"""What providers and mail servers report of messages after they took them, and what follows for ledger and people.

Reports come late, twice and in any order, so a row only ever moves up this list, wherever it stands, and the end is
the same: accepted, failed, rejected, delivered, bounced. What was cancelled or expired stays, for it was not sent.
A worker that still has the row in its hands finds it settled and leaves it. Times are UTC.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from outreach.audience import bounces, dead_addresses, subscriptions
from outreach.audience.bounces import SoftBounced
from outreach.audience.models import Consent, Subscription
from outreach.channels.failures import without_addresses

from . import brakes, soft_bounces, watch
from .models import Delivery, Freeze
from .reported import CLOCKS_DIFFER, Kind, Known, Report, find

AT_ONCE = 500
"""So many reports are carried out in one transaction."""

Status = Delivery.Status


LEADS_TO: dict[Kind, Status] = {
    Kind.TAKEN: Status.ACCEPTED,
    # Whoever tries again has it.
    Kind.DELAYED: Status.ACCEPTED,
    Kind.RETURNED: Status.FAILED,
    Kind.FAILED: Status.FAILED,
    Kind.REFUSED: Status.REJECTED,
    Kind.DELIVERED: Status.DELIVERED,
    Kind.COMPLAINED: Status.DELIVERED,
    Kind.LEFT: Status.DELIVERED,
    Kind.DEAD: Status.BOUNCED,
}
_UNSURE = (Status.ATTEMPTING, Status.UNCERTAIN)
_SENT = (*_UNSURE, Status.ACCEPTED)
COMES_FROM: dict[Status, tuple[Status, ...]] = {
    Status.ACCEPTED: _UNSURE,
    Status.FAILED: _SENT,
    Status.REJECTED: (*_SENT, Status.FAILED),
    # Also what is about to be sent again: it is not, once it is known that it arrived.
    Status.DELIVERED: (*_SENT, *Delivery.RETRIED, *Delivery.WAITING),
    Status.BOUNCED: (*_SENT, *Delivery.RETRIED, *Delivery.WAITING, Status.DELIVERED),
}
"""From where a report may move a row, in the order of the list above."""
ORDER = list(COMES_FROM)


def take(*, reports: Sequence[Report], now: datetime) -> int:
    """Carry out what was reported; how many of the reports spoke of something of ours. The rest changes nothing."""
    known = 0
    for start in range(0, len(reports), AT_ONCE):
        found = find(reports[start : start + AT_ONCE])
        known += len(found)
        with transaction.atomic():
            _follow(found, after=_move(found, now=now), now=now)
    return known


# The ledger

_MOVE = """
    UPDATE outreach_delivery
    SET status = %s, detail = %s, settled_at = COALESCE(settled_at, %s), attempted_at = COALESCE(attempted_at, %s),
        lease_owner = ''
    WHERE id = %s AND status IN ({statuses})
"""


def _move(found: Iterable[Known], *, now: datetime) -> dict[int, str]:
    """Move the rows that the reports move; where each of them stands then, by its number."""
    after: dict[int, str] = {}
    moves: dict[int, tuple[Status, Known]] = {}
    for known in found:
        if (row := known.row) is None:
            continue
        after.setdefault(row.number, row.status)
        target = LEADS_TO.get(known.report.kind)
        if target and after[row.number] in COMES_FROM[target] and not _is_old(known, target):
            moves[row.number] = target, known
            after[row.number] = target
    _write(moves, now=now)
    if any(_may_be_in_hand(known, target) for target, known in moves.values()):
        watch.ring()
    changed = {known.row.broadcast for _target, known in moves.values() if known.row}
    if changed:
        Freeze.objects.filter(broadcast__in=changed).update(reported_at=now)
    brakes.stop_what_mostly_fails(
        broadcasts={known.row.broadcast for target, known in moves.values() if known.row and target in brakes.WATCHED},
        now=now,
    )
    return after


def _may_be_in_hand(known: Known, target: Status) -> bool:
    """Whether a worker may be about to send again what is known to have come to its end."""
    row = known.row
    if row is None or row.attempted_at is None or target not in {Status.DELIVERED, Status.BOUNCED}:
        return False
    return row.status in {*_UNSURE, *Delivery.WAITING}


def _is_old(known: Known, target: Status) -> bool:
    """Whether it tells of the failure of an attempt before the last one."""
    attempted_at = known.row.attempted_at if known.row else None
    is_failure = target in Delivery.RETRIED
    return is_failure and attempted_at is not None and known.report.at + CLOCKS_DIFFER < attempted_at


def _write(moves: dict[int, tuple[Status, Known]], *, now: datetime) -> None:
    at = connection.ops.adapt_datetimefield_value(now)
    with connection.cursor() as cursor:
        for target in ORDER:
            statuses = ", ".join(f"'{status}'" for status in COMES_FROM[target])
            rows = [
                (target.value, "" if target in Delivery.REACHED else _words(known.report), at, at, number)
                for number, (aim, known) in sorted(moves.items())
                if aim == target
            ]
            if rows:
                cursor.executemany(_MOVE.format(statuses=statuses), rows)


def _words(report: Report) -> str:
    return without_addresses(report.words)


# People


def _follow(found: Sequence[Known], *, after: dict[int, str], now: datetime) -> None:
    """What follows for the people; a report without a row speaks of the address alone."""
    fresh = [known for known in found if known.counts_for_person]
    dead_addresses.bury(subscriptions=_of_kind(fresh, Kind.DEAD), now=now)
    for known in fresh:
        if known.report.kind == Kind.COMPLAINED and (known.subscription or known.report.address_hash):
            digest = known.subscription.address_hash if known.subscription else known.report.address_hash
            _unless_erased(bounces.complain, address_hash=digest, subscription=known.subscription, now=now)
        elif known.report.kind == Kind.LEFT and known.subscription:
            _unless_erased(
                subscriptions.leave, subscription=known.subscription, method=Consent.Method.ONE_CLICK, now=now
            )
    _count_soft(fresh, after, now=now)


def _unless_erased(service: Callable[..., None], **given: Any) -> None:
    try:
        service(**given)
    except Subscription.DoesNotExist:
        # The person had themselves erased in this moment.
        return


def _of_kind(found: Iterable[Known], kind: Kind) -> Collection[int]:
    return {known.subscription.pk for known in found if known.subscription and known.report.kind == kind}


def _count_soft(found: Iterable[Known], after: dict[int, str], *, now: datetime) -> None:
    mails = [known for known in found if known.row and known.subscription]
    # Of one that is dead no more is to be counted.
    settled = {
        (known.row.subscription, known.row.number)
        for known in mails
        if known.row and after[known.row.number] in {Status.DELIVERED, Status.BOUNCED}
    }
    bounces.take_back_soft(of=settled)
    soft = [
        SoftBounced(known.row.subscription, known.row.number, min(known.report.at, now))
        for known in mails
        if known.row
        and known.report.kind in {Kind.DELAYED, Kind.RETURNED}
        and (known.row.subscription, known.row.number) not in settled
    ]
    soft_bounces.count(bounced=soft, now=now)
