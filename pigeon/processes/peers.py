"""Who is at the other end of a connection: an address, and the network that counts as a client."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from typing import Any


def address_of(peer: object) -> str:
    """The address of a peer; "" for one that came by a unix socket, which is a proxy of ours."""
    return str(peer[0]) if isinstance(peer, tuple) and peer else ""


def network_of(address: str) -> str:
    """What one client has: an IPv4 address, or the 64 bits of an IPv6 network."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)


def is_in(address: str, networks: Collection[Any]) -> bool:
    """Whether an address is in one of these `ipaddress` networks."""
    try:
        found: Any = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    found = getattr(found, "ipv4_mapped", None) or found
    return any(found in network for network in networks)
