"""The customer decides when: go on later, come back, leave and be told."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar import post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct

from app.api.guards import WhoeverCalls
from app.api.idempotency import idempotent
from app.api.interactions import ONE
from app.api.wire import InteractionView, interaction_view, viewer_of
from app.calls import hang_up
from app.conversation import pausing
from app.conversation.interaction import Channel
from app.conversation.people import Customer
from app.conversation.timeline import Viewer
from app.store.work import Work


class Pause(Struct, frozen=True, forbid_unknown_fields=True):
    remind_at: Annotated[datetime, Meta(tz=True)] | None = None
    """When the phone reminds the customer."""


class Resume(Struct, frozen=True, forbid_unknown_fields=True):
    channel: Channel = Channel.TEXT


@post(f"{ONE}/pause", operation_id="pauseInteraction", tags=["interactions"], status_code=200)
@idempotent
async def pause(
    id: FromPath[UUID],
    data: JSONBody[Pause],
    caller: WhoeverCalls,
    work: Work,
) -> InteractionView:
    """Go on later: the agent is free, the place is kept. A message of the customer ends it too."""
    paused = await pausing.pause(work, id, caller, data.remind_at)
    paused = await hang_up(work, paused, by_customer=isinstance(caller, Customer))
    return await interaction_view(work, paused, viewer_of(caller))


@post(f"{ONE}/resume", operation_id="resumeInteraction", tags=["help"], status_code=200)
@idempotent
async def resume(
    id: FromPath[UUID],
    data: JSONBody[Resume],
    customer: NamedDependency[Customer],
    work: Work,
) -> InteractionView:
    """Wait again after a pause, at the old place; by text unless another channel is asked for."""
    resumed = await pausing.resume(work, id, customer, data.channel)
    return await interaction_view(work, resumed, Viewer.CUSTOMER)


@post(f"{ONE}/notify", operation_id="notifyMe", tags=["help"], status_code=200)
@idempotent
async def notify_me(
    id: FromPath[UUID], customer: NamedDependency[Customer], work: Work
) -> InteractionView:
    """Leave and be notified once somebody answers; the place is kept."""
    waiting = await pausing.leave_and_be_told(work, id, customer)
    return await interaction_view(work, waiting, Viewer.CUSTOMER)


ROUTES = [pause, resume, notify_me]
