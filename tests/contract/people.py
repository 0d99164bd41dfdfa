"""Customers, agents and what belongs to them, for the tests of every port."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from msgspec.structs import replace

from app.catalogue import Catalogue
from app.conversation.interaction import Channel, Event, Interaction, Offer, State
from app.conversation.people import Agent, Customer
from app.conversation.timeline import Actor, ActorKind, Entry
from app.ids import new_id
from app.runs.handover import Handover
from app.runs.log import RunLog
from app.store.records import CallRow, FlowVersion, Owner, RunRow
from app.store.work import Store
from selfservice.texts import Catalogues

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)

MAYA = Actor(kind=ActorKind.CUSTOMER, name="Maya")


async def customer(store: Store, subject: str = "maya") -> Customer:
    async with store.write() as work:
        return await work.customers.signed_in(subject, subject.title(), "en", {"plan": "gold"})


async def customers(store: Store, count: int) -> list[Customer]:
    return [await customer(store, f"customer {n}") for n in range(count)]


async def agent(store: Store, name: str = "Ana", **fields: Any) -> Agent:
    known: dict[str, Any] = {
        "id": new_id(),
        "email": f"{name.lower()}@bank.example",
        "name": name,
        "password_hash": "$argon2id$",
        "queues": ("cards",),
    }
    new = Agent(**{**known, **fields})
    async with store.write() as work:
        await work.agents.add(new)
    return new


def asking(who: Customer, **fields: Any) -> Interaction:
    known: dict[str, Any] = {
        "id": new_id(),
        "conversation_id": who.conversation_id,
        "customer_id": who.id,
        "state": State.QUEUED,
        "channel": Channel.TEXT,
        "queue": "cards",
        "reason": "digits refused",
        "priority": 5,
        "why_now": "Activate card, step 2 of 4",
        "enqueued_at": NOON,
    }
    return Interaction(**{**known, **fields})


async def asked(store: Store, who: Customer, **fields: Any) -> Interaction:
    interaction = asking(who, **fields)
    async with store.write() as work:
        await work.interactions.add(interaction)
    return interaction


def offered(interaction: Interaction, agent_id: UUID, at: datetime = NOON) -> Interaction:
    offer = Offer(agent_id=agent_id, offered_at=at, expires_at=at + timedelta(seconds=20))
    return replace(interaction.after(Event.OFFER), offer=offer)


def accepted(interaction: Interaction, at: datetime = NOON) -> Interaction:
    assert interaction.offer is not None
    return replace(
        interaction.after(Event.ACCEPT),
        agent_id=interaction.offer.agent_id,
        offer=None,
        accepted_at=at,
    )


def ended(interaction: Interaction, at: datetime, wrap_up_until: datetime) -> Interaction:
    return replace(interaction.after(Event.END), ended_at=at, wrap_up_until=wrap_up_until)


def said(text: str, **fields: Any) -> Entry:
    return Entry(kind="message", actor=MAYA, body={"text": text}, **fields)


async def flow_version(store: Store, hash: str = "f1") -> FlowVersion:
    version = FlowVersion(
        hash=hash, flow="activate_debit_card", body="flow: activate_debit_card", published_at=NOON
    )
    async with store.write() as work:
        await work.flow_versions.publish(version)
    return version


def starting(who: Customer, **fields: Any) -> RunRow:
    known: dict[str, Any] = {
        "id": new_id(),
        "customer_id": who.id,
        "conversation_id": who.conversation_id,
        "flow": "activate_debit_card",
        "hash": "f1",
        "inputs_key": '{"card_id":"c1"}',
        "state": b"\x00\xff state",
        "status": "active",
        "updated_at": NOON,
    }
    return RunRow(**{**known, **fields})


async def started(store: Store, who: Customer, **fields: Any) -> RunRow:
    run = starting(who, **fields)
    async with store.write() as work:
        await work.runs.add(run)
    return run


def no_flows() -> Handover:
    """Of a company with neither flows nor words; runs have what was published with them."""
    return Handover(RunLog(Catalogue(), Catalogues(Path())))


def ringing(interaction: Interaction, **fields: Any) -> CallRow:
    known: dict[str, Any] = {
        "id": new_id(),
        "interaction_id": interaction.id,
        "state": "ringing",
        "state_since": NOON,
        "started_by": Owner.AGENT,
        "video": False,
        "gen": 0,
        "wanted_gen": 1,
        "wanted_rev": 1,
        "created_at": NOON,
    }
    return CallRow(**{**known, **fields})
