"""By which addresses can browsers reach this machine?"""

import ipaddress

import ifaddr

LOOPBACK = "127.0.0.1"


def own() -> tuple[str, ...]:
    """The machine's addresses, IPv4 first; loopback only where there is no other.

    Link-local addresses are left out: they need a zone that a candidate cannot carry.
    """
    found = {
        ipaddress.ip_address(ip.ip if isinstance(ip.ip, str) else ip.ip[0])
        for adapter in ifaddr.get_adapters()
        for ip in adapter.ips
    }
    usable = [a for a in found if not (a.is_loopback or a.is_link_local or a.is_multicast)]
    usable.sort(key=lambda address: (address.version, int(address)))
    return tuple(str(address) for address in usable) or (LOOPBACK,)
