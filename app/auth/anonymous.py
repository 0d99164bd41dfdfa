"""Customers who cannot sign in: a device is an identity of its own.

The device keeps a secret, of which only a hash is stored, and comes back with it. Nothing about
such a customer is verified. Once somebody signed in on the device (app/linking.py) the secret is
spent: the device begins anew.
"""

import secrets

from app.auth.access_token import hash_of
from app.auth.caller import SignInRequired
from app.conversation.errors import Stale
from app.conversation.people import Customer, DeviceIdentity
from app.conversation.secret_text import blank
from app.store.work import Work

NAMELESS = "Guest"


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
