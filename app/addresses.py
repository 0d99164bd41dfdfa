"""Which addresses may this server connect to by itself?

Names and URLs come from configuration and flows, so a request could be led to the machine's own
services or a cloud's metadata. The address that a socket is about to connect to is what counts:
a name may be resolved to anything, and to something else a second later.
"""

from collections.abc import Iterable
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

Network = IPv4Network | IPv6Network

LOOPBACK = ("127.0.0.0/8", "::1/128")
"""What to allow where the company's back end runs on the same machine."""

_IN_USE = IPv6Network("2000::/3")  # what IANA hands out as global unicast
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: the last 32 bits are the IPv4 address

_NOBODYS: tuple[Network, ...] = (  # what Python takes for public, and no company's back end is
    IPv6Network("2002::/16"),  # 6to4
    IPv6Network("2001::/32"),  # Teredo
    IPv6Network("3fff::/20"),  # documentation (RFC 9637)
    IPv4Network("192.0.0.0/24"),  # of protocols (RFC 6890); a cloud's metadata at .192
    IPv4Network("192.88.99.0/24"),  # relays of 6to4 (RFC 7526)
    IPv4Network("168.63.129.16/32"),  # a cloud's own services, on each of its machines
)


def networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Raises ValueError where one is not a network, as 10.0.0.0/8."""
    return tuple(ip_network(text) for text in texts)


def may_connect(address: str, allowed: Iterable[Network], *, encrypted: bool) -> bool:
    """To public addresses over TLS, and to those that the operator allowed also without."""
    meant = _meant(ip_address(address.partition("%")[0]))
    if any(meant in network for network in allowed):
        return True
    return encrypted and _is_public(meant)


def _meant(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address where an IPv6 one only wraps it."""
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    if not address.is_global or any(address in network for network in _NOBODYS):
        return False
    if isinstance(address, IPv6Address):
        return address in _IN_USE
    return not address.is_multicast and not address.is_reserved
