"""The timeline over plain HTTP: for apps that were woken by push, and without a socket."""

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from litestar import delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, PathParameter, QueryParameter
from msgspec import Meta, Struct

from app import topics
from app.api.frames import FileIds, Seq, Text, must_say_something
from app.api.guards import WhoeverCalls
from app.api.idempotency import idempotent
from app.api.wire import EventView, MarksView, event_view, marks_view, viewer_of
from app.auth.caller import Caller
from app.bus.memory import Bus
from app.config import Config
from app.conversation import asks, editing
from app.conversation.marks import Mark
from app.conversation.messages import Saying, must_see, part_in, say
from app.conversation.people import Agent, Customer
from app.conversation.reading import read_up_to
from app.retry import retried
from app.store.work import Store, Work
from app.unbroken import unbroken

Cursor = Annotated[int, QueryParameter(ge=0, le=2**53)]
WaitSeconds = Annotated[int, QueryParameter(ge=0, le=25)]
SeqInPath = Annotated[int, PathParameter(ge=1, le=2**53)]
PageSize = Annotated[int, QueryParameter(ge=1, le=500)]


class SendMessage(Struct, frozen=True, forbid_unknown_fields=True):
    cmid: UUID
    """The client's id of the message: sending it again is the same message."""
    text: Text = ""
    files: FileIds = ()
    """Uploaded before; each belongs to one message."""

    def __post_init__(self) -> None:
        must_say_something(self.text, self.files)


class EditMessage(Struct, frozen=True, forbid_unknown_fields=True):
    cmid: UUID
    """The client's id of this change: sending it again is the same change."""
    text: Text


class AskCustomer(asks.Ask, frozen=True, kw_only=True, forbid_unknown_fields=True):
    cmid: UUID
    """The client's id of the question: asking it again is the same question."""


class AnswerQuestion(Struct, frozen=True, forbid_unknown_fields=True):
    cmid: UUID
    value: Annotated[str, Meta(max_length=asks.LONGEST_ANSWER)] | bool | float
    """A text, an option's value, a number, a day as YYYY-MM-DD, true or false."""


class MarkSeen(Struct, frozen=True, forbid_unknown_fields=True):
    upto: Seq


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
    saying = Saying(
        who=caller, conversation_id=id, cmid=data.cmid, text=data.text, files=data.files
    )
    event = await say(work, saying)
    return Sent(cmid=data.cmid, seq=event.seq, at=event.at)


@put("/v1/conversations/{id:uuid}/seen", operation_id="markSeen", tags=["conversation"])
@retried
async def mark_seen(
    id: FromPath[UUID],
    data: JSONBody[MarkSeen],
    caller: WhoeverCalls,
    store: NamedDependency[Store],
) -> MarksView:
    """Say how far one has read, and hear how far both sides have.

    A smaller number than before changes nothing, nor does what is read by somebody who was asked
    for advice: the customer does not notice them.
    """
    async with store.write() as work:
        if (await part_in(work, caller, id)).talks:
            mark = Mark(conversation_id=id, side=viewer_of(caller), seen=data.upto)
            await read_up_to(work, [mark])
        return marks_view(id, await work.marks.of([id]))


@put(
    "/v1/conversations/{id:uuid}/messages/{seq:int}",
    operation_id="editMessage",
    tags=["conversation"],
)
@retried
async def edit_message(
    id: FromPath[UUID],
    seq: SeqInPath,
    data: JSONBody[EditMessage],
    caller: WhoeverCalls,
    store: NamedDependency[Store],
    config: NamedDependency[Config],
) -> Sent:
    """Give one's own message another text, for some minutes after it was sent; its files stay."""
    async with store.write() as work:
        within = timedelta(minutes=config.edit_within_min)
        event = await editing.edit(
            work, caller, id, seq, cmid=data.cmid, text=data.text, within=within
        )
        return Sent(cmid=data.cmid, seq=event.seq, at=event.at)


@delete(
    "/v1/conversations/{id:uuid}/messages/{seq:int}",
    operation_id="deleteMessage",
    tags=["conversation"],
)
@retried
async def delete_message(
    id: FromPath[UUID],
    seq: SeqInPath,
    caller: WhoeverCalls,
    store: NamedDependency[Store],
    config: NamedDependency[Config],
) -> None:
    """Take one's own message back, with its files, for some minutes after it was sent."""
    async with store.write() as work:
        await editing.delete(work, caller, id, seq, timedelta(minutes=config.edit_within_min))


@post("/v1/conversations/{id:uuid}/asks", operation_id="askCustomer", tags=["conversation"])
@idempotent
async def ask_customer(
    id: FromPath[UUID],
    data: JSONBody[AskCustomer],
    agent: NamedDependency[Agent],
    work: Work,
) -> Sent:
    """Put a question to the customer, to be answered with a tap."""
    event = await asks.ask(work, agent, id, data.cmid, data)
    return Sent(cmid=data.cmid, seq=event.seq, at=event.at)


@post(
    "/v1/conversations/{id:uuid}/asks/{seq:int}/answer",
    operation_id="answerQuestion",
    tags=["conversation"],
)
@idempotent
async def answer_question(
    id: FromPath[UUID],
    seq: SeqInPath,
    data: JSONBody[AnswerQuestion],
    customer: NamedDependency[Customer],
    work: Work,
) -> Sent:
    """Answer an agent's question, once."""
    event = await asks.answer(work, customer, id, seq, cmid=data.cmid, value=data.value)
    return Sent(cmid=data.cmid, seq=event.seq, at=event.at)


ROUTES = [
    list_events,
    send_message,
    edit_message,
    delete_message,
    ask_customer,
    answer_question,
    mark_seen,
]
