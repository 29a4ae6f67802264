"""The Message-ID of a delivery, by which providers and bounce messages name it: signed, so that nobody can make one up.

Whoever knows an address could otherwise guess the number of a delivery to it and send us a bounce that never was.
It reads ``<broadcast>.<delivery>.<signature>@<site>``; 80 bits stand against forgery.
"""

import base64
import hashlib
import hmac
import re
from functools import lru_cache
from urllib.parse import urlsplit

from django.conf import settings

MAC_BYTES = 10
_OURS = re.compile(r"\b(\d{1,18})\.(\d{1,18})\.([a-z2-7]{16})@")


@lru_cache(maxsize=8)
def _key(secret: str) -> bytes:
    return hashlib.sha256(f"outreach.delivery.message_ids:{secret}".encode()).digest()


def _signature(broadcast: int, delivery: int, secret: str) -> str:
    mac = hmac.digest(_key(secret), b"%d.%d" % (broadcast, delivery), "sha256")[:MAC_BYTES]
    return base64.b32encode(mac).decode().lower()


def message_id(*, broadcast: int, delivery: int) -> str:
    """The Message-ID of a delivery, without angle brackets: the same for every attempt."""
    host = urlsplit(settings.SITE_URL).hostname
    return f"{broadcast}.{delivery}.{_signature(broadcast, delivery, settings.SECRET_KEY)}@{host}"


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
