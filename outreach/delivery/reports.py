"""What providers and mail servers report of messages after they took them, and what follows for ledger and people.

Reports come late, twice and in any order, so a row only ever moves up this list, wherever it stands, and the end is
the same: accepted, failed, rejected, delivered, bounced. What was cancelled or expired stays, for it was not sent.
A worker that still has the row in its hands finds it settled and leaves it. Times are UTC.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db import connection, transaction

from outreach.audience import bounces, subscriptions
from outreach.audience.bounces import SoftBounced
from outreach.audience.choices import ChannelName
from outreach.audience.models import Consent, Subscription
from outreach.channels.failures import without_addresses

from . import soft_bounces
from .models import Delivery, Freeze

AT_ONCE = 500
"""So many reports are carried out in one transaction."""
CLOCKS_DIFFER = timedelta(minutes=1)

Status = Delivery.Status


class Kind(StrEnum):
    """What is reported."""

    TAKEN = "taken"
    """The provider has it and will try."""
    DELIVERED = "delivered"
    """The receiver's server took it."""
    DELAYED = "delayed"
    """The receiver's server does not take it now; the provider tries again."""
    RETURNED = "returned"
    """It came back for now, and the provider does not try again."""
    DEAD = "dead"
    """It came back for good: nobody is at the address."""
    REFUSED = "refused"
    """Content or sender is refused; no address is at fault."""
    FAILED = "failed"
    """The provider could not send it."""
    COMPLAINED = "complained"
    """The receiver called it spam."""
    LEFT = "left"
    """The receiver left by a way of the provider's or of the mail program's."""


