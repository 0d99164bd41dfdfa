"""Which addresses the server itself may connect to."""

import pytest

from app.addresses import LOOPBACK, may_connect, networks

NOWHERE = """
    127.0.0.1 127.255.255.254 0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 172.16.0.1 172.31.255.255
    192.168.0.1 169.254.169.254 169.254.170.2 100.64.0.1 100.100.100.200 192.0.0.1 192.0.2.1
    198.18.0.1 198.51.100.7 203.0.113.9 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255
    :: ::1 fe80::1 fe80::1%eth0 fc00::1 fd00:ec2::254 fec0::1 ff02::1 ff0e::1 100::1 2001:db8::1
    ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 ::ffff:0:127.0.0.1
    ::127.0.0.1 ::169.254.169.254 64:ff9b::127.0.0.1 64:ff9b::a9fe:a9fe 64:ff9b::10.0.0.1
    64:ff9b:1::10.0.0.1 2002:7f00:1:: 2002:a9fe:a9fe:: 2002:a00:1:: 2002:808:808::
    2001:0:7f00:1:: 2001:0:808:808:0:0:80ff:fffe ::8.8.8.8 3fff::1 3fff:fff::1 5f00::1
    168.63.129.16 ::ffff:168.63.129.16 64:ff9b::168.63.129.16 192.0.0.192 192.0.0.170 192.88.99.1
""".split()  # noqa: SIM905 - reads as the table it is

SOMEWHERE = """
    8.8.8.8 93.184.216.34 168.63.129.15 192.0.1.1 192.88.98.1 2606:4700::1111 2003::1
    ::ffff:8.8.8.8 64:ff9b::8.8.8.8
""".split()  # noqa: SIM905 - as above


@pytest.mark.parametrize("address", NOWHERE)
def test_address_that_no_company_publishes_is_refused(address: str) -> None:
    assert not may_connect(address, (), encrypted=True)
    assert not may_connect(address, (), encrypted=False)


@pytest.mark.parametrize("address", SOMEWHERE)
def test_public_address_needs_encryption(address: str) -> None:
    assert may_connect(address, (), encrypted=True)
    assert not may_connect(address, (), encrypted=False)


def test_operator_may_allow_networks_of_the_own_house() -> None:
    house = networks([*LOOPBACK, "10.1.0.0/16"])
    for address in ("127.0.0.1", "::1", "::ffff:127.0.0.1", "10.1.2.3", "64:ff9b::10.1.2.3"):
        assert may_connect(address, house, encrypted=False)
    for address in ("10.2.0.1", "169.254.169.254", "fd00::1", "::2"):
        assert not may_connect(address, house, encrypted=True)


def test_network_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match=r"10\.0\.0\.1/8"):
        networks(["10.0.0.1/8"])
