"""Stands in for a cookie in forms that anybody may send: a signed note of when the form was opened and what it said.

It holds off programs that fill in forms at once or replay old ones; it says nothing about who sends the form. It names
the versions of the words that people were asked to agree to, because a page with a form may come out of a cache.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.core.signing import BadSignature, Signer

LEAST = timedelta(seconds=2)
"""No person reads and fills in a form faster."""
KEPT = timedelta(days=1)
"""The longest that a cache keeps a page: the most that the setting ``PAGE_CACHE_SECONDS`` takes."""
MOST = KEPT + timedelta(days=1)
"""A page from the cache may lie open for a day."""

_signer = Signer(salt="outreach.form")


class FilledTooFast(Exception):
    """The form came back before a person could have read it."""


class FormOutOfDate(Exception):
    """The note is missing, changed or too old."""


@dataclass(frozen=True)
class Note:
    """When the form was opened, and the version of the words for each purpose that it asked about."""

    opened_at: datetime
    versions: Mapping[str, str]


def opened(*, now: datetime, versions: Mapping[str, str] | None = None) -> str:
    """The note for a form that is shown now with these versions, by purpose."""
    return _signer.sign_object({"at": int(now.timestamp()), "words": dict(versions or {})})


def read(*, token: str) -> Note:
    """What a note says, however old; raises :class:`FormOutOfDate` where it is missing or changed."""
    try:
        content = _signer.unsign_object(token)
        return Note(datetime.fromtimestamp(content["at"], tz=UTC), content["words"])
    except (BadSignature, ValueError, KeyError, TypeError, OverflowError, OSError):
        raise FormOutOfDate from None


def check(*, token: str, now: datetime) -> Note:
    """The note, unless the form was open for an unlikely time: :class:`FilledTooFast` or :class:`FormOutOfDate`."""
    note = read(token=token)
    age = now - note.opened_at
    if age > MOST:
        raise FormOutOfDate
    if age < LEAST:
        raise FilledTooFast
    return note
