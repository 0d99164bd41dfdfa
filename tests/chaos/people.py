"""How do many people get into conversations at once? By rows, before the server starts.

Only what is measured goes through the server; signing in one by one would take longer than the
measurement.
"""

import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct

from app.auth.access_token import hash_of
from app.conversation.interaction import Channel, Interaction, State
from app.conversation.people import Agent, Capacity, Customer, Intent
from app.conversation.queues import Queue
from app.conversation.timeline import Actor, ActorKind, Entry
from app.ids import new_id
from app.store.engine import open_database
from app.store.records import Owner, SignIn
from app.store.sql import SqlStore
from app.store.work import Work
from migrations.run import upgrade

QUEUE = "general"
SIGNED_IN_FOR = timedelta(days=1)


class Seat(Struct, frozen=True, kw_only=True):
    """One page's place: who sits there, signed in, in which conversation."""

    name: str
    agent: bool
    token: str
    conversation_id: str


async def seat_pairs(url: str, conversations: int, per_agent: int) -> list[Seat]:
    """Migrate, then make live interactions; a customer's and an agent's seat in each."""
    await upgrade(url)
    seats: list[Seat] = []
    async with _writing(url) as work:
        for first in range(0, conversations, per_agent):
            agent = await _agent(work, f"agent{first}", per_agent)
            for number in range(first, min(first + per_agent, conversations)):
                seats += await _pair(work, agent, number)
    return seats


async def _pair(work: Work, agent: Agent, number: int) -> list[Seat]:
    customer = await _customer(work, number)
    await work.interactions.add(_live(customer, agent.id, await work.now()))
    where = customer.conversation_id
    return [await _seated(work, who, where, number) for who in (customer, agent)]


async def write_history(url: str, seat: Seat, messages: int, characters: int) -> None:
    """What was said in a conversation before."""
    actor = Actor(kind=ActorKind.CUSTOMER, name=seat.name)
    entry = Entry(kind="message", actor=actor, body={"text": "x" * characters})
    async with _writing(url) as work:
        await work.timeline.append_all([(UUID(seat.conversation_id), entry)] * messages)


async def seat_customers(url: str, count: int) -> list[Seat]:
    """Migrate, then make signed-in customers who asked nobody for anything."""
    await upgrade(url)
    async with _writing(url) as work:
        customers = [await _customer(work, number) for number in range(count)]
        return [
            await _seated(work, one, one.conversation_id, number)
            for number, one in enumerate(customers)
        ]


class Desk(Struct, frozen=True, kw_only=True):
    """An agent's place at work: no conversation yet, and room for so many texts."""

    agent_id: str
    name: str
    token: str
    texts: int


async def seat_agents(url: str, texts: Sequence[int], offer_ttl_s: int) -> list[Desk]:
    """Agents who take so many texts each, of a queue whose offers are over after this time."""
    async with _writing(url) as work:
        await work.queues.put(Queue(name=QUEUE, offer_ttl_s=offer_ttl_s))
        desks = []
        for number, room in enumerate(texts):
            agent = await _agent(work, f"agent{number}", room)
            seat = await _seated(work, agent, agent.id, number)
            desks.append(
                Desk(agent_id=str(agent.id), name=agent.name, token=seat.token, texts=room)
            )
        return desks


@asynccontextmanager
async def _writing(url: str) -> AsyncIterator[Work]:
    store = SqlStore(open_database(url), lambda topics: None)
    try:
        async with store.write() as work:
            yield work
    finally:
        await store.close()


async def _customer(work: Work, number: int) -> Customer:
    return await work.customers.signed_in(f"customer{number}", f"Customer {number}", "en", {})


async def _agent(work: Work, name: str, texts: int) -> Agent:
    agent = Agent(
        id=new_id(),
        email=f"{name}@bank.example",
        name=name,
        password_hash="",  # nobody signs in by it
        queues=(QUEUE,),
        intent=Intent.AVAILABLE,
        capacity=Capacity(texts=texts),
    )
    await work.agents.add(agent)
    return agent


def _live(customer: Customer, agent_id: UUID, now: datetime) -> Interaction:
    return Interaction(
        id=new_id(),
        conversation_id=customer.conversation_id,
        customer_id=customer.id,
        state=State.LIVE,
        channel=Channel.TEXT,
        queue=QUEUE,
        reason="help",
        priority=1,
        why_now="asks by text",
        enqueued_at=now,
        agent_id=agent_id,
        accepted_at=now,
    )


async def _seated(work: Work, who: Customer | Agent, conversation: UUID, number: int) -> Seat:
    owner = Owner.AGENT if isinstance(who, Agent) else Owner.CUSTOMER
    token = secrets.token_urlsafe(32)
    until = await work.now() + SIGNED_IN_FOR
    row = SignIn(token_hash=hash_of(token), owner=owner, owner_id=who.id, expires_at=until)
    await work.sign_ins.add(row)
    return Seat(
        name=f"{owner.value}{number}",
        agent=owner is Owner.AGENT,
        token=token,
        conversation_id=str(conversation),
    )
