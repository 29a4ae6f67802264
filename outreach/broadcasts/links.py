"""Which addresses a message may lead to: pages of the web, and nothing that a browser would run or open by itself."""

import ipaddress
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

INSIDE = ("localhost", "local", "internal", "intranet", "lan", "corp", "home.arpa", "localdomain")
"""Names that only an office's own network knows."""


def validate_link(target: str) -> None:
    """Raise ``ValidationError`` unless ``target`` is a complete public address with http or https."""
    try:
        parts = urlsplit(target)
        complete = parts.scheme in {"http", "https"} and bool(parts.hostname) and not parts.username
        complete = complete and parts.password is None and (parts.port or 0) >= 0
    except ValueError:
        complete = False
    if not complete or not target.isprintable() or " " in target or (parts.hostname or "").endswith(".invalid"):
        raise ValidationError(
            _(
                "“%(target)s” is not a link that can be sent: it must be a whole web address, like https://example.org/page."
            ),
            params={"target": target[:100]},
        )
    if not is_own(target) and is_inside(parts.hostname or ""):
        raise ValidationError(
            _("“%(target)s” can be opened only in one network or on one computer: readers need a public address."),
            params={"target": target[:100]},
        )


def is_own(target: str) -> bool:
    """Whether ``target`` is on this site."""
    try:
        return urlsplit(target).netloc.lower() == urlsplit(settings.SITE_URL).netloc.lower()
    except ValueError:
        return False


def is_inside(host: str) -> bool:
    """Whether a host is no public one by its looks: a private number, a number written oddly, an office's name."""
    host = host.rstrip(".").lower()
    try:
        return not is_public(ipaddress.ip_address(host))
    except ValueError:
        pass
    last = host.rsplit(".", 1)[-1]
    odd = last.isdecimal() or last.startswith("0x")
    return odd or "." not in host or any(host == name or host.endswith(f".{name}") for name in INSIDE)


TRANSLATED = tuple(ipaddress.ip_network(network) for network in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16"))
"""IPv6 addresses that stand for IPv4 ones, which could be anything."""


def is_public(number: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether everybody can reach an IP address: not private, loopback, link- or site-local, multicast or reserved."""
    if isinstance(number, ipaddress.IPv6Address):
        if number.ipv4_mapped:
            return is_public(number.ipv4_mapped)
        if number.is_site_local or any(number in network for network in TRANSLATED):
            return False
    return number.is_global and not number.is_multicast and not number.is_reserved
