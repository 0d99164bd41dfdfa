"""Signalling of a call: descriptions, new legs, mute state, hanging up."""

from typing import Annotated
from uuid import UUID

from litestar import post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct

from app.api.guards import WhoeverCalls
from app.api.idempotency import DoneOnce, idempotent
from app.calls import Calls
from app.conversation.people import Agent, Customer
from app.store.work import Work
from rtc.call import Media

Count = Annotated[int, Meta(ge=0, le=1_000_000)]
MAX_SDP = 64 * 1024


class Description(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A session description (RFC 8866) of one side's peer connection."""

    gen: Count
    rev: Count
    sdp: Annotated[str, Meta(min_length=1, max_length=MAX_SDP)]


class LostLeg(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    gen: Count
    """The newest gen that the caller knows of; where a newer one is wanted, nothing happens."""


class Sending(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    audio: bool
    video: bool


@post("/v1/calls/{id:uuid}/offer", operation_id="offerCall", tags=["calls"], status_code=204)
async def offer(
    id: FromPath[UUID],
    data: JSONBody[Description],
    customer: NamedDependency[Customer],
    calls: NamedDependency[Calls],
    once: DoneOnce,
) -> None:
    """The customer's side offers; the agent finds it in its snapshot."""
    await calls.offer(once, id, customer, data.gen, data.rev, data.sdp)


@post("/v1/calls/{id:uuid}/answer", operation_id="answerCall", tags=["calls"], status_code=204)
async def answer(
    id: FromPath[UUID],
    data: JSONBody[Description],
    agent: NamedDependency[Agent],
    calls: NamedDependency[Calls],
    once: DoneOnce,
) -> None:
    """The agent's side answers the offer of the same gen and rev."""
    await calls.answer(once, id, agent, data.gen, data.rev, data.sdp)


@post("/v1/calls/{id:uuid}/replace", operation_id="replaceLegs", tags=["calls"], status_code=204)
@idempotent
async def replace(
    id: FromPath[UUID],
    data: JSONBody[LostLeg],
    caller: WhoeverCalls,
    calls: NamedDependency[Calls],
    work: Work,
) -> None:
    """Ask for new legs: the page was reloaded, or nothing is heard any more."""
    await calls.replace(work, id, caller, data.gen)


@post("/v1/calls/{id:uuid}/media", operation_id="setMedia", tags=["calls"], status_code=204)
@idempotent
async def media(
    id: FromPath[UUID],
    data: JSONBody[Sending],
    caller: WhoeverCalls,
    calls: NamedDependency[Calls],
    work: Work,
) -> None:
    """Tell what is sent at the moment, so that mute is shown to the other side."""
    await calls.sending(work, id, caller, Media(audio=data.audio, video=data.video))


@post("/v1/calls/{id:uuid}/end", operation_id="endCall", tags=["calls"], status_code=204)
@idempotent
async def end(
    id: FromPath[UUID],
    caller: WhoeverCalls,
    calls: NamedDependency[Calls],
    work: Work,
) -> None:
    """Hang up; the conversation goes on by text."""
    await calls.end(work, id, caller)


ROUTES = [offer, answer, replace, media, end]
