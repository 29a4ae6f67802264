"""Signed compact tokens that stand in links: verified without a database read, bound to one use, never expiring.

A token is URL-safe base64 of 13 bytes (use, message number, delivery or cohort number) and 10 bytes of HMAC-SHA-256
over them: 31 characters, 80 bits against forgery. Errors: :class:`BadToken`.
"""

import base64
import binascii
import hashlib
import hmac
import struct
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

from django.conf import settings

BODY = struct.Struct(">BIQ")
MAC_BYTES = 10


class BadToken(ValueError):
    """The token was not made by this site for this use: forged, cut off, or meant for something else."""


class Use(IntEnum):
    """What a token is for; one that was made for one use opens no other."""

    PERSONAL_CLICK = 1
    COHORT_CLICK = 2
    OPEN = 3
    UNSUBSCRIBE = 4
    VIEW = 5
    PAGE = 6


@dataclass(frozen=True, slots=True)
class Token:
    """What a token says: ``number`` is a delivery's, or for :attr:`Use.COHORT_CLICK` a cohort's.

    For :attr:`Use.VIEW` it is 0: such a token names a message and nobody, so it can be passed on. One for
    :attr:`Use.PAGE` names a page of the site and when it was shown (:mod:`.web.page_token`).
    """

    use: Use
    message: int
    number: int


@lru_cache(maxsize=8)
def _keyed(secret: str) -> hmac.HMAC:
    key = hashlib.sha256(f"outreach.tracking:{secret}".encode()).digest()
    return hmac.new(key, digestmod=hashlib.sha256)


def _mac(body: bytes, secret: str) -> bytes:
    # A copy of the keyed state costs a third of keying it again, and a broadcast mints three tokens a person.
    mac = _keyed(secret).copy()
    mac.update(body)
    return mac.digest()[:MAC_BYTES]


def mint(token: Token) -> str:
    """The text of ``token``, for an address."""
    body = BODY.pack(token.use, token.message, token.number)
    return base64.urlsafe_b64encode(body + _mac(body, settings.SECRET_KEY)).rstrip(b"=").decode()


def read(text: str, *uses: Use) -> Token:
    """The token that ``text`` is, if it was made for one of ``uses``; raises :class:`BadToken`."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        body, mac = raw[: BODY.size], raw[BODY.size :]
        use, message, number = BODY.unpack(body)
    except (binascii.Error, struct.error, ValueError):
        raise BadToken(text[:40]) from None
    secrets = [str(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    if not any(hmac.compare_digest(mac, _mac(body, secret)) for secret in secrets) or use not in uses:
        raise BadToken(text[:40])
    return Token(Use(use), message, number)
