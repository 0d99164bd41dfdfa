"""Agents and what they have in hand, without a database."""

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from app.conversation.interaction import Channel, State
from app.conversation.participant import State as Joining
from app.conversation.people import NO_PASSWORD, Agent, Intent, Workload
from app.store.memory.interactions import holder
from app.store.memory.tables import Tables, first, found


class MemoryAgents:
    def __init__(self, tables: Tables, clock: Callable[[], datetime]) -> None:
        self._tables = tables
        self._clock = clock

    async def add(self, agent: Agent) -> None:
        known = await self.by_email(agent.email)
        added = replace(agent, email=agent.email.lower())
        if known is not None:
            added = replace(
                added, id=known.id, intent=known.intent, intent_since=known.intent_since
            )
        self._tables.agents[added.id] = added

    async def get(self, id: UUID) -> Agent:
        return found(self._tables.agents, id, "agent")

    async def by_email(self, email: str) -> Agent | None:
        everybody = self._tables.agents.values()
        return first(agent for agent in everybody if agent.email == email.lower())

    async def everybody(self) -> Sequence[Agent]:
        return sorted(self._tables.agents.values(), key=lambda one: one.email)

    async def set_password(self, id: UUID, password_hash: str) -> None:
        agent = await self.get(id)
        self._tables.agents[id] = replace(agent, password_hash=password_hash)

    async def deactivate(self, id: UUID) -> None:
        gone = {"active": False, "password_hash": NO_PASSWORD, "intent": Intent.OFFLINE}
        self._tables.agents[id] = replace(await self.get(id), **gone)
        for key in [key for key in self._tables.leases if key[0] == id]:
            del self._tables.leases[key]

    async def set_intent(self, id: UUID, intent: Intent, now: datetime) -> None:
        agent = await self.get(id)
        self._tables.agents[id] = replace(agent, intent=intent, intent_since=now)

    async def reachable_until(self, id: UUID, device: UUID, until: datetime) -> bool:
        leases, now = self._tables.leases, self._clock()
        before = self._is_reachable(id, now)
        leases[id, device] = until
        for key in [key for key, end in leases.items() if key[0] == id and end <= now]:
            del leases[key]
        return self._is_reachable(id, now) is not before

    def _is_reachable(self, id: UUID, now: datetime) -> bool:
        return any(key[0] == id and end > now for key, end in self._tables.leases.items())

    async def workloads(self, now: datetime, *, lock: bool = False) -> Sequence[Workload]:
        reachable = {agent_id for (agent_id, _), end in self._tables.leases.items() if end > now}
        active = [one for one in self._tables.agents.values() if one.active]
        agents = sorted(active, key=lambda one: (one.name, one.id))
        return [self._workload(agent, reachable=agent.id in reachable) for agent in agents]

    def _workload(self, agent: Agent, *, reachable: bool) -> Workload:
        held = [one for one in self._tables.interactions.values() if holder(one) == agent.id]
        texts = [one for one in held if one.channel is Channel.TEXT]
        calls = [one for one in held if one.channel is not Channel.TEXT]
        everybody = self._tables.participants.values()
        beside = [one for one in everybody if one.agent_id == agent.id and one.closed_at is None]
        asked = sum(one.state is Joining.OFFERED for one in beside)
        return Workload(
            agent=agent,
            reachable=reachable,
            calls=len(calls),
            texts=len(texts) + len(beside),
            offered_calls=sum(one.state is State.OFFERED for one in calls),
            offered_texts=sum(one.state is State.OFFERED for one in texts) + asked,
        )
