"""Who are the agents, who is reachable, and what have they in hand?"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import structs
from sqlalchemy import Row, Select, case, delete, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.conversation.errors import NotFound
from app.conversation.interaction import Channel, State
from app.conversation.participant import State as Joining
from app.conversation.people import NO_PASSWORD, Agent, Capacity, Intent, Workload
from app.store import tables
from app.store.clock import clock
from app.store.tables import INTERACTION_OFFERED, INTERACTION_TAKEN, PARTICIPANT_OPEN
from app.store.upsert import insert

_c = tables.agent.c
_lease = tables.agent_lease.c


def _from_row(row: Row[*tuple[Any, ...]]) -> Agent:
    columns = row._asdict()
    capacity = Capacity(calls=columns.pop("max_calls"), texts=columns.pop("max_texts"))
    return Agent(capacity=capacity, **columns)


def _to_row(agent: Agent) -> dict[str, Any]:
    columns = structs.asdict(agent)
    capacity = columns.pop("capacity")
    return {
        **columns,
        "email": agent.email.lower(),
        "max_calls": capacity.calls,
        "max_texts": capacity.texts,
    }


_BESIDE = select(tables.participant.c.agent_id, tables.participant.c.state).where(
    PARTICIPANT_OPEN, tables.participant.c.agent_id.is_not(None)
)
"""Whoever is asked to join something, or has joined; each takes the room of a text."""


class SqlAgents:
    def __init__(self, db: AsyncConnection) -> None:
        self._db = db

    async def add(self, agent: Agent) -> None:
        row = _to_row(agent)
        kept = {"id", "email", "intent", "intent_since"}
        await self._db.execute(
            insert(self._db, tables.agent)
            .values(row)
            .on_conflict_do_update(
                index_elements=[_c.email],
                set_={name: value for name, value in row.items() if name not in kept},
            )
        )

    async def get(self, id: UUID) -> Agent:
        found = await self._one(select(tables.agent).where(_c.id == id))
        if found is None:
            raise NotFound("agent")
        return found

    async def by_email(self, email: str) -> Agent | None:
        return await self._one(select(tables.agent).where(_c.email == email.lower()))

    async def everybody(self) -> Sequence[Agent]:
        rows = await self._db.execute(select(tables.agent).order_by(_c.email))
        return [_from_row(row) for row in rows]

    async def set_password(self, id: UUID, password_hash: str) -> None:
        await self._change(id, password_hash=password_hash)

    async def deactivate(self, id: UUID) -> None:
        await self._change(id, active=False, password_hash=NO_PASSWORD, intent=Intent.OFFLINE)
        await self._db.execute(delete(tables.agent_lease).where(_lease.agent_id == id))

    async def set_intent(self, id: UUID, intent: Intent, now: datetime) -> None:
        await self._change(id, intent=intent, intent_since=now)

    async def reachable_until(self, id: UUID, device: UUID, until: datetime) -> bool:
        before = await self._is_reachable(id)
        await self._db.execute(
            insert(self._db, tables.agent_lease)
            .values(agent_id=id, device_id=device, until=until)
            .on_conflict_do_update(
                index_elements=[_lease.agent_id, _lease.device_id], set_={"until": until}
            )
        )
        await self._db.execute(
            delete(tables.agent_lease).where(_lease.agent_id == id, _lease.until <= clock())
        )
        return await self._is_reachable(id) is not before

    async def _is_reachable(self, id: UUID) -> bool:
        live = exists().where(_lease.agent_id == id, _lease.until > clock())
        return bool(await self._db.scalar(select(live)))

    async def workloads(self, now: datetime, *, lock: bool = False) -> Sequence[Workload]:
        if lock:
            await self._lock()
        reachable = set(
            await self._db.scalars(select(_lease.agent_id).where(_lease.until > now).distinct())
        )
        held = await self._in_hand()
        active = select(tables.agent).where(_c.active).order_by(_c.name, _c.id)
        agents = await self._db.execute(active)
        return [
            Workload(
                agent=agent,
                reachable=agent.id in reachable,
                calls=held[agent.id, False, True] + held[agent.id, False, False],
                texts=held[agent.id, True, True] + held[agent.id, True, False],
                offered_calls=held[agent.id, False, True],
                offered_texts=held[agent.id, True, True],
            )
            for agent in map(_from_row, agents)
        ]

    async def _lock(self) -> None:
        """Hold every agent, in the order of their ids so that two who do it never deadlock.

        FOR NO KEY UPDATE: an interaction may still be written that refers to an agent.
        """
        everybody = select(_c.id).order_by(_c.id).with_for_update(key_share=True)
        await self._db.execute(everybody)

    async def _in_hand(self) -> Counter[tuple[UUID, bool, bool]]:
        """How many take up each agent: by text or by call, only offered or taken."""
        one = tables.interaction.c
        holder = case((INTERACTION_OFFERED, one.offer_agent_id), else_=one.agent_id)
        held = select(holder, one.channel, one.state)
        rows = await self._db.execute(held.where(or_(INTERACTION_OFFERED, INTERACTION_TAKEN)))
        count = Counter(
            (agent_id, channel is Channel.TEXT, state is State.OFFERED)
            for agent_id, channel, state in rows
        )
        for agent_id, joining in await self._db.execute(_BESIDE):
            count[agent_id, True, joining is Joining.OFFERED] += 1
        return count

    async def _change(self, id: UUID, **columns: Any) -> None:
        statement = update(tables.agent).where(_c.id == id).values(columns)
        if (await self._db.execute(statement)).rowcount == 0:
            raise NotFound("agent")

    async def _one(self, statement: Select[*tuple[Any, ...]]) -> Agent | None:
        row = (await self._db.execute(statement)).one_or_none()
        return None if row is None else _from_row(row)
