"""What a provider's answer over its web API means, as Anymail tells it."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import requests
import urllib3.exceptions
from anymail.exceptions import (
    AnymailAPIError,
    AnymailConfigurationError,
    AnymailError,
    AnymailInvalidAddress,
    AnymailRecipientsRefused,
)

from .failures import AddressDead, ChannelError, ChannelRefused, MessageRejected, OutcomeUnknown, TryLater
from .protocol import Receipt
from .sentences import (
    PROVIDER_AWAY,
    PROVIDER_BROKE,
    PROVIDER_DECLINES,
    PROVIDER_SILENT,
    PROVIDER_UNCLEAR,
    PROVIDER_UNTRUSTED,
)

NOT_SENT = (requests.ConnectTimeout, requests.exceptions.ProxyError)
HANDSHAKE = ("HANDSHAKE", "WRONG_VERSION_NUMBER", "PROTOCOL_VERSION", "UNSUPPORTED_PROTOCOL", "UNRECOGNIZED_NAME")
"""What OpenSSL says where two sides found no way to speak. Any other fault of TLS may come after all was sent."""
REFUSED_FOR: dict[str, type[ChannelError]] = {
    "unsigned": ChannelRefused,
    "invalid-sender": ChannelRefused,
    "test-mode-limit": ChannelRefused,
    "rule": MessageRejected,
    "soft-bounce": TryLater,
}
"""What Mandrill calls a reason that is not the address
(https://mailchimp.com/developer/transactional/api/messages/send-new-message/)."""
TRY_AGAIN = {408, 425, 429}
REFUSES_US = {401, 402, 403, 404, 405}
GATEWAY = {502, 504}


def failure(error: AnymailError | AnymailConfigurationError, *, now: datetime | None = None) -> ChannelError:
    """Our failure for Anymail's; ``now`` is for a ``Retry-After`` that is a date."""
    if isinstance(error, AnymailRecipientsRefused):
        return _receiver_refused(error)
    if isinstance(error, AnymailInvalidAddress):
        return AddressDead("The provider can't write to this address.")
    if isinstance(error, AnymailAPIError):
        return _failure_of_call(error, now or datetime.now(UTC))
    if isinstance(error, AnymailConfigurationError):
        return ChannelRefused(str(error))
    return ChannelRefused(f"The provider can't send this: {error}")


def outcome(recipient: Any) -> Receipt | ChannelError:
    """What came of one receiver's mail, from Anymail's status of it; ``None`` where the answer does not speak of it."""
    if recipient is None or (recipient.status in {None, "unknown"} and not recipient.message_id):
        return OutcomeUnknown(PROVIDER_SILENT)
    if recipient.status in {"invalid", "rejected"}:
        return AddressDead(PROVIDER_DECLINES)
    if recipient.status == "failed":
        return TryLater("The provider took the mail, and could not send it.")
    return Receipt(str(recipient.message_id or ""))


def _receiver_refused(error: AnymailRecipientsRefused) -> ChannelError:
    """Mandrill refuses a receiver also for what is wrong with the sender, the account or the mail, and says which."""
    reason = _reject_reason(error)
    if reason in REFUSED_FOR:
        return REFUSED_FOR[reason](f"The provider refused the mail ({reason}).")
    return AddressDead(_said(error) or PROVIDER_DECLINES)


def _reject_reason(error: AnymailError) -> str:
    try:
        answer = error.response.json()
    except (AttributeError, ValueError):
        return ""
    first = answer[0] if isinstance(answer, list) and answer else {}
    return str(first.get("reject_reason") or "") if isinstance(first, dict) else ""


def _failure_of_call(error: AnymailAPIError, now: datetime) -> ChannelError:
    response = error.response
    if response is None:
        return _failure_without_answer(error)
    status, detail = response.status_code, f"{response.status_code} {_said(error)}"
    if status in TRY_AGAIN or status == 503:
        wait = _retry_after(response.headers.get("Retry-After", ""), now)
        return TryLater(detail, retry_after=wait, everyone=True)
    if status in REFUSES_US:
        return ChannelRefused(detail)
    if 400 <= status < 500:
        return MessageRejected(detail)
    if status in GATEWAY or status < 400 or not _is_json(response):
        return OutcomeUnknown(PROVIDER_UNCLEAR % status)
    return TryLater(detail)


def _failure_without_answer(error: AnymailAPIError) -> ChannelError:
    cause = error.__cause__
    kind = type(cause or error).__name__
    if isinstance(cause, requests.exceptions.SSLError) and "CERTIFICATE_VERIFY_FAILED" in str(cause):
        return ChannelRefused(PROVIDER_UNTRUSTED)
    if isinstance(cause, requests.exceptions.SSLError) and any(word in str(cause) for word in HANDSHAKE):
        return TryLater(PROVIDER_AWAY % kind, everyone=True)
    reason = getattr(cause.args[0], "reason", None) if cause is not None and cause.args else None
    if isinstance(cause, NOT_SENT) or isinstance(reason, urllib3.exceptions.NewConnectionError):
        return TryLater(PROVIDER_AWAY % kind, everyone=True)
    if isinstance(cause, ValueError):
        return ChannelRefused(f"The provider's address is wrong ({kind}).")
    return OutcomeUnknown(PROVIDER_BROKE % kind)


def _said(error: AnymailError) -> str:
    """The provider's own words: the first text of its JSON answer that reads like a message."""
    response = error.response
    try:
        answer = response.json() if response is not None else {}
    except ValueError:
        return str(getattr(response, "reason", ""))
    return next(_messages(answer), "")


def _messages(answer: Any) -> Any:
    if isinstance(answer, dict):
        for name in ("message", "Message", "error", "errors", "detail", "ErrorMessage", "Messages"):
            if isinstance(answer.get(name), str):
                yield answer[name]
            elif name in answer:
                yield from _messages(answer[name])
    elif isinstance(answer, list):
        for each in answer:
            yield from _messages(each)


def _is_json(response: Any) -> bool:
    try:
        response.json()
    except ValueError:
        return False
    return True


def _retry_after(value: str, now: datetime) -> float | None:
    """Seconds to wait, from a ``Retry-After`` in seconds or as a date."""
    if value.isascii() and value.strip().isdigit():
        return float(value)
    try:
        date = parsedate_to_datetime(value).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return max(0.0, (date - now).total_seconds())
