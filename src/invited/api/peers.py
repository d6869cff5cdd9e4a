"""Who is at the other end of a request: the address by which limits are kept."""

from __future__ import annotations

import ipaddress

from fastapi import Request

from invited.settings import Network, Settings

MAX_HOPS = 20
"""Addresses of X-Forwarded-For that are looked at, from the right."""

MAX_HOST = 64
"""Characters of what is no address, such as the path of a socket."""

SITE = 64
"""Bits of an IPv6 address that one network has: whoever has one address has all of them."""


def peer(request: Request, settings: Settings) -> str:
    """The client's IPv4 address or IPv6 /64.

    X-Forwarded-For is believed from the right, as far as the trusted proxies go: what stands further left is the word
    of whoever sent it.
    """
    host = request.client.host if request.client else ""
    told = ",".join(request.headers.getlist("x-forwarded-for")).split(",")
    for hop in reversed(told[-MAX_HOPS:]):
        if not _is_trusted(host, settings.trusted_proxies) or _address(hop) is None:
            break
        host = hop.strip()
    address = _address(host)
    if address is None:
        return host[:MAX_HOST]
    return str(ipaddress.ip_network((address, SITE), strict=False)) if address.version == 6 else str(address)


def _is_trusted(host: str, proxies: tuple[Network, ...]) -> bool:
    address = _address(host)
    return address is not None and any(address in network for network in proxies)


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address in `text`; an IPv4 one in IPv6's clothes is IPv4."""
    try:
        address = ipaddress.ip_address(text.strip().partition("%")[0])
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, ipaddress.IPv6Address) else address
