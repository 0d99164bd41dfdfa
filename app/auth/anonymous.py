"""Customers who cannot sign in: a device is an identity of its own.

The device keeps a secret, of which only a hash is stored, and comes back with it. Nothing about
such a customer is verified. Once somebody signed in on the device (app/linking.py) the secret is
spent: the device begins anew.
"""

import secrets
from ipaddress import IPv6Address, ip_address, ip_network

from app.auth.access_token import hash_of
from app.auth.allowance import Allowance
from app.auth.caller import SignInRequired
from app.conversation.errors import Stale
from app.conversation.people import Customer, DeviceIdentity
from app.conversation.secret_text import blank
from app.store.work import Work

NAMELESS = "Guest"

PER_ADDRESS = (30, 20.0)
"""New devices of one address at once, then one every so many seconds: many share an address."""

PER_DEVICE = (6, 30.0)
"""How often one device comes back; its token lasts an hour."""


class Doorkeeper:
    """Who may come in without signing in, and how often; raises TooOften."""

    def __init__(self) -> None:
        self._addresses = Allowance(*PER_ADDRESS)
        self._devices = Allowance(*PER_DEVICE)

    def new_device(self, address: str) -> None:
        self._addresses.take(_neighbourhood(address))

    def known_device(self, secret: str) -> None:
        self._devices.take(hash_of(secret).hex())


async def known(work: Work, secret: str | None) -> Customer | None:
    """The anonymous customer of this device; None where it is new, or was signed in on."""
    identity = await work.identities.by_secret(hash_of(secret)) if secret else None
    if identity is None or identity.linked_to is not None:
        return None
    return await work.customers.get(identity.customer_id)


async def arrive(work: Work, name: str | None, language: str) -> tuple[Customer, str]:
    """The customer of a new device, and the device's secret."""
    secret = secrets.token_urlsafe(32)
    customer = await work.customers.anonymous(blank(name or NAMELESS), language)
    identity = DeviceIdentity(
        secret_hash=hash_of(secret), customer_id=customer.id, created_at=await work.now()
    )
    await work.identities.add(identity)
    return customer, secret


async def must_be_unlinked(work: Work, customer: Customer) -> None:
    """Raises SignInRequired where somebody signed in on the device meanwhile.

    For whatever begins something new: it waits for a sign-in that is under way, which takes along
    everything that is there.
    """
    if await _is_linked(work, customer):
        raise SignInRequired


async def hold(work: Work, customer: Customer) -> None:
    """As `must_be_unlinked`, for what others begin for the customer; raises Stale."""
    if await _is_linked(work, customer):
        raise Stale("customer")


async def _is_linked(work: Work, customer: Customer) -> bool:
    if not customer.anonymous:
        return False
    identity = await work.identities.of(customer.id, lock=True)
    return identity is None or identity.linked_to is not None


def _neighbourhood(address: str) -> str:
    """An address; of IPv6 the /64 that one household has."""
    try:
        parsed = ip_address(address)
    except ValueError:  # a Unix socket has none
        return address
    if isinstance(parsed, IPv6Address):
        return str(parsed.ipv4_mapped or ip_network((parsed, 64), strict=False))
    return str(parsed)
