"""How often may somebody try to come in, without signing in or with a password?"""

from ipaddress import IPv6Address, ip_address, ip_network

from app.auth.access_token import hash_of
from app.auth.allowance import Allowance

PER_ADDRESS = (30, 20.0)
"""New devices of one address at once, then one every so many seconds: many share an address."""

PER_DEVICE = (6, 30.0)
"""How often one device comes back; its token lasts an hour."""

PASSWORDS_PER_ADDRESS = (60, 5.0)
"""A whole office begins its shift behind one address."""

PASSWORDS_PER_EMAIL = (10, 60.0)
"""From one address. Whoever is in stays in for a shift."""

PASSWORDS_FROM_ANYWHERE = (100, 6.0)
"""For one e-mail address. Whoever knows it must not keep its owner out with a few requests."""


class Doorkeeper:
    """Each raises TooOften."""

    def __init__(self) -> None:
        self._addresses = Allowance(*PER_ADDRESS)
        self._devices = Allowance(*PER_DEVICE)
        self._passwords_by_address = Allowance(*PASSWORDS_PER_ADDRESS)
        self._passwords_by_email = Allowance(*PASSWORDS_PER_EMAIL)
        self._passwords_from_anywhere = Allowance(*PASSWORDS_FROM_ANYWHERE)

    def new_device(self, address: str) -> None:
        self._addresses.take(_neighbourhood(address))

    def known_device(self, secret: str) -> None:
        self._devices.take(hash_of(secret).hex())

    def password(self, address: str, email: str) -> None:
        """Right ones count, too: which they are is known only afterwards, at a price."""
        neighbourhood = _neighbourhood(address)
        self._passwords_by_address.take(neighbourhood)
        self._passwords_by_email.take(f"{neighbourhood} {email}")
        self._passwords_from_anywhere.take(email)


def _neighbourhood(address: str) -> str:
    """An address; of IPv6 the /64 that one household has."""
    try:
        parsed = ip_address(address)
    except ValueError:  # a Unix socket has none
        return address
    if isinstance(parsed, IPv6Address):
        return str(parsed.ipv4_mapped or ip_network((parsed, 64), strict=False))
    return str(parsed)
