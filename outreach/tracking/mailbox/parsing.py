"""What a mail in the bounce mailbox reports: a delivery status (RFC 3464), a complaint (RFC 5965), or an older form.

Anybody can write to that mailbox. So a mail counts only where it gives back a Message-ID that we signed, and then only
for the address to which that message went. Whatever it holds, reading it raises nothing and takes bounded time.
"""

import logging
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import Message
from enum import StrEnum
from typing import Any

from flufl.bounce import all_failures

from outreach.audience.addresses import InvalidAddress, address_hash, normalised
from outreach.audience.choices import ChannelName
from outreach.channels.failures import AddressDead, TryLater
from outreach.channels.smtp_answers import Step, failure
from outreach.delivery.message_ids import deliveries_named_in
from outreach.delivery.reported import Kind, Report

logger = logging.getLogger(__name__)

LARGEST = 256 * 1024
"""Of a larger mail only so many bytes are looked at: what it reports stands at its beginning."""
MOST_PARTS, MOST_RECIPIENTS, MOST_MESSAGES = 50, 10, 5

_WITHIN = re.compile(rb"content-type:\s*message/", re.IGNORECASE)
"""A mail within a mail."""
_STATUS = re.compile(r"\b([245])\.\d{1,3}\.\d{1,3}\b")
_CODE = re.compile(r"\b([45]\d\d)\b")
_FULL = re.compile(rb"\b[45]\.2\.2\b|quota|(mailbox|inbox)( is)? full", re.IGNORECASE)
_SERVER = re.compile(r"mailer-daemon|postmaster|mail delivery", re.IGNORECASE)

COMPLAINTS = {"abuse": Kind.COMPLAINED, "fraud": Kind.COMPLAINED, "opt-out": Kind.LEFT, "opt-out-list": Kind.LEFT}
"""By ``Feedback-Type``; other types, such as reports of a broken signature, tell nothing of a person."""


class Sort(StrEnum):
    """What a mail is."""

    BOUNCE = "bounce"
    COMPLAINT = "complaint"
    AUTOMATIC = "automatic"
    """An answer that a program wrote: somebody is away, or has read it."""
    OTHER = "other"
    """Something that a person should look at."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a mail is, and what it reports of our messages; nothing where it is about none of them."""

    sort: Sort
    reports: tuple[Report, ...] = ()


def read(content: bytes, *, now: datetime) -> Reading:
    """Read one mail; ``now`` (UTC) is when it is taken to have happened, for clocks in mails are anybody's."""
    content = content[:LARGEST]
    # Python would follow them down until its stack ends, where nothing else can run either.
    if content.lower().count(b"boundary=") > MOST_PARTS or len(_WITHIN.findall(content)) > MOST_PARTS:
        return Reading(Sort.OTHER)
    try:
        return _read(message_from_bytes(content), content, now)
    except Exception as error:
        # Broken in a way that nobody thought of, or nested too deeply.
        logger.info("a mail in the bounce mailbox can't be read (%s)", type(error).__name__)
        return Reading(Sort.OTHER)


def _read(mail: Message, content: bytes, now: datetime) -> Reading:
    parts = list(mail.walk())
    by_type = {part.get_content_type(): part for part in reversed(parts)}
    if feedback := by_type.get("message/feedback-report"):
        kind = COMPLAINTS.get(_field(_blocks(feedback)[0], "Feedback-Type").lower())
        return Reading(Sort.COMPLAINT, tuple(_complaints(kind, parts, content, now)) if kind else ())
    if status := by_type.get("message/delivery-status"):
        told = [each for block in _blocks(status) for each in _told(block)]
    elif _is_automatic(mail) or "message/disposition-notification" in by_type:
        return Reading(Sort.AUTOMATIC)
    else:
        told = _told_in_words(mail, content)
        if not told:
            return Reading(Sort.OTHER)
    return Reading(Sort.BOUNCE, tuple(_bounces(told[:MOST_RECIPIENTS], parts, content, now)))


# Of which messages


def _named(parts: Iterable[Message], content: bytes) -> list[int]:
    """The deliveries whose Message-IDs the mail gives back, as it stands or in a part that is encoded."""
    texts = [content.decode("latin-1")]
    for part in parts:
        if not part.is_multipart() and str(part.get("Content-Transfer-Encoding", "")).strip():
            decoded = part.get_payload(decode=True)
            texts.append(decoded.decode("latin-1") if isinstance(decoded, bytes) else "")
    return deliveries_named_in("\n".join(texts))[:MOST_MESSAGES]


def _complaints(kind: Kind, parts: list[Message], content: bytes, now: datetime) -> Iterator[Report]:
    """Providers black out who complains; the Message-ID tells."""
    for number in _named(parts, content):
        yield Report(kind, now, number)


def _bounces(
    told: Iterable[tuple[Kind, str, str]], parts: list[Message], content: bytes, now: datetime
) -> Iterator[Report]:
    numbers = _named(parts, content)
    for kind, address, words in told:
        if numbers and (digest := _digest(address)):
            for number in numbers:
                yield Report(kind, now, number, address_hash=digest, words=words)


def _digest(address: str) -> str:
    try:
        written = normalised(channel=ChannelName.EMAIL, address=address)
    except InvalidAddress:
        return ""
    return address_hash(channel=ChannelName.EMAIL, address=written)


# What is said of them


def _blocks(part: Message) -> list[Message]:
    """The groups of fields of a report, which the parser takes for mails."""
    payload: Any = part.get_payload()
    return [each for each in payload if isinstance(each, Message)] if isinstance(payload, list) else [Message()]


def _field(block: Message, name: str) -> str:
    return str(block.get(name, "")).strip()


def _told(block: Message) -> Iterator[tuple[Kind, str, str]]:
    """What a delivery status says of one recipient, under the address that it reached and the one that we wrote to."""
    words = f"{_field(block, 'Status')} {_field(block, 'Diagnostic-Code').partition(';')[2].strip()}".strip()
    kind = _kind(_field(block, "Action").lower(), words)
    addresses = {
        _field(block, name).rpartition(";")[2].strip(" <>") for name in ("Original-Recipient", "Final-Recipient")
    }
    if kind:
        yield from ((kind, address, words) for address in sorted(addresses) if address)


def _kind(action: str, words: str) -> Kind | None:
    if action != "failed":
        return {"delayed": Kind.DELAYED, "delivered": Kind.DELIVERED}.get(action)
    status, code = _STATUS.search(words), _CODE.search(words)
    number = int(code[1]) if code else 450 if status and status[1] == "4" else 550
    meaning = failure(Step.RECEIVER, number, words)
    if isinstance(meaning, AddressDead):
        return Kind.DEAD
    return Kind.RETURNED if isinstance(meaning, TryLater) else Kind.REFUSED


def _told_in_words(mail: Message, content: bytes) -> list[tuple[Kind, str, str]]:
    """What a mail says that follows no standard, as Mailman's library knows dozens of them."""
    temporary, permanent = all_failures(mail)
    dead = Kind.RETURNED if _FULL.search(content) else Kind.DEAD
    told = [(Kind.DELAYED, each, "") for each in temporary] + [(dead, each, "") for each in permanent]
    return [(kind, each.decode("ascii", "replace"), words) for kind, each, words in sorted(told)]


def _is_automatic(mail: Message) -> bool:
    if _SERVER.search(_field(mail, "From")):
        return False
    submitted = _field(mail, "Auto-Submitted").lower()
    is_answer = bool(submitted) and not submitted.startswith("no")
    return is_answer or any(mail.get(name) for name in ("X-Autoreply", "X-Autorespond", "X-Auto-Response-Suppress"))
