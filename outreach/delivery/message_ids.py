"""The Message-ID of a delivery, by which providers and bounce messages name it: signed, so that nobody can make one up.

Whoever knows an address could otherwise guess the number of a delivery to it and send us a bounce that never was.
It reads ``<broadcast>.<delivery>.<signature>@<site>``; 80 bits stand against forgery.
"""

import hashlib
import hmac
import re
from functools import lru_cache
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.hmac import HMAC
from django.conf import settings

MAC_BYTES = 10
_OURS = re.compile(r"\b(\d{1,18})\.(\d{1,18})\.([0-9a-f]{20})@")


@lru_cache(maxsize=8)
def _keyed(secret: str) -> HMAC:
    return HMAC(hashlib.sha256(f"outreach.delivery.message_ids:{secret}".encode()).digest(), hashes.SHA256())


@lru_cache(maxsize=8)
def _host(url: str) -> str:
    return urlsplit(url).hostname or ""


def _signature(broadcast: int, delivery: int, secret: str) -> str:
    # A copy of the keyed state costs a third of keying it again, and a worker does this for every message.
    mac = _keyed(secret).copy()
    mac.update(b"%d.%d" % (broadcast, delivery))
    return mac.finalize()[:MAC_BYTES].hex()


def message_id(*, broadcast: int, delivery: int) -> str:
    """The Message-ID of a delivery, without angle brackets: the same for every attempt."""
    signature = _signature(broadcast, delivery, settings.SECRET_KEY)
    return f"{broadcast}.{delivery}.{signature}@{_host(settings.SITE_URL)}"


def deliveries_named_in(text: str, *, most: int = 20) -> list[int]:
    """The numbers of the deliveries whose Message-IDs stand in ``text``, each once, in order; forged ones are none.

    ``most`` is how many that look like ours are tried.
    """
    secrets = [str(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    found: dict[int, None] = {}
    for place, match in enumerate(_OURS.finditer(text.lower())):
        if place == most:
            break
        broadcast, delivery, signature = int(match[1]), int(match[2]), match[3]
        if any(hmac.compare_digest(signature, _signature(broadcast, delivery, secret)) for secret in secrets):
            found[delivery] = None
    return list(found)
