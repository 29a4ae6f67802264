"""Takes in what stands on a signed sheet. Times are UTC, except the date on the sheet, which is the office's.

Handwriting proves no address: everybody on the sheet gets the mail that asks to confirm, and only their own confirming
makes them active. What they signed is in the consent ledger from the moment the sheet is entered.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from wagtail.log_actions import log

from outreach.audience import consents, subscriptions
from outreach.audience.addresses import address_hash, hash_key
from outreach.audience.choices import ChannelName
from outreach.audience.models import Consent, JoinLink, PaperSheet, Subscription, Suppression

if TYPE_CHECKING:
    from django.contrib.auth.models import User

ENTERED = "outreach.papersheet.enter"
State = Subscription.State


@dataclass(frozen=True)
class SignedRow:
    """What one person wrote: ``address`` is normalised, ``number`` the row's on the sheet."""

    number: int
    address: str
    language: str
    purposes: frozenset[str]
    group: str = ""
    gender: str = ""
    parish: str = ""
    topics: tuple[str, ...] = ()


@dataclass(frozen=True)
class Head:
    """What holds for everybody on the sheet. ``wording_versions`` are those printed on it, by purpose."""

    link: JoinLink
    signed_on: date
    language: str
    wording_versions: dict[str, str]
    evidence: str


@transaction.atomic
def enter(*, head: Head, rows: Sequence[SignedRow], entry: str, user: "User", now: datetime) -> PaperSheet:
    """Enter a whole sheet; ``entry`` names the form in which it was typed, and a second time changes nothing.

    Somebody active stays as they are. An address on the suppression list is refused, for whatever reason it is there:
    who was erased can only come back through the form.
    """
    sheet, is_new = PaperSheet.objects.get_or_create(
        entry=entry, defaults={**vars(head), "entered_by": user, "entered_at": now}
    )
    if not is_new:
        return sheet
    key = hash_key()
    digests = {row: address_hash(channel=ChannelName.EMAIL, address=row.address, key=key) for row in rows}
    by_address = {"channel": ChannelName.EMAIL, "address_hash__in": digests.values()}
    suppressed = set(Suppression.objects.filter(**by_address).values_list("address_hash", flat=True))
    states = dict(Subscription.objects.filter(**by_address).values_list("address_hash", "state"))
    for row, digest in digests.items():
        if digest in suppressed:
            sheet.refused += 1
        elif states.get(digest) == State.ACTIVE:
            sheet.already_active += 1
        else:
            _invite(row, head, state=states.get(digest, State.PENDING), user=user, now=now)
            sheet.invited += 1
    sheet.save(update_fields=["invited", "already_active", "refused"])
    log(instance=sheet, action=ENTERED, user=user, data={"rows": len(rows)})
    return sheet


def _invite(row: SignedRow, head: Head, *, state: str, user: "User", now: datetime) -> None:
    """Ask the person to confirm, and keep what they signed.

    Whoever left or was stopped took their consents back, or lost them, after all we know: a sheet does not undo that.
    What they then agree to is what they confirm, by the link in the mail.
    """
    is_new = state == State.PENDING
    subscription = subscriptions.join(
        channel=ChannelName.EMAIL,
        address=row.address,
        language=row.language,
        group=row.group,
        gender=row.gender,
        parish=row.parish,
        topics=row.topics,
        purposes=row.purposes,
        wording_versions=head.wording_versions,
        method=Consent.Method.PAPER if is_new else Consent.Method.LINK,
        source=head.link.code,
        now=now,
    )
    if is_new and subscription.state == State.PENDING:
        _keep_what_was_signed(subscription, row, head, user=user, now=now)


def _keep_what_was_signed(
    subscription: Subscription, row: SignedRow, head: Head, *, user: "User", now: datetime
) -> None:
    asked = subscription.join_requests.latest("id")
    for purpose, version in asked.wording_versions.items():
        if not subscription.allows(purpose):
            consents.record(
                subscription=subscription,
                purpose=purpose,
                granted=True,
                language=head.language,
                method=Consent.Method.PAPER,
                now=now,
                given_at=signed_at(head.signed_on, now=now),
                actor=user,
                wording_version=version,
                evidence=f"{head.evidence} #{row.number}",
            )


def signed_at(day: date, *, now: datetime) -> datetime:
    """The moment that stands for a date on a sheet: noon in the office's zone, and never later than now."""
    return min(datetime.combine(day, time(12), tzinfo=ZoneInfo(settings.OFFICE_TIME_ZONE)), now)