LEADS_TO: dict[Kind, Status] = {
    Kind.TAKEN: Status.ACCEPTED,
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


@dataclass(frozen=True, slots=True)
class Report:
    """One report: ``at`` is when it happened, ``words`` are the provider's.

    ``delivery`` is known from our signed Message-ID, else ``provider_id`` and ``address_hash`` find it together.
    ``address_hash`` is of the address that the report speaks of, empty where it names none. Only of somebody who proved
    to be the provider may a report be taken that has no ``delivery``.
    """

    kind: Kind
    at: datetime
    delivery: int | None = None
    provider_id: str = ""
    address_hash: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class _Known:
    """A report with the row and the subscription, if it still is there, that it speaks of."""

    report: Report
    row: "_Row | None"
    subscription: Subscription | None

    @property
    def counts_for_person(self) -> bool:
        """Whoever proved since then that the address is theirs starts afresh."""
        confirmed = self.subscription.confirmed_at if self.subscription else None
        return confirmed is None or self.report.at + CLOCKS_DIFFER >= confirmed


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    broadcast: int
    status: str
    subscription: int
    provider_id: str
    attempted_at: datetime | None


def take(*, reports: Sequence[Report], now: datetime) -> int:
    """Carry out what was reported; how many of the reports spoke of something of ours. The rest changes nothing."""
    known = 0
    for start in range(0, len(reports), AT_ONCE):
        found = _find(reports[start : start + AT_ONCE])
        known += len(found)
        with transaction.atomic():
            _follow(found, after=_move(found, now=now), now=now)
    return known


# Of whom a report speaks


def _find(reports: Sequence[Report]) -> list[_Known]:
    rows = _rows(reports)
    by_number = {row.number: row for row in rows}
    people = {each.pk: each for each in Subscription.objects.filter(pk__in={row.subscription for row in rows})}
    nameless = {each.address_hash for each in reports if each.delivery is None and each.address_hash}
    by_hash = {
        each.address_hash: each
        for each in Subscription.objects.filter(channel=ChannelName.EMAIL, address_hash__in=nameless)
    }
    by_provider: dict[str, list[_Row]] = {}
    for row in rows:
        by_provider.setdefault(row.provider_id, []).append(row)
    found = []
    for report in reports:
        if report.delivery is not None:
            known = _of(report, by_number.get(report.delivery), people)
        else:
            candidates = by_provider.get(report.provider_id, []) if report.provider_id else []
            known = next((each for row in candidates if (each := _of(report, row, people, sure=False))), None)
            if known is None and (subscription := by_hash.get(report.address_hash)):
                known = _Known(report, None, subscription)
        if known:
            found.append(known)
    return found


def _rows(reports: Iterable[Report]) -> list[_Row]:
    named = {each.delivery for each in reports if each.delivery is not None}
    numbered = {each.provider_id[:120] for each in reports if each.delivery is None and each.provider_id}
    fields = ("pk", "broadcast", "status", "subscription", "provider_id", "attempted_at")
    mails = Delivery.objects.filter(channel=ChannelName.EMAIL)
    rows = list(mails.filter(pk__in=named).values_list(*fields)) if named else []
    # One request for many has one number for all of them at some providers.
    rows += mails.filter(provider_id__in=numbered).exclude(pk__in=named).values_list(*fields) if numbered else []
    return [_Row(*row) for row in rows]


def _of(report: Report, row: _Row | None, people: dict[int, Subscription], *, sure: bool = True) -> _Known | None:
    """The report with its row, unless it names another address; ``sure`` where the row is known without one."""
    if row is None:
        return None
    subscription = people.get(row.subscription)
    is_same = subscription is not None and subscription.address_hash == report.address_hash
    if not is_same and (not sure or (subscription is not None and report.address_hash)):
        return None
    return _Known(report, row, subscription)


# The ledger

_MOVE = """
    UPDATE outreach_delivery
    SET status = %s, detail = %s, settled_at = COALESCE(settled_at, %s), attempted_at = COALESCE(attempted_at, %s),
        lease_owner = ''
    WHERE id = %s AND status IN ({statuses})
"""


def _move(found: Iterable[_Known], *, now: datetime) -> dict[int, str]:
    """Move the rows that the reports move; where each of them stands then, by its number."""
    after: dict[int, str] = {}
    moves: dict[int, tuple[Status, _Known]] = {}
    for known in found:
        if (row := known.row) is None:
            continue
        after.setdefault(row.number, row.status)
        target = LEADS_TO.get(known.report.kind)
        if target and after[row.number] in COMES_FROM[target] and not _is_old(known, target):
            moves[row.number] = target, known
            after[row.number] = target
    _write(moves, now=now)
    changed = {known.row.broadcast for _target, known in moves.values() if known.row}
    if changed:
        Freeze.objects.filter(broadcast__in=changed).update(reported_at=now)
    return after


def _is_old(known: _Known, target: Status) -> bool:
    """Whether it tells of the failure of an attempt before the last one."""
    attempted_at = known.row.attempted_at if known.row else None
    is_failure = target in Delivery.RETRIED
    return is_failure and attempted_at is not None and known.report.at + CLOCKS_DIFFER < attempted_at


def _write(moves: dict[int, tuple[Status, _Known]], *, now: datetime) -> None:
    at = connection.ops.adapt_datetimefield_value(now)
    with connection.cursor() as cursor:
        for target in ORDER:
            statuses = ", ".join(f"'{status}'" for status in COMES_FROM[target])
            rows = [
                (target, "" if target in Delivery.REACHED else _words(known.report), at, at, number)
                for number, (aim, known) in sorted(moves.items())
                if aim == target
            ]
            if rows:
                cursor.executemany(_MOVE.format(statuses=statuses), rows)


def _words(report: Report) -> str:
    return without_addresses(report.words.replace("\x00", "").encode("utf-8", "replace").decode())


# People


def _follow(found: Sequence[_Known], *, after: dict[int, str], now: datetime) -> None:
    """What follows for the people; a report without a row speaks of the address alone."""
    fresh = [known for known in found if known.counts_for_person]
    bounces.bury(subscriptions=_of_kind(fresh, Kind.DEAD), now=now)
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


def _of_kind(found: Iterable[_Known], kind: Kind) -> Collection[int]:
    return {known.subscription.pk for known in found if known.subscription and known.report.kind == kind}


def _count_soft(found: Iterable[_Known], after: dict[int, str], *, now: datetime) -> None:
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
