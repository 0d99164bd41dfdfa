"""What the company set up for its desks: outcomes to choose from, replies to send."""

from collections.abc import Iterable
from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from msgspec import Struct

from app.conversation.people import Agent
from app.conversation.setup import (
    DEFAULT_DISPOSITIONS,
    CannedReply,
    Disposition,
    dispositions_of,
    replies_for,
)
from app.store.work import Store

OfQueue = Annotated[str | None, QueryParameter(max_length=64)]


class DispositionView(Struct, frozen=True):
    code: str
    label: str


class Dispositions(Struct, frozen=True):
    items: list[DispositionView]


class CannedReplies(Struct, frozen=True):
    items: list[CannedReply]


@get("/v1/dispositions", operation_id="listDispositions", tags=["desk"])
async def dispositions(
    agent: NamedDependency[Agent], store: NamedDependency[Store], queue: OfQueue = None
) -> Dispositions:
    """The outcomes to choose from in wrap-up, in a queue or in any."""
    async with store.read() as work:
        known = await work.setup.all(Disposition)
    items = _anywhere(known) if queue is None else dispositions_of(queue, known)
    return Dispositions([DispositionView(one.code, one.label) for one in items])


@get("/v1/canned-replies", operation_id="listCannedReplies", tags=["desk"])
async def canned_replies(
    agent: NamedDependency[Agent], store: NamedDependency[Store]
) -> CannedReplies:
    """Replies kept ready, for the queues and languages of this agent."""
    async with store.read() as work:
        return CannedReplies(replies_for(agent, await work.setup.all(CannedReply)))


def _anywhere(known: Iterable[Disposition]) -> list[Disposition]:
    """With those that came with the program: what is past may have one of them."""
    return list({one.code: one for one in (*known, *DEFAULT_DISPOSITIONS, *known)}.values())


ROUTES = [dispositions, canned_replies]
