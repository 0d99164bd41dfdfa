"""Somebody signs in on a device that was used without: its history becomes theirs.

Only the device's own secret beside the host's token does that, never a name, an e-mail address or
a telephone number, and it happens once: a device that was linked is nobody else's any more.
"""

from uuid import UUID

from msgspec.structs import replace

from app import topics
from app.auth.access_token import hash_of
from app.conversation import callbacks, desk
from app.conversation.interaction import Interaction, State
from app.conversation.people import Customer
from app.conversation.telling import by_customer
from app.conversation.timeline import Entry
from app.runs.handover import Handover
from app.store.work import Work


class Linking:
    def __init__(self, handover: Handover) -> None:
        self._handover = handover

    async def link(self, work: Work, customer: Customer, secret: str) -> bool:
        """Whether the device's history is this customer's, be it from now on or since before.

        It is not while an agent has the guest in hand and the customer has a request as well: the
        next sign-in tries again. Of two requests the customer's own stays, of two callbacks as
        well. Raises Stale.
        """
        identity = await work.identities.by_secret(hash_of(secret), lock=True)
        if identity is None:
            return False
        if identity.linked_to is not None:
            return identity.linked_to == customer.id
        guest = await work.customers.get(identity.customer_id)
        if not await self._one_request(work, guest, customer):
            return False
        await _one_callback(work, guest, customer)
        await work.identities.link(identity, customer.id, await work.now())
        await _take_over(work, guest, customer)
        return True

    async def _one_request(self, work: Work, guest: Customer, customer: Customer) -> bool:
        asked = await desk.open_of(work, guest.id)
        if asked is None or await desk.open_of(work, customer.id) is None:
            return True
        if asked.state is State.LIVE:
            return False
        left = await desk.cancel(work, asked.id, guest)
        await self._handover.released(work, left)
        callback = await callbacks.of_interaction(work, left)
        if callback is not None:
            await callbacks.cancel(work, callback, by_customer(guest))
        return True


async def _one_callback(work: Work, guest: Customer, customer: Customer) -> None:
    left = await callbacks.to_come(work, guest)
    if left is not None and await callbacks.to_come(work, customer) is not None:
        await callbacks.cancel(work, left, by_customer(guest))


async def _take_over(work: Work, guest: Customer, customer: Customer) -> None:
    """The log moves where the customer has none yet; otherwise it stays readable beside it."""
    asked = await work.interactions.latest_of(guest.id)
    await work.identities.hand_over(guest, customer)
    facts = await work.facts.of(guest.id)
    await work.facts.put([replace(fact, customer_id=customer.id) for fact in facts])
    await work.sign_ins.delete_of(guest.id)
    here, there = customer.conversation_id, guest.conversation_id
    moved = await work.timeline.move(there, here)
    body = {"name": guest.name, "conversation_id": None if moved else str(there)}
    await _tell(work, here, customer, body)
    if not moved:
        await _tell(work, there, customer, {"name": guest.name, "conversation_id": str(here)})
    await _ring(work, guest, customer, asked)


async def _tell(
    work: Work, conversation: UUID, customer: Customer, body: dict[str, str | None]
) -> None:
    entry = Entry(kind="identity.linked", actor=by_customer(customer), body=body)
    await work.timeline.append(conversation, entry)
    work.ring(topics.conversation(conversation))


async def _ring(work: Work, guest: Customer, customer: Customer, asked: Interaction | None) -> None:
    work.ring(topics.me(guest.id))
    work.ring(topics.me(customer.id))
    if asked is None:
        return
    work.ring(topics.TEAM)
    if asked.agent_id is not None:
        work.ring(topics.me(asked.agent_id))
    if asked.offer is not None:
        work.ring(topics.me(asked.offer.agent_id))
    for one in await work.participants.open_of(asked.id):
        if one.agent_id is not None:
            work.ring(topics.me(one.agent_id))
