"""Where a reader came from: a broadcast whose link says so, else a kind of place, told by the referring host alone.

Nothing of the referring address is kept. A reference to a broadcast is signed, so that nobody can give a broadcast
readers that it did not have.
"""

import hashlib
import hmac
import tomllib
from functools import lru_cache
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from outreach.row_numbers import row_number

PARAMETER = "b"
_MAC_LETTERS = 10
_HOSTS = tomllib.loads(Path(__file__).with_name("referrers.toml").read_text(encoding="utf-8"))


class Source(models.TextChoices):
    """The closed list of where readers come from."""

    BROADCAST = "broadcast", _("A broadcast")
    DIRECT = "direct", _("Direct or unknown")
    SEARCH = "search", _("A search engine")
    SOCIAL = "social", _("A social network")
    SITE = "site", _("Another page of this site")
    OTHER = "other", _("Another site")


class Device(models.TextChoices):
    """What a reader's browser says of its device in ``Sec-CH-UA-Mobile``; many say nothing."""

    MOBILE = "mobile", _("Phone")
    DESK = "desk", _("Computer or tablet")
    UNKNOWN = "unknown", _("Not told")


_DEVICES = {"?1": Device.MOBILE.value, "?0": Device.DESK.value}
_UNKNOWN, _DIRECT = Device.UNKNOWN.value, Source.DIRECT.value


def device_of(hint: str) -> str:
    """The device that the client hint ``Sec-CH-UA-Mobile`` names."""
    return _DEVICES.get(hint, _UNKNOWN)


def source_of(host: str) -> str:
    """The kind of place that a referring host is; ``host`` may be empty and may have a port."""
    name = host.rsplit("@", 1)[-1].partition(":")[0].lower().rstrip(".") if host else ""
    if not name:
        return _DIRECT
    if name == (urlsplit(settings.SITE_URL).hostname or ""):
        return Source.SITE.value
    for kind in (Source.SEARCH, Source.SOCIAL):
        if any(_fits(name, known) for known in _HOSTS[kind.value]):
            return kind.value
    return Source.OTHER.value


def _fits(name: str, known: str) -> bool:
    if known.endswith("."):
        # Any country's, and its parts: google.dm, www.google.com.
        return f".{known}" in f".{name}"
    return name == known or name.endswith(f".{known}")


def host_of(address: str) -> str:
    """The host of an address that a browser named; empty where there is none."""
    try:
        return urlsplit(address).hostname or "" if address else ""
    except ValueError:
        return ""


def reference(broadcast: int) -> str:
    """What says in an address that a broadcast led there."""
    return f"{broadcast}-{_mac(broadcast, settings.SECRET_KEY)}"


def with_reference(target: str, broadcast: int) -> str:
    """The address of one of our pages with the reference in its query, which and whose fragment stay as they are."""
    parts = urlsplit(target)
    query = f"{parts.query}&" if parts.query else ""
    return parts._replace(path=parts.path or "/", query=f"{query}{PARAMETER}={reference(broadcast)}").geturl()


def broadcast_of(query: str) -> int:
    """The broadcast that a query names with a reference of ours; 0 if none."""
    if f"{PARAMETER}=" not in query:
        return 0
    try:
        [*_others, given] = parse_qs(query, max_num_fields=100).get(PARAMETER, [""])
        number, _dash, mac = given.partition("-")
        broadcast = row_number(number) or 0
    except ValueError:
        return 0
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    fits = any(hmac.compare_digest(mac.encode(), _mac(broadcast, str(secret)).encode()) for secret in secrets)
    return broadcast if fits else 0


@lru_cache(maxsize=1024)
def _mac(broadcast: int, secret: str) -> str:
    key = hashlib.sha256(f"outreach.tracking.reference:{secret}".encode()).digest()
    return hmac.new(key, str(broadcast).encode(), hashlib.sha256).hexdigest()[:_MAC_LETTERS]
