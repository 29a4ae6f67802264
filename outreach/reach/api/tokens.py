"""Making, checking and revoking tokens.

A token reads ``reach_NAME_SECRET``. The name finds the row; what decides is the digest of the whole token, compared in
constant time, also where there is no row, so the time of an answer tells nothing.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.crypto import constant_time_compare

from .models import ApiToken

PREFIX = "reach"
NAME_BYTES, SECRET_BYTES = 6, 32
MOST = 20
"""So many tokens that work one person may have."""

NOBODY = "0" * 64


class BadToken(Exception):
    """This is no token, or one that was revoked, or its person is not here any more."""


class TooManyTokens(Exception):
    """The person has :data:`MOST` tokens that work."""


@dataclass(frozen=True)
class NewToken:
    """A token that was just made. ``text`` is the token itself and exists nowhere else."""

    token: ApiToken
    text: str


def make_token(*, user: Any, label: str, now: datetime) -> NewToken:
    """Make a token for a person; ``now`` is UTC. Raises :class:`TooManyTokens`."""
    if ApiToken.objects.filter(user=user, revoked_at=None).count() >= MOST:
        raise TooManyTokens
    name = secrets.token_hex(NAME_BYTES)
    text = f"{PREFIX}_{name}_{secrets.token_hex(SECRET_BYTES)}"
    token = ApiToken.objects.create(user=user, label=label, name=name, digest=_digest(text), created_at=now)
    return NewToken(token, text)


def revoke_token(*, user: Any, token: int, now: datetime) -> ApiToken:
    """End a person's own token at once; raises ``ApiToken.DoesNotExist`` for anybody else's. ``now`` is UTC."""
    found = ApiToken.objects.get(pk=token, user=user)
    if found.revoked_at is None:
        found.revoked_at = now
        found.save(update_fields=["revoked_at"])
    return found


def check_token(*, text: str, now: datetime) -> ApiToken:
    """The token that was sent, with its person; raises :class:`BadToken`. ``now`` is UTC."""
    parts = text.split("_")
    name = parts[1] if len(parts) == 3 and parts[0] == PREFIX and parts[1].isascii() else ""
    found = ApiToken.objects.select_related("user").filter(name=name).first() if name.isalnum() else None
    same = constant_time_compare(_digest(text), found.digest if found else NOBODY)
    if found is None or not same or found.revoked_at is not None or not found.user.is_active:
        raise BadToken
    _note_use(found, now)
    return found


def _note_use(token: ApiToken, now: datetime) -> None:
    """One write a day, not one a request."""
    if token.last_used_on != now.date():
        ApiToken.objects.filter(pk=token.pk).update(last_used_on=now.date())


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
