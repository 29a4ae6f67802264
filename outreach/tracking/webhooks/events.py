"""Anymail's events as reports of ours: which kind, of which delivery, of whose address.

Anymail tells bounces of all providers by one name. Whether one is hard is the provider's to say, in its own words, so
those are read too; in doubt it is soft, for a person does not lose a subscription over a full mailbox. Opens and clicks
are left aside: what may be known of them is each person's choice, and our own links keep to it.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from anymail.signals import AnymailTrackingEvent, EventType, RejectReason
from django.utils import timezone

from outreach.audience.addresses import InvalidAddress, address_hash, hash_key, normalised
from outreach.audience.choices import ChannelName
from outreach.channels.failures import AddressDead
from outreach.channels.smtp_answers import Step, failure
from outreach.delivery.message_ids import deliveries_named_in
from outreach.delivery.reported import Kind, Report

PLAIN: Mapping[str, Kind] = {
    EventType.QUEUED: Kind.TAKEN,
    EventType.SENT: Kind.TAKEN,
    EventType.DELIVERED: Kind.DELIVERED,
    EventType.DEFERRED: Kind.DELAYED,
    EventType.FAILED: Kind.FAILED,
    EventType.COMPLAINED: Kind.COMPLAINED,
    EventType.UNSUBSCRIBED: Kind.LEFT,
}
"""Kinds of events that mean the same whatever the reason."""

REJECTED: Mapping[str | None, Kind] = {
    RejectReason.INVALID: Kind.DEAD,
    # The provider keeps a list of its own, and puts on it whoever bounced, complained or left before.
    RejectReason.BOUNCED: Kind.DEAD,
    RejectReason.SPAM: Kind.COMPLAINED,
    RejectReason.UNSUBSCRIBED: Kind.LEFT,
    RejectReason.TIMED_OUT: Kind.RETURNED,
}
"""What it means that a provider did not try, by the reason; without one of these no address is at fault."""

SOFT_WORDS = {
    ("event", "soft_bounce"),  # Brevo, Mandrill
    ("type", "soft_bounced"),  # MailerSend
    ("Type", "SoftBounce"),  # Postmark
    ("Type", "VirusNotification"),
    ("type", "blocked"),  # SendGrid
    ("type", "Transient"),  # Resend
    ("type", "Undetermined"),
    ("hard_bounce", "False"),  # Mailjet
    ("bounceType", "Transient"),  # Amazon SES
    ("bounceType", "Undetermined"),
    *(("bounce_class", number) for number in ("1", "20", "21", "22", "23", "24", "40", "70")),  # SparkPost
    *(("delivery_status", f"err_{why}") for why in ("mailbox_full", "too_large", "unreachable", "skip_letter")),
}
"""A provider's own field and value that say that a bounce is not for good."""

NESTED = ("bounce", "data", "delivery_info", "message_event", "msys")
"""Parts of a provider's event in which such a field may stand."""
MOST_NESTED = 4
_ENHANCED = re.compile(r"\b[45]\.\d{1,3}\.\d{1,3}\b")


def reports_of(events: Iterable[Any], *, now: datetime) -> list[Report]:
    """The reports that some events are; what tells nothing of a delivery or an address is left out."""
    key = hash_key()
    return [report for event in events if (report := _report(event, key, now))]


def _report(event: Any, key: bytes, now: datetime) -> Report | None:
    if not isinstance(event, AnymailTrackingEvent) or (kind := kind_of(event)) is None:
        return None
    named = deliveries_named_in(_message_id(event), most=1)
    digest = _digest(event.recipient, key)
    # Postal numbers its messages; the number was kept as text.
    provider_id = str(event.message_id) if isinstance(event.message_id, str | int) else ""
    if not named and not provider_id and not digest:
        return None
    words = event.mta_response or event.description or event.reject_reason or ""
    return Report(
        kind=kind,
        at=_time(event.timestamp, now),
        delivery=named[0] if named else None,
        provider_id=provider_id,
        address_hash=digest,
        words=str(words),
    )


def kind_of(event: AnymailTrackingEvent) -> Kind | None:
    """What the event reports, or ``None`` for one that is nothing to us."""
    if event.event_type == EventType.BOUNCED:
        return Kind.DEAD if _is_hard(event) else Kind.RETURNED
    if event.event_type == EventType.REJECTED:
        return REJECTED.get(event.reject_reason, Kind.REFUSED)
    if event.event_type == EventType.COMPLAINED and _says(event, {("Type", "SpamNotification")}):
        # Postmark's word for a filter that took it for spam: no person complained.
        return Kind.REFUSED
    return PLAIN.get(event.event_type)


def _is_hard(event: AnymailTrackingEvent) -> bool:
    if event.reject_reason not in {RejectReason.BOUNCED, RejectReason.INVALID, None}:
        return False
    if _says(event, SOFT_WORDS):
        return False
    words = str(event.mta_response or "")
    code = words[:3] if words[:3].isascii() and words[:3].isdigit() else "550"
    if code.startswith("4") or _ENHANCED.search(words):
        return isinstance(failure(Step.RECEIVER, int(code), words), AddressDead)
    return True


def _says(event: AnymailTrackingEvent, words: set[tuple[str, str]]) -> bool:
    return any(fields & words for fields in _fields(event.esp_event))


def _fields(raw: Any, depth: int = 0) -> Iterable[set[tuple[str, str]]]:
    if not isinstance(raw, Mapping) or depth > MOST_NESTED:
        return
    yield {(str(name), str(value)) for name, value in raw.items() if isinstance(value, str | bool | int)}
    for name in NESTED:
        yield from _fields(raw.get(name), depth + 1)


def _message_id(event: AnymailTrackingEvent) -> str:
    metadata = event.metadata if isinstance(event.metadata, Mapping) else {}
    told = metadata.get("message_id") or event.message_id
    return told[:200] if isinstance(told, str) else ""


def _digest(recipient: Any, key: bytes) -> str:
    try:
        address = normalised(channel=ChannelName.EMAIL, address=str(recipient or ""))
    except InvalidAddress:
        return ""
    return address_hash(channel=ChannelName.EMAIL, address=address, key=key)


def _time(told: Any, now: datetime) -> datetime:
    """When it happened; a clock that is ahead of ours is not believed."""
    return min(told, now) if isinstance(told, datetime) and timezone.is_aware(told) else now
