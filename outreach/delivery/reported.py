"""Reports of what became of messages, and the rows and people that they speak of. Times are UTC."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from outreach.audience.choices import ChannelName
from outreach.audience.models import Subscription

from .models import Delivery

CLOCKS_DIFFER = timedelta(minutes=1)


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
class Known:
    """A report with the row and the subscription, if it still is there, that it speaks of."""

    report: Report
    row: "Row | None"
    subscription: Subscription | None

    @property
    def counts_for_person(self) -> bool:
        """Whoever proved since then that the address is theirs starts afresh."""
        confirmed = self.subscription.confirmed_at if self.subscription else None
        return confirmed is None or self.report.at + CLOCKS_DIFFER >= confirmed


@dataclass(frozen=True, slots=True)
class Row:
    """What is read of a delivery."""

    number: int
    broadcast: int
    status: str
    subscription: int
    provider_id: str
    attempted_at: datetime | None


def find(reports: Sequence[Report]) -> list[Known]:
    """The reports that speak of something of ours, with what they speak of; a handful of queries."""
    rows = _rows(reports)
    by_number = {row.number: row for row in rows}
    people = {each.pk: each for each in Subscription.objects.filter(pk__in={row.subscription for row in rows})}
    nameless = {each.address_hash for each in reports if each.delivery is None and each.address_hash}
    by_hash = {
        each.address_hash: each
        for each in Subscription.objects.filter(channel=ChannelName.EMAIL, address_hash__in=nameless)
    }
    by_provider: dict[str, list[Row]] = {}
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
                known = Known(report, None, subscription)
        if known:
            found.append(known)
    return found


def _rows(reports: Iterable[Report]) -> list[Row]:
    named = {each.delivery for each in reports if each.delivery is not None}
    numbered = {each.provider_id[:120] for each in reports if each.delivery is None and each.provider_id}
    fields = ("pk", "broadcast", "status", "subscription", "provider_id", "attempted_at")
    mails = Delivery.objects.filter(channel=ChannelName.EMAIL)
    rows = list(mails.filter(pk__in=named).values_list(*fields)) if named else []
    # One request for many has one number for all of them at some providers.
    rows += mails.filter(provider_id__in=numbered).exclude(pk__in=named).values_list(*fields) if numbered else []
    return [Row(*row) for row in rows]


def _of(report: Report, row: Row | None, people: dict[int, Subscription], *, sure: bool = True) -> Known | None:
    """The report with its row, unless it names another address; ``sure`` where the row is known without one."""
    if row is None:
        return None
    subscription = people.get(row.subscription)
    is_same = subscription is not None and subscription.address_hash == report.address_hash
    if not is_same and (not sure or (subscription is not None and report.address_hash)):
        return None
    return Known(report, row, subscription)
