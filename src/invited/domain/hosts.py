"""Which IP addresses are out in the world, so that nobody makes this server call into its own network."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

_NAT64 = IPv6Network("64:ff9b::/96")
"""RFC 6052 §2.1: an IPv4 address as seen from a network of IPv6 alone."""

_WORLD = IPv6Network("2000::/3")
"""All global unicast addresses that IANA has handed out so far."""

# The special-purpose registries of IANA (RFC 6890), written out: `is_global` varies with the version of Python and
# calls multicast global.
_SPECIAL_V4 = tuple(
    ip_network(block)
    for block in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",
    )
)
# Protocol assignments with Teredo, documentation, 6to4, documentation. The tunnels would carry any IPv4 address.
_SPECIAL_V6 = tuple(ip_network(block) for block in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"))


def is_public(text: str) -> bool:
    """Whether an IP address belongs to the public internet: not private, shared, loopback, link-local (where clouds
    keep their metadata), multicast or otherwise special, however it is wrapped; raises ValueError for no address.
    """
    address = ip_address(text)
    if isinstance(address, IPv6Address):
        return _is_public_v6(address)
    return _is_public_v4(address)


def _is_public_v4(address: IPv4Address) -> bool:
    return not any(address in block for block in _SPECIAL_V4)


def _is_public_v6(address: IPv6Address) -> bool:
    if address.ipv4_mapped:
        return _is_public_v4(address.ipv4_mapped)
    if address.scope_id is None and address in _NAT64:
        return _is_public_v4(IPv4Address(int(address) & 0xFFFF_FFFF))
    return address in _WORLD and not any(address in block for block in _SPECIAL_V6)
