"""Stands in for a cookie in forms that anybody may send: a signed note of when the form was opened.

It holds off programs that fill in forms at once or replay old ones; it says nothing about who sends the form.
"""

from datetime import UTC, datetime, timedelta

from django.core.signing import BadSignature, Signer

LEAST = timedelta(seconds=2)
"""No person reads and fills in a form faster."""
MOST = timedelta(days=1)

_signer = Signer(salt="outreach.form")


class FilledTooFast(Exception):
    """The form came back before a person could have read it."""


class FormOutOfDate(Exception):
    """The note is missing, changed or too old."""


def opened(*, now: datetime) -> str:
    """The note for a form that is shown now."""
    return _signer.sign(str(int(now.timestamp())))


def check(*, token: str, now: datetime) -> None:
    """Raise :class:`FilledTooFast` or :class:`FormOutOfDate` unless the form was open for a likely time."""
    try:
        age = now - datetime.fromtimestamp(int(_signer.unsign(token)), tz=UTC)
    except (BadSignature, ValueError, OverflowError, OSError):
        raise FormOutOfDate from None
    if age > MOST:
        raise FormOutOfDate
    if age < LEAST:
        raise FilledTooFast
