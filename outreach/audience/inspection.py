"""What the consent ledger says of one person, for whoever has to check it: which words, when, how, and what holds now.

The page is opened for a reason, which is logged; no address is shown in full.
"""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy
from wagtail.log_actions import LogActionRegistry, log
from wagtail.models import ModelLogEntry

from .choices import ChannelName, Purpose
from .models import Consent, Subscriber, Subscription
from .wording import Wordings, Words

if TYPE_CHECKING:
    from django.contrib.auth.models import User

INSPECTED = "outreach.consent.inspect"
COLUMNS = (
    "channel",
    "purpose",
    "given",
    "said_at_utc",
    "said_at_office",
    "recorded_at_utc",
    "method",
    "entered_by",
    "version",
    "language",
    "words",
    "evidence",
)
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True)
class Entry:
    """One entry of the ledger with the words that were shown; without them where the version is not known here."""

    consent: Consent
    words: Words | None

    @property
    def recorded_at(self) -> datetime:
        """When it was written down, in UTC."""
        return self.consent.recorded_at or self.consent.given_at


@dataclass(frozen=True)
class OnePurpose:
    """What a person said about one purpose on one channel, in the order in which it was written down."""

    purpose: Purpose
    is_granted: bool
    entries: list[Entry]


@dataclass(frozen=True)
class OneChannel:
    """One channel of a person; ``subscription`` is what is left of it."""

    channel: ChannelName
    subscription: Subscription | None
    masked: str
    purposes: list[OnePurpose]


def register_actions(actions: LogActionRegistry) -> None:
    """Tell Wagtail's log that consents were looked at."""
    actions.register_action(
        INSPECTED, gettext_lazy("Inspect a person's consents"), gettext_lazy("Consents of the person inspected")
    )


def open_for(*, subscriber: Subscriber, reason: str, user: "User", now: datetime) -> ModelLogEntry:
    """Log who looks at a person's consents, and why."""
    return log(instance=subscriber, action=INSPECTED, user=user, timestamp=now, data={"reason": reason})


def openings(*, subscriber: Subscriber, user: "User") -> QuerySet[ModelLogEntry]:
    """What the log holds of this user's looking at this person."""
    return ModelLogEntry.objects.for_instance(subscriber).filter(action=INSPECTED, user=user)


def ledger_of(*, subscriber: Subscriber) -> list[OneChannel]:
    """The whole ledger of one person, by channel and purpose. Three queries, however long it is."""
    wordings = Wordings.load()
    entries = [_entry(wordings, consent) for consent in subscriber.consents.order_by("pk")]
    subscriptions = {row.channel: row for row in subscriber.subscriptions.order_by("pk")}
    return [
        _one_channel(channel, subscriptions.get(channel), of_channel)
        for channel in ChannelName
        for of_channel in [[entry for entry in entries if entry.consent.channel == channel]]
        if of_channel or channel in subscriptions
    ]


def as_csv(channels: list[OneChannel]) -> str:
    """One line an entry; no text in it is taken for a formula."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    office = ZoneInfo(settings.OFFICE_TIME_ZONE)
    for entry in _entries(channels):
        consent, words = entry.consent, entry.words
        line = [
            consent.channel,
            consent.purpose,
            "yes" if consent.granted else "withdrawn",
            consent.given_at.astimezone(UTC).isoformat(timespec="seconds"),
            consent.given_at.astimezone(office).isoformat(timespec="seconds"),
            entry.recorded_at.astimezone(UTC).isoformat(timespec="seconds"),
            consent.method,
            consent.actor_name,
            consent.wording_version,
            consent.language,
            words.text if words else "",
            consent.evidence,
        ]
        writer.writerow([f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell for cell in line])
    return text.getvalue()


def masked(channel: str, address: str) -> str:
    """Enough of an address to recognise one's own, and not enough to write to it."""
    if channel == ChannelName.EMAIL:
        local, _at, domain = address.partition("@")
        return f"{local[:1]}…@{domain[:1]}…{domain[domain.rfind('.') :] if '.' in domain else ''}"
    return re.sub(r"^.*(?=.{2}$)", "…", address) if len(address) > 4 else "…"


def _entry(wordings: Wordings, consent: Consent) -> Entry:
    try:
        return Entry(consent, wordings.words(consent.purpose, consent.wording_version, consent.language))
    except KeyError:
        return Entry(consent, None)


def _one_channel(channel: ChannelName, subscription: Subscription | None, entries: list[Entry]) -> OneChannel:
    purposes = [
        OnePurpose(purpose, bool(subscription and subscription.allows(purpose)), said)
        for purpose in Purpose
        for said in [[entry for entry in entries if entry.consent.purpose == purpose]]
    ]
    return OneChannel(channel, subscription, masked(channel, subscription.address) if subscription else "", purposes)


def _entries(channels: list[OneChannel]) -> Iterator[Entry]:
    for channel in channels:
        for purpose in channel.purposes:
            yield from purpose.entries
