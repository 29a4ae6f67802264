"""Whom a request comes from, as far as anybody looks: the address that a proxy of ours saw, and the network around it.

Neither is ever stored or logged. Who counts them, does so by a keyed hash whose key is gone on the next day.
"""

import ipaddress
from collections.abc import Mapping

PREFIXES = {4: 24, 6: 48}
"""How many bits of an address name its network, by the version of the protocol."""


def address_in(meta: Mapping[str, str]) -> str:
    """The visitor's address in a request's environment: behind a proxy of ours, the one that it put in last."""
    peer, forwarded = meta.get("REMOTE_ADDR", ""), meta.get("HTTP_X_FORWARDED_FOR", "")
    return forwarded.rpartition(",")[2].strip() if forwarded and _is_ours(peer) else peer


def network_of(address: str) -> str:
    """The network, such as ``203.0.113.0/24`` or ``2001:db8:7::/48``; empty where ``address`` is none."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    # A socket that listens for both kinds writes the older addresses in the newer way.
    found = getattr(found, "ipv4_mapped", None) or found
    return str(ipaddress.ip_network(f"{found}/{PREFIXES[found.version]}", strict=False))


def _is_ours(peer: str) -> bool:
    try:
        return not peer or not ipaddress.ip_address(peer).is_global
    except ValueError:
        # A socket of this machine.
        return True
