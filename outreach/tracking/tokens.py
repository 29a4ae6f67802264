"""Signed compact tokens that stand in links: verified without a database read, bound to one use, never expiring.

A token is URL-safe base64 of 13 bytes (use, message number, delivery or cohort number) and 10 bytes of HMAC-SHA-256:
31 characters, 80 bits against forgery. Errors: :class:`BadToken`.

The tokens of one delivery are made together, out of one HMAC over what they share: each use has 10 of its 32 bytes for
itself, and they tell nothing about the others. Those of a cohort or a message, and all that were mailed before tokens
were made together, have an HMAC each, over all 13 bytes; the first byte says which.
"""

import base64
import binascii
import hashlib
import hmac
import struct
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.hmac import HMAC
from django.conf import settings

BODY = struct.Struct(">BIQ")
MAC_BYTES = 10
TOGETHER = 0x40
"""Added to the use in the first byte of a token that was made together with others; alone, it is what they share."""
URL_SAFE = bytes.maketrans(b"+/", b"-_")
LAST_CHARACTERS = "AEIMQUYcgkosw048"
"""The last of 31 characters holds four bits. One of these has no others, with which a token had a second spelling."""


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


class DeliveryTokens(NamedTuple):
    """The tokens of one delivery, in the order in which they share their HMAC."""

    click: str
    open: str
    unsubscribe: str


_SHARED = (Use.PERSONAL_CLICK, Use.OPEN, Use.UNSUBSCRIBE)
_FIRST_BYTES = tuple(bytes([TOGETHER | use]) for use in _SHARED)


@lru_cache(maxsize=8)
def _keyed(secret: str) -> HMAC:
    return HMAC(hashlib.sha256(f"outreach.tracking:{secret}".encode()).digest(), hashes.SHA256())


def _mac(body: bytes, secret: str) -> bytes:
    # A copy of the keyed state costs a third of keying it again, and a worker does this for every message.
    mac = _keyed(secret).copy()
    mac.update(body)
    return mac.finalize()


def mint_together(*, message: int, number: int) -> DeliveryTokens:
    """The tokens of delivery ``number``, for addresses; each opens what it is for and nothing else."""
    shared = BODY.pack(TOGETHER, message, number)
    mac, rest = _mac(shared, settings.SECRET_KEY), shared[1:]
    click, opened, unsubscribe = _FIRST_BYTES
    # A byte more makes each 32 characters of base64, of which the last holds nothing.
    raw = b"".join(
        (click, rest, mac[:10], b"\0", opened, rest, mac[10:20], b"\0", unsubscribe, rest, mac[20:30], b"\0")
    )
    text = binascii.b2a_base64(raw, newline=False).translate(URL_SAFE).decode()
    return DeliveryTokens(text[:31], text[32:63], text[64:95])


def mint(token: Token) -> str:
    """The text of ``token``, for an address."""
    if token.use in _SHARED:
        return mint_together(message=token.message, number=token.number)[_SHARED.index(token.use)]
    body = BODY.pack(token.use, token.message, token.number)
    raw = body + _mac(body, settings.SECRET_KEY)[:MAC_BYTES]
    return binascii.b2a_base64(raw, newline=False).translate(URL_SAFE).rstrip(b"=").decode()


def read(text: str, *uses: Use) -> Token:
    """The token that ``text`` is, if it was made for one of ``uses``; raises :class:`BadToken`."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        body, mac = raw[: BODY.size], raw[BODY.size :]
        first, message, number = BODY.unpack(body)
        if text[-1] not in LAST_CHARACTERS:
            raise ValueError(text[-1])
        use, begin = Use(first & ~TOGETHER), 0
        if first & TOGETHER:
            body, begin = BODY.pack(TOGETHER, message, number), MAC_BYTES * _SHARED.index(use)
    except (struct.error, ValueError):
        raise BadToken(text[:40]) from None
    secrets = [str(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    made = (_mac(body, secret)[begin : begin + MAC_BYTES] for secret in secrets)
    if not any(hmac.compare_digest(mac, each) for each in made) or use not in uses:
        raise BadToken(text[:40])
    return Token(use, message, number)
