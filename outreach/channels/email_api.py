"""E-mail through a provider's web API, by Anymail: one request a mail over a connection that is kept."""

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
from django.core.mail import get_connection

from .email_message import mail
from .failures import AddressDead, ChannelError, ChannelRefused, MessageRejected, OutcomeUnknown, TryLater
from .protocol import Outgoing, Receipt

NOT_SENT = (requests.ConnectTimeout, requests.exceptions.SSLError, requests.exceptions.ProxyError)
TRY_AGAIN = {408, 425, 429}
REFUSES_US = {401, 402, 403, 404, 405}
GATEWAY = {502, 504}


class ApiSession:
    """A connection to the provider that the settings name."""

    def __init__(self) -> None:
        self._backend: Any = None

    def send(self, outgoing: Outgoing) -> Receipt:
        """See :class:`~.protocol.Session`. The provider makes its own Message-ID; ours goes along as metadata."""
        message = mail(outgoing)
        try:
            if self._backend is None:
                self._backend = get_connection(fail_silently=False)
                self._backend.open()
            if getattr(self._backend, "esp_name", "") not in WITHOUT_METADATA:
                message.metadata = {"message_id": outgoing.message_id}  # type: ignore[attr-defined]
            self._backend.send_messages([message])
        except AnymailConfigurationError as error:
            raise ChannelRefused(str(error)) from error
        except AnymailRecipientsRefused as error:
            raise AddressDead(_said(error) or "The provider does not write to this address.") from error
        except AnymailInvalidAddress as error:
            raise AddressDead("The provider can't write to this address.") from error
        except AnymailAPIError as error:
            raise failure(error) from error
        except AnymailError as error:
            raise ChannelRefused(f"The provider can't send this: {error}") from error
        except (KeyError, IndexError, TypeError, AttributeError) as error:
            raise OutcomeUnknown(f"The provider's answer can't be read ({type(error).__name__}).") from error
        return _receipt(message.anymail_status)  # type: ignore[attr-defined]

    def close(self) -> None:
        """See :class:`~.protocol.Session`."""
        backend, self._backend = self._backend, None
        if backend is not None:
            backend.close()


WITHOUT_METADATA = {"MailerSend"}
"""Providers to which Anymail can't hand metadata; it would refuse the mail for it."""


def failure(error: AnymailAPIError, *, now: datetime | None = None) -> ChannelError:
    """Our failure for an answer that was no success, or for none; ``now`` is for a ``Retry-After`` that is a date."""
    response = error.response
    if response is None:
        return _failure_without_answer(error)
    status, detail = response.status_code, f"{response.status_code} {_said(error)}"
    if status in TRY_AGAIN or status == 503:
        wait = _retry_after(response.headers.get("Retry-After", ""), now or datetime.now(UTC))
        return TryLater(detail, retry_after=wait, everyone=True)
    if status in REFUSES_US:
        return ChannelRefused(detail)
    if 400 <= status < 500:
        return MessageRejected(detail)
    if status in GATEWAY or status < 400 or not _is_json(response):
        return OutcomeUnknown(f"Not an answer that can be read ({status}).")
    return TryLater(detail)


def _failure_without_answer(error: AnymailAPIError) -> ChannelError:
    cause = error.__cause__
    kind = type(cause or error).__name__
    if isinstance(cause, requests.exceptions.SSLError) and "CERTIFICATE_VERIFY_FAILED" in str(cause):
        return ChannelRefused("The provider's certificate is not trusted.")
    reason = getattr(cause.args[0], "reason", None) if cause is not None and cause.args else None
    if isinstance(cause, NOT_SENT) or isinstance(reason, urllib3.exceptions.NewConnectionError):
        return TryLater(f"The provider can't be reached ({kind}).", everyone=True)
    if isinstance(cause, ValueError):
        return ChannelRefused(f"The provider's address is wrong ({kind}).")
    return OutcomeUnknown(f"The line to the provider broke ({kind}).")


def _receipt(status: Any) -> Receipt:
    recipient = next(iter(status.recipients.values()), None)
    if recipient is None or (recipient.status in {None, "unknown"} and not recipient.message_id):
        raise OutcomeUnknown("The provider did not say what came of the mail.")
    if recipient.status == "failed":
        raise TryLater("The provider took the mail, and could not send it.")
    return Receipt(str(recipient.message_id or ""))


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
    if value.strip().isdigit():
        return float(value)
    try:
        date = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, (date.astimezone(UTC) - now).total_seconds())
