"""To whom an agent turns with an interaction: a queue, or one person."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from app.conversation.errors import NotAllowed, NotFound
from app.conversation.people import Agent
from app.conversation.ports import Work
from app.conversation.queues import Skills


class _Target(Struct, frozen=True, kw_only=True, tag_field="kind", forbid_unknown_fields=True):
    pass


class ToQueue(_Target, frozen=True, kw_only=True, tag="queue"):
    """Whoever of a queue is free first, with these skills beside those of the queue."""

    name: Annotated[str, Meta(min_length=1, max_length=200)]
    skills: Annotated[Skills, Meta(max_length=20)] = {}


class ToAgent(_Target, frozen=True, kw_only=True, tag="agent"):
    """One person, wherever they work."""

    id: UUID


Target = ToQueue | ToAgent


async def known_queues(work: Work) -> list[str]:
    """Those that are described, and those that somebody serves."""
    loads = await work.agents.workloads(await work.now())
    served = {name for load in loads for name in load.agent.queues}
    return sorted(served | set(await work.queues.all()))


async def named(work: Work, target: Target, agent: Agent) -> str:
    """What the target is called; raises NotFound where there is none, NotAllowed where away."""
    if isinstance(target, ToAgent):
        return (await _colleague(work, target.id, agent)).name
    if target.name not in await known_queues(work):
        raise NotFound("queue")
    return target.name


async def _colleague(work: Work, id: UUID, agent: Agent) -> Agent:
    """The person, who must be at work and somebody else."""
    loads = await work.agents.workloads(await work.now())
    load = next((one for one in loads if one.agent.id == id), None)
    if load is None:
        raise NotFound("agent")
    if id == agent.id:
        raise NotAllowed("turn to yourself", "you have it already")
    if not load.is_there:
        raise NotAllowed(f"turn to {load.agent.name}", "they are away")
    return load.agent
