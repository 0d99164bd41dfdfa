"""What is done with one interaction: accept, decline, talk on another channel, end, rate."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct

from app import answering
from app.api.guards import WhoeverCalls
from app.api.idempotency import idempotent
from app.api.wire import InteractionView, interaction_view, viewer_of
from app.calling_back import CallingBack
from app.calls import Calls
from app.closing import Closings
from app.conversation import closing, desk
from app.conversation.context import Action, AppState, Claim
from app.conversation.errors import NotFound
from app.conversation.interaction import Channel, Interaction, State
from app.conversation.people import Agent, Customer
from app.conversation.queues import Name
from app.conversation.timeline import Viewer
from app.runs.handover import Handover
from app.store.work import Store, Work
from selfservice.view import RunView

Reason = Annotated[str, Meta(max_length=200)]
Note = Annotated[str, Meta(max_length=4000)]
HISTORY = 20
ONE = "/v1/interactions/{id:uuid}"


class Decline(Struct, frozen=True, forbid_unknown_fields=True):
    reason: Reason | None = None


class ChangeChannel(Struct, frozen=True, forbid_unknown_fields=True):
    channel: Channel


class AddNote(Struct, frozen=True, forbid_unknown_fields=True):
    text: Annotated[str, Meta(min_length=1, max_length=4000)]


class HandBack(Struct, frozen=True, forbid_unknown_fields=True):
    step: Annotated[str, Meta(max_length=100)] | None = None


class WrapUp(Struct, frozen=True, forbid_unknown_fields=True):
    disposition: Name
    """A code of listDispositions that is for the queue of this interaction."""
    note: Note | None = None


class Rate(Struct, frozen=True, forbid_unknown_fields=True):
    score: Annotated[int, Meta(ge=1, le=5)]
    text: Annotated[str, Meta(max_length=2000)] | None = None


class ContextView(Struct, frozen=True, kw_only=True):
    version: int
    app_state: AppState
    actions: tuple[Action, ...]
    run: RunView | None
    claims: tuple[Claim, ...]
    captured_at: datetime
    reason: str
    """What it was captured at: help, accept, step, failure, change."""


class PastInteraction(Struct, frozen=True, kw_only=True):
    interaction_id: UUID
    reason: str
    why_now: str
    channel: Channel
    state: State
    enqueued_at: datetime
    ended_at: datetime | None
    disposition: str | None
    rating: int | None


class History(Struct, frozen=True):
    items: list[PastInteraction]


@get(ONE, operation_id="getInteraction", tags=["interactions"])
async def get_interaction(
    id: FromPath[UUID], caller: WhoeverCalls, store: NamedDependency[Store]
) -> InteractionView:
    """One interaction, for its customer or an agent of its queue."""
    async with store.read() as work:
        return await interaction_view(work, await desk.seen(work, id, caller), viewer_of(caller))


@post(f"{ONE}/accept", operation_id="acceptOffer", tags=["desk"], status_code=200)
@idempotent
async def accept(
    id: FromPath[UUID],
    agent: NamedDependency[Agent],
    work: Work,
) -> InteractionView:
    """Take an offered interaction; its call begins at once if one was asked for."""
    interaction = await answering.begin(work, await desk.accept(work, id, agent), agent)
    return await interaction_view(work, interaction)


@post(
    f"{ONE}/decline",
    operation_id="declineOffer",
    tags=["desk"],
    status_code=200,
)
@idempotent
async def decline(
    id: FromPath[UUID],
    data: JSONBody[Decline],
    agent: NamedDependency[Agent],
    work: Work,
) -> InteractionView:
    """Give an offer back; the customer keeps the place in the queue."""
    return await interaction_view(work, await desk.decline(work, id, agent, data.reason or ""))


@post(f"{ONE}/cancel", operation_id="leaveQueue", tags=["help"], status_code=200)
@idempotent
async def cancel(
    id: FromPath[UUID],
    customer: NamedDependency[Customer],
    work: Work,
    handover: NamedDependency[Handover],
    calling_back: NamedDependency[CallingBack],
) -> InteractionView:
    """Leave the queue, or not come back after a pause; the run goes on where it is."""
    interaction = await desk.cancel(work, id, customer)
    await handover.released(work, interaction)
    await calling_back.left(work, interaction, customer)
    return await interaction_view(work, interaction, Viewer.CUSTOMER)


@post(
    f"{ONE}/channel",
    operation_id="changeChannel",
    tags=["calls"],
    status_code=200,
)
@idempotent
async def change_channel(
    id: FromPath[UUID],
    data: JSONBody[ChangeChannel],
    caller: WhoeverCalls,
    work: Work,
    calls: NamedDependency[Calls],
) -> InteractionView:
    """Go on by text, voice or video in the same interaction."""
    changed = await calls.change_channel(work, id, caller, data.channel)
    return await interaction_view(work, changed, viewer_of(caller))


@post(f"{ONE}/notes", operation_id="addNote", tags=["desk"], status_code=201)
@idempotent
async def add_note(
    id: FromPath[UUID],
    data: JSONBody[AddNote],
    agent: NamedDependency[Agent],
    work: Work,
) -> InteractionView:
    """Add a note that only agents see."""
    return await interaction_view(work, await desk.add_note(work, id, agent, data.text))


@post(f"{ONE}/hand-back", operation_id="handBack", tags=["desk"], status_code=200)
@idempotent
async def hand_back(
    id: FromPath[UUID],
    data: JSONBody[HandBack],
    agent: NamedDependency[Agent],
    work: Work,
    handover: NamedDependency[Handover],
) -> InteractionView:
    """Give the run back to the customer, at its present step or another; a notification follows."""
    interaction = await desk.in_hand(work, id, agent)
    await handover.hand_back(work, interaction, agent, data.step)
    return await interaction_view(work, interaction)


@post(f"{ONE}/close", operation_id="proposeClose", tags=["desk"], status_code=200)
@idempotent
async def close(id: FromPath[UUID], agent: NamedDependency[Agent], work: Work) -> InteractionView:
    """Ask whether everything is solved; without an answer it ends after the announced time."""
    return await interaction_view(work, await closing.propose(work, id, agent))


@post(f"{ONE}/keep-open", operation_id="keepOpen", tags=["interactions"], status_code=200)
@idempotent
async def keep_open(id: FromPath[UUID], caller: WhoeverCalls, work: Work) -> InteractionView:
    """Not yet: the announced end is withdrawn. So does any message of the customer."""
    kept = await closing.keep_open(work, id, caller)
    return await interaction_view(work, kept, viewer_of(caller))


@post(
    f"{ONE}/end",
    operation_id="endInteraction",
    tags=["interactions"],
    status_code=200,
)
@idempotent
async def end(
    id: FromPath[UUID],
    caller: WhoeverCalls,
    work: Work,
    closings: NamedDependency[Closings],
) -> InteractionView:
    """End at once, by an agent without asking; wrap-up begins, and rating for the customer."""
    ended = await closings.end(work, id, caller)
    return await interaction_view(work, ended, viewer_of(caller))


@post(f"{ONE}/wrap-up", operation_id="wrapUp", tags=["desk"], status_code=200)
@idempotent
async def wrap_up(
    id: FromPath[UUID],
    data: JSONBody[WrapUp],
    agent: NamedDependency[Agent],
    work: Work,
) -> InteractionView:
    """Close with a disposition."""
    closed = await desk.wrap_up(work, id, agent, data.disposition, data.note or "")
    return await interaction_view(work, closed)


@post(f"{ONE}/rating", operation_id="rateInteraction", tags=["help"], status_code=201)
@idempotent
async def rate(
    id: FromPath[UUID],
    data: JSONBody[Rate],
    customer: NamedDependency[Customer],
    work: Work,
) -> InteractionView:
    """Say how it was, from 1 (poor) to 5 (very good)."""
    rated = await desk.rate(work, id, customer, data.score, data.text or "")
    return await interaction_view(work, rated, Viewer.CUSTOMER)


@get(f"{ONE}/context", operation_id="getContext", tags=["desk"])
async def get_context(
    id: FromPath[UUID],
    agent: NamedDependency[Agent],
    store: NamedDependency[Store],
    handover: NamedDependency[Handover],
) -> ContextView:
    """What was attached when help was asked for, redacted, with the run as it is now."""
    async with store.read() as work:
        interaction = await desk.briefed(work, id, agent)
        context = await work.contexts.of(id)
        return ContextView(
            version=context.version,
            app_state=context.app_state,
            actions=context.actions,
            run=await handover.view_of(work, interaction),
            claims=context.claims,
            captured_at=context.captured_at,
            reason=context.reason,
        )


@get(f"{ONE}/run", operation_id="getInteractionRun", tags=["desk"])
async def get_run(
    id: FromPath[UUID],
    agent: NamedDependency[Agent],
    store: NamedDependency[Store],
    handover: NamedDependency[Handover],
) -> RunView:
    """The customer's run as the agent may see it; sensitive answers are masked."""
    async with store.read() as work:
        view = await handover.view_of(work, await desk.briefed(work, id, agent))
        if view is None:
            raise NotFound("run")
        return view


@get("/v1/customers/{id:uuid}/history", operation_id="getHistory", tags=["desk"])
async def history(
    id: FromPath[UUID], agent: NamedDependency[Agent], store: NamedDependency[Store]
) -> History:
    """Earlier interactions of a customer whom this agent has in hand, newest first."""
    async with store.read() as work:
        await desk.must_have(work, agent, id)
        past = await work.interactions.history(id, HISTORY)
        return History([_past(one) for one in past])


def _past(one: Interaction) -> PastInteraction:
    return PastInteraction(
        interaction_id=one.id,
        reason=one.reason,
        why_now=one.why_now,
        channel=one.channel,
        state=one.state,
        enqueued_at=one.enqueued_at,
        ended_at=one.ended_at,
        disposition=one.disposition,
        rating=one.rating.score if one.rating else None,
    )


ROUTES = [
    get_interaction,
    accept,
    decline,
    cancel,
    change_channel,
    add_note,
    hand_back,
    close,
    keep_open,
    end,
    wrap_up,
    rate,
    get_context,
    get_run,
    history,
]
