"""Passing an interaction on: to a queue, to a person, to a supervisor."""

from typing import Annotated
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct

from app.api.idempotency import idempotent
from app.api.team import MemberView, member_view
from app.api.wire import InteractionView, interaction_view
from app.calls import Calls, end_of
from app.conversation import transfer as passing
from app.conversation.people import Agent
from app.conversation.target import ToAgent, ToQueue, known_queues
from app.store.work import Store, Work
from rtc.call import EndReason

Reason = Annotated[str, Meta(min_length=1, max_length=200)]
ONE = "/v1/interactions/{id:uuid}"


class Transfer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    to: ToQueue | ToAgent
    reason: Reason
    """In the next agent's why-now line."""
    note: Annotated[str, Meta(max_length=1000)] | None = None


class TakeOver(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    reason: Reason
    """For the agent who had it."""


class QueueTarget(Struct, frozen=True, kw_only=True):
    name: str
    there: int
    """Agents of this queue who are available and reachable, without the caller."""


class Targets(Struct, frozen=True, kw_only=True):
    queues: list[QueueTarget]
    agents: list[MemberView]
    """Everybody but the caller; only who is there can be asked."""


@get("/v1/transfer-targets", operation_id="listTransferTargets", tags=["desk"])
async def targets(agent: NamedDependency[Agent], store: NamedDependency[Store]) -> Targets:
    """The queues and people to whom an interaction can be passed on."""
    async with store.read() as work:
        everybody = await work.agents.workloads(await work.now())
        others = [load for load in everybody if load.agent.id != agent.id]
        queues = await known_queues(work)
    there = [load.agent for load in others if load.is_there]
    return Targets(
        queues=[QueueTarget(name=q, there=sum(q in one.queues for one in there)) for q in queues],
        agents=[member_view(one) for one in others],
    )


@post(f"{ONE}/transfer", operation_id="transferInteraction", tags=["desk"], status_code=200)
@idempotent
async def transfer(
    id: FromPath[UUID],
    data: JSONBody[Transfer],
    agent: NamedDependency[Agent],
    work: Work,
) -> InteractionView:
    """Give it to a queue or a person without waiting for them; the customer keeps the place."""
    passed = await passing.transfer(work, id, agent, data.to, data.reason, data.note or "")
    await end_of(work, passed, EndReason.TRANSFERRED)
    return await interaction_view(work, passed)


@post(f"{ONE}/take-over", operation_id="takeOver", tags=["desk"], status_code=200)
@idempotent
async def take_over(
    id: FromPath[UUID],
    data: JSONBody[TakeOver],
    agent: NamedDependency[Agent],
    work: Work,
    calls: NamedDependency[Calls],
) -> InteractionView:
    """Have from now on what a colleague has live; they are told why. A call goes on."""
    taken = await passing.take_over(work, id, agent, data.reason)
    await calls.passed_on(work, taken)
    return await interaction_view(work, taken)


ROUTES = [targets, transfer, take_over]
