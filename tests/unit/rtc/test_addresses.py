"""The addresses by which browsers reach this machine."""

import ipaddress
import socket

from rtc import addresses


def test_every_address_can_be_bound_and_none_is_link_local() -> None:
    found = addresses.own()
    assert found
    for text in found:
        address = ipaddress.ip_address(text)
        assert not address.is_link_local
        family = socket.AF_INET if address.version == 4 else socket.AF_INET6
        with socket.socket(family, socket.SOCK_DGRAM) as sock:
            sock.bind((text, 0))


def test_loopback_only_where_there_is_no_other() -> None:
    found = [ipaddress.ip_address(text) for text in addresses.own()]
    assert len(found) == 1 or not any(address.is_loopback for address in found)
