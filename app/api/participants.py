"""Asking a colleague in: for advice, or into the conversation. Accept, decline, leave."""

from typing import Annotated
from uuid import UUID

from litestar import post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct

from app.api.idempotency import idempotent
from app.api.wire import InteractionView, ParticipantView, interaction_view, participant_view
from app.calls import Calls
from app.conversation import consult, transfer
from app.conversation.participant import Role
from app.conversation.people import Agent
from app.conversation.target import ToAgent, ToQueue
from app.store.work import Work

ONE = "/v1/participants/{id:uuid}"


class AskColleague(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    role: Role
    """`consult`: reads along and writes notes; `specialist`: writes to the customer, too."""
    to: ToQueue | ToAgent
    note: Annotated[str, Meta(max_length=1000)] | None = None
    """What it is about."""


class DeclineAsking(Struct, frozen=True, forbid_unknown_fields=True):
    reason: Annotated[str, Meta(max_length=200)] | None = None


@post(
    "/v1/interactions/{id:uuid}/participants",
    operation_id="askColleague",
    tags=["desk"],
    status_code=201,
)
@idempotent
async def ask(
    id: FromPath[UUID],
    data: JSONBody[AskColleague],
    agent: NamedDependency[Agent],
    work: Work,
) -> ParticipantView:
    """Ask a colleague of a queue, or one person, to join what this agent has live."""
    asked = await consult.ask(work, id, agent, data.role, data.to, data.note or "")
    return await participant_view(work, asked)


@post(f"{ONE}/accept", operation_id="joinInteraction", tags=["desk"], status_code=200)
@idempotent
async def accept(id: FromPath[UUID], agent: NamedDependency[Agent], work: Work) -> ParticipantView:
    """Join a colleague who asks."""
    return await participant_view(work, await consult.accept(work, id, agent))


@post(f"{ONE}/decline", operation_id="declineToJoin", tags=["desk"], status_code=200)
@idempotent
async def decline(
    id: FromPath[UUID],
    data: JSONBody[DeclineAsking],
    agent: NamedDependency[Agent],
    work: Work,
) -> ParticipantView:
    """Not now; of a queue the next one is asked."""
    declined = await consult.decline(work, id, agent, data.reason or "")
    return await participant_view(work, declined)


@post(f"{ONE}/leave", operation_id="leaveInteraction", tags=["desk"], status_code=200)
@idempotent
async def leave(id: FromPath[UUID], agent: NamedDependency[Agent], work: Work) -> ParticipantView:
    """Go again; or, by the agent who asked: thank them, or ask nobody any more."""
    return await participant_view(work, await consult.leave(work, id, agent))


@post(f"{ONE}/hand-over", operation_id="handOver", tags=["desk"], status_code=200)
@idempotent
async def hand_over(
    id: FromPath[UUID],
    agent: NamedDependency[Agent],
    work: Work,
    calls: NamedDependency[Calls],
) -> InteractionView:
    """Leave the customer to the colleague who joined; a call goes on with them."""
    interaction = await transfer.hand_over(work, id, agent)
    await calls.passed_on(work, interaction)
    return await interaction_view(work, interaction)


ROUTES = [ask, accept, decline, leave, hand_over]
