"""What all agents see: who waits in their queues, and who of the team does what.

Every offer, answer and message of somebody else changes it, so it is not part of what each desk
reads for itself: a process reads it at most four times a second, once for all its desks with the
same queues.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import NoReturn
from uuid import UUID

from msgspec import Struct

from app import topics
from app.bus.memory import Bus
from app.conversation.interaction import Channel, Interaction, State
from app.conversation.people import Agent, Intent, Workload
from app.store.work import Store, Work

APART_S = 0.25

QUEUE_SHOWN = 100
"""Those who wait, as a desk sees them: beyond them the number is enough."""

Seen = tuple[tuple[str, ...], bool]
"""All about an agent that decides what they see: their queues, and whether they supervise."""


class QueuedView(Struct, frozen=True, kw_only=True):
    interaction_id: UUID
    why_now: str
    customer_name: str
    channel: Channel
    queue: str
    state: State
    enqueued_at: datetime
    waiting_since: datetime
    """Later than `enqueued_at` after a pause, and of a callback."""
    callback: bool
    """The customer does not wait but is called."""


class MemberView(Struct, frozen=True, kw_only=True):
    id: UUID
    name: str
    state: str
    """available, break, offline, unreachable, offered, in_call or in_text."""


class FloorView(Struct, frozen=True, kw_only=True):
    """What a colleague is at just now."""

    interaction_id: UUID
    why_now: str
    customer_name: str
    channel: Channel
    queue: str
    agent_name: str
    accepted_at: datetime | None


class TeamView(Struct, frozen=True, kw_only=True):
    queue: list[QueuedView]
    """The first of those who wait in these queues."""
    waiting: int
    """How many wait there in all."""
    team: list[MemberView]
    floor: list[FloorView]
    """What all have in hand; for supervisors, who may take it over."""


async def team_of(work: Work, agent: Agent, loads: Sequence[Workload]) -> TeamView:
    """`loads`: of all agents."""
    queues = agent.queues
    waiting = await work.interactions.waiting_in(queues, QUEUE_SHOWN)
    names = await work.customers.names({one.customer_id for one in waiting})
    return TeamView(
        queue=[_queued(one, names[one.customer_id]) for one in waiting],
        waiting=await work.interactions.count_waiting(queues),
        team=[member_view(one) for one in loads],
        floor=await _floor(work, loads) if agent.is_supervisor else [],
    )


async def _floor(work: Work, loads: Sequence[Workload]) -> list[FloorView]:
    agents = {load.agent.id: load.agent.name for load in loads}
    live = await work.interactions.live()
    customers = await work.customers.names({one.customer_id for one in live})
    return [
        FloorView(
            interaction_id=one.id,
            why_now=one.briefing,
            customer_name=customers[one.customer_id],
            channel=one.channel,
            queue=one.queue,
            agent_name=agents[one.agent_id],
            accepted_at=one.accepted_at,
        )
        for one in live
        if one.agent_id is not None
    ]


class Team:
    """The view of every set of queues, of agents and of supervisors, as it was read last."""

    def __init__(self, store: Store, bus: Bus) -> None:
        self._store = store
        self._bus = bus
        self._views: dict[Seen, asyncio.Task[TeamView]] = {}

    async def view(self, agent: Agent) -> TeamView:
        """Read by whoever asks first after a change; the others wait for the same."""
        seen = (agent.queues, agent.is_supervisor)
        if seen not in self._views:
            self._views[seen] = asyncio.create_task(self._read(agent, seen))
        return await asyncio.shield(self._views[seen])

    async def look(self) -> NoReturn:
        """Tell the desks of this process when to ask anew, for ever."""
        with self._bus.listening(topics.TEAM) as bells:
            while True:
                await bells.heard()
                self._views.clear()
                self._bus.ring_here([topics.TEAM_READ])
                await asyncio.sleep(APART_S)

    async def _read(self, agent: Agent, seen: Seen) -> TeamView:
        try:
            async with self._store.read() as work:
                return await team_of(work, agent, await work.agents.workloads(await work.now()))
        except BaseException:
            self._views.pop(seen, None)  # whoever asks next tries anew
            raise


def _queued(interaction: Interaction, customer_name: str) -> QueuedView:
    return QueuedView(
        interaction_id=interaction.id,
        why_now=interaction.briefing,
        customer_name=customer_name,
        channel=interaction.channel,
        queue=interaction.queue,
        state=interaction.state,
        enqueued_at=interaction.enqueued_at,
        waiting_since=interaction.waiting_since,
        callback=interaction.callback_id is not None,
    )


def member_view(load: Workload) -> MemberView:
    return MemberView(id=load.agent.id, name=load.agent.name, state=_state(load))


def _state(load: Workload) -> str:
    if load.calls > load.offered_calls:
        return "in_call"
    if load.texts > load.offered_texts:
        return "in_text"
    if load.offered_calls or load.offered_texts:
        return "offered"
    if load.agent.intent is Intent.AVAILABLE and not load.reachable:
        return "unreachable"
    return load.agent.intent.value
