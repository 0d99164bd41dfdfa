"""The timeline over plain HTTP: for apps that were woken by push, and without a socket."""

import asyncio
from contextlib import suppress
from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec import Struct

from app import topics
from app.api.frames import Text
from app.api.guards import WhoeverCalls
from app.api.idempotency import idempotent
from app.api.wire import EventView, event_view
from app.auth.caller import Caller
from app.bus.memory import Bus
from app.conversation.messages import Saying, must_see, say
from app.store.work import Store, Work
from app.unbroken import unbroken

Cursor = Annotated[int, QueryParameter(ge=0, le=2**53)]
WaitSeconds = Annotated[int, QueryParameter(ge=0, le=25)]
PageSize = Annotated[int, QueryParameter(ge=1, le=500)]


class SendMessage(Struct, frozen=True, forbid_unknown_fields=True):
    cmid: UUID
    """The client's id of the message: sending it again is the same message."""
    text: Text


class Sent(Struct, frozen=True, kw_only=True):
    cmid: UUID
    seq: int
    at: datetime


class Events(Struct, frozen=True, kw_only=True):
    items: list[EventView]
    upto: int
    """Ask for the next page after this seq; it is the newest when `items` is not full."""


@get("/v1/conversations/{id:uuid}/events", operation_id="listEvents", tags=["conversation"])
async def list_events(
    id: FromPath[UUID],
    caller: WhoeverCalls,
    store: NamedDependency[Store],
    bus: NamedDependency[Bus],
    after: Cursor = 0,
    limit: PageSize = 200,
    wait: WaitSeconds = 0,
) -> Events:
    """What happened after a cursor, oldest first, as far as the caller may see it.

    With `wait`, an answer without events comes only after so many seconds in which none happened:
    for an app that was woken by push, or that cannot keep a socket.
    """
    with bus.listening(topics.conversation(id)) as bells:
        found = await _events(store, caller, id, after, limit)
        with suppress(TimeoutError):
            async with asyncio.timeout(wait):
                while not found.items:
                    await bells.heard()
                    found = await unbroken(_events(store, caller, id, after, limit))
    return found


async def _events(store: Store, caller: Caller, id: UUID, after: int, limit: int) -> Events:
    async with store.read() as work:
        viewer = await must_see(work, caller, id)
        events = await work.timeline.after(id, after, viewer, limit)
    upto = events[-1].seq if events else after
    return Events(items=[event_view(event, viewer) for event in events], upto=upto)


@post("/v1/conversations/{id:uuid}/messages", operation_id="sendMessage", tags=["conversation"])
@idempotent
async def send_message(
    id: FromPath[UUID],
    data: JSONBody[SendMessage],
    caller: WhoeverCalls,
    work: Work,
) -> Sent:
    """Say something; answered once it is stored."""
    event = await say(work, Saying(who=caller, conversation_id=id, cmid=data.cmid, text=data.text))
    return Sent(cmid=data.cmid, seq=event.seq, at=event.at)


ROUTES = [list_events, send_message]
