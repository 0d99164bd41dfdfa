"""Being called back, now or at a time: asked for, moved, cancelled, asked for once more."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from litestar import Request, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct

from app.api.help import Sharing, shared
from app.api.idempotency import DoneOnce, idempotent
from app.api.interactions import ONE
from app.api.wire import CallbackView, callback_view
from app.calling_back import CallingBack, When
from app.conversation import callbacks, desk
from app.conversation.errors import TimeRefused
from app.conversation.interaction import Channel
from app.conversation.people import Agent, Customer
from app.conversation.wall_time import moment_of
from app.help import Ask
from app.store.work import Work

Clock = Annotated[str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$")]
"""A time as the clock on the wall shows it: `2026-11-21T18:30`. Its zone stands beside it."""

Zone = Annotated[str, Meta(min_length=1, max_length=64)]
Called = Literal["voice", "video"]
CALLBACK = "/v1/callbacks/{id:uuid}"


class AskForCallback(Sharing, frozen=True, kw_only=True, forbid_unknown_fields=True):
    at: Clock | None = None
    """On the clock of `zone`. None: the place is kept, and the phone rings at the own turn."""
    zone: Zone
    """The customer's time zone, an IANA name."""
    channel: Called = "voice"


class At(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    at: Clock
    """On the clock of `zone`."""
    zone: Zone


class Promise(At, frozen=True, kw_only=True, forbid_unknown_fields=True):
    channel: Called = "voice"


@post("/v1/callbacks", operation_id="askForCallback", tags=["help"])
async def ask(
    request: Request[Any, Any, Any],
    data: JSONBody[AskForCallback],
    customer: NamedDependency[Customer],
    calling_back: NamedDependency[CallingBack],
    once: DoneOnce,
) -> CallbackView:
    """Be called, at a time or at the own turn. Whoever waits takes place and request along."""
    asked = Ask(
        channel=Channel(data.channel),
        run_id=data.run_id,
        reason=data.reason,
        crisis=False,
        capsule=await shared(data, len(await request.body())),
        shared=data.share,
        callback=True,
    )
    when = When(_moment(data.at, data.zone) if data.at else None, data.zone)

    async def act(work: Work) -> CallbackView:
        return callback_view(await calling_back.ask(work, customer, asked, when))

    return await once(act, CallbackView)


@post(f"{CALLBACK}/move", operation_id="moveCallback", tags=["help"], status_code=200)
@idempotent
async def move(
    id: FromPath[UUID],
    data: JSONBody[At],
    customer: NamedDependency[Customer],
    work: Work,
) -> CallbackView:
    """Be called at another time; the place stays."""
    at = _moment(data.at, data.zone)
    return callback_view(await callbacks.move(work, id, customer, at, data.zone))


@post(f"{CALLBACK}/cancel", operation_id="cancelCallback", tags=["help"], status_code=200)
@idempotent
async def cancel(
    id: FromPath[UUID],
    customer: NamedDependency[Customer],
    work: Work,
    calling_back: NamedDependency[CallingBack],
) -> CallbackView:
    """Not be called; a request that waits for it leaves the queue."""
    return callback_view(await calling_back.cancel(work, id, customer))


@post(f"{CALLBACK}/again", operation_id="callAgain", tags=["help"], status_code=200)
@idempotent
async def again(
    id: FromPath[UUID],
    customer: NamedDependency[Customer],
    work: Work,
    calling_back: NamedDependency[CallingBack],
) -> CallbackView:
    """After a missed callback: be called once more, at the own turn from now on."""
    return callback_view(await calling_back.again(work, id, customer))


@post(f"{ONE}/callback", operation_id="promiseCallback", tags=["desk"])
@idempotent
async def promise(
    id: FromPath[UUID],
    data: JSONBody[Promise],
    agent: NamedDependency[Agent],
    work: Work,
    calling_back: NamedDependency[CallingBack],
) -> CallbackView:
    """Plan a callback for the customer in hand; the same agent is preferred then."""
    when = When(_moment(data.at, data.zone), data.zone)
    interaction = await desk.in_hand(work, id, agent)
    channel = Channel(data.channel)
    return callback_view(await calling_back.promise(work, interaction, agent, channel, when))


def _moment(wall: str, zone: str) -> datetime:
    """Raises TimeRefused for what no clock there shows."""
    try:
        return moment_of(datetime.fromisoformat(wall), zone).astimezone(UTC)
    except (ValueError, OverflowError):
        raise TimeRefused("that is no date and time") from None


ROUTES = [ask, move, cancel, again, promise]
