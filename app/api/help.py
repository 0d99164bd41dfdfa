"""Asking for a human: what it would take, and the one call that does it."""

import asyncio
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, JSONBody
from msgspec import Meta, Struct

from app.api.idempotency import DoneOnce
from app.api.wire import CallbackView, InteractionView, callback_view, interaction_view
from app.conversation import callbacks
from app.conversation.capsule import Capsule, capsule
from app.conversation.context import MAX_ACTIONS, Action, AppState
from app.conversation.hours import Window, is_open, opens_at, windows
from app.conversation.interaction import Channel
from app.conversation.people import Customer
from app.conversation.routing import queue_of
from app.conversation.timeline import Viewer
from app.help import Ask, Help
from app.queue import wait_for
from app.store.work import Store, Work

NOW_WITHIN_S = 20
"""A wait that short is called "now"."""

LARGE = 8 * 1024
"""A request of more bytes is redacted in a thread: it may take long."""

CALLED_WITHIN = timedelta(days=7)
"""So far ahead times for a callback are offered; later ones can be asked for."""

CLOSED = "Closed now"
SIGN_IN_FIRST = "Sign in first"

DEVICE = ("phone-device", "This phone and your connection")


class Sharing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the customer's app sends along with a request for a human."""

    run_id: UUID | None = None
    """The flow run that the customer is in; it stays where it is."""
    reason: Annotated[str, Meta(max_length=200)] | None = None
    share: bool = True
    """Whether the agent may see app state and recent actions."""
    app_state: AppState | None = None
    actions: Annotated[tuple[Action, ...], Meta(max_length=MAX_ACTIONS)] = ()


class AskForHelp(Sharing, frozen=True, kw_only=True, forbid_unknown_fields=True):
    channel: Channel
    crisis: bool = False
    """The customer says that it cannot wait: offered before everybody else."""


class ChannelWait(Struct, frozen=True, kw_only=True):
    channel: Channel
    wait_p50_s: int | None
    wait_p90_s: int | None
    label: str


class Share(Struct, frozen=True):
    icon: str
    text: str


class CallbackChoice(Struct, frozen=True, kw_only=True):
    """Being called instead of waiting. Who did not sign in can only move what was promised."""

    now: bool
    """At the own turn: the place is kept meanwhile."""
    windows: list[Window]
    """At a time within one of these; empty where nobody will be there within a week."""
    planned: CallbackView | None
    """The one that is planned already; it can be moved or cancelled."""


class HelpOptions(Struct, frozen=True, kw_only=True):
    now: datetime
    open: bool
    """The queue is open, and somebody is there."""
    sign_in_needed: bool
    """This help is not for somebody who did not sign in."""
    opens_at: datetime | None
    """When a queue that is closed opens next; null while it is open, or where it never opens."""
    channels: list[ChannelWait]
    callback: CallbackChoice
    shares: list[Share]


@get("/v1/help", operation_id="getHelpOptions", tags=["help"])
async def options(
    customer: NamedDependency[Customer],
    store: NamedDependency[Store],
    help: NamedDependency[Help],
    run_id: FromQuery[UUID | None] = None,
) -> HelpOptions:
    """The ways to talk with how long each takes, and what would be passed on. Writes nothing."""
    async with store.read() as work:
        prospect = await help.prospect(work, customer, run_id)
        now = await work.now()
        queue = queue_of(await work.queues.all(), prospect.queue)
        within_hours = is_open(queue, now)
        sign_in_needed = customer.anonymous and not queue.anonymous
        planned = await callbacks.to_come(work, customer)
        may_plan = planned is not None or not customer.anonymous
        waits = [
            (
                channel,
                await wait_for(work, prospect.asking(customer, channel, now))
                if within_hours and not sign_in_needed
                else None,
            )
            for channel in Channel
        ]
    channels = [
        ChannelWait(
            channel=channel,
            wait_p50_s=wait.p50_s if wait else None,
            wait_p90_s=wait.p90_s if wait else None,
            label=SIGN_IN_FIRST
            if sign_in_needed
            else _label(wait.p90_s if wait else None)
            if within_hours
            else CLOSED,
        )
        for channel, wait in waits
    ]
    shared = [("flow", prospect.where), ("alert", prospect.trouble), DEVICE]
    return HelpOptions(
        now=now,
        open=any(wait for _, wait in waits),
        sign_in_needed=sign_in_needed,
        opens_at=None if within_hours else opens_at(queue, now),
        channels=channels,
        callback=CallbackChoice(
            now=within_hours and not customer.anonymous,
            windows=windows(queue, now, now + CALLED_WITHIN) if may_plan else [],
            planned=callback_view(planned) if planned else None,
        ),
        shares=[Share(icon, text) for icon, text in shared if text],
    )


def _label(p90_s: int | None) -> str:
    """The wait in words, rounded up: nobody is told less than it takes."""
    if p90_s is None:
        return "Nobody is here right now"
    if p90_s <= NOW_WITHIN_S:
        return "Now"
    if p90_s < 60:
        return f"about {-(-p90_s // 10) * 10} s"
    return f"about {-(-p90_s // 60)} min"


@post("/v1/help", operation_id="askForHelp", tags=["help"])
async def ask(
    request: Request[Any, Any, Any],
    data: JSONBody[AskForHelp],
    customer: NamedDependency[Customer],
    help: NamedDependency[Help],
    once: DoneOnce,
) -> InteractionView:
    """Ask for a human."""
    asked = Ask(
        channel=data.channel,
        run_id=data.run_id,
        reason=data.reason,
        crisis=data.crisis,
        capsule=await shared(data, len(await request.body())),
        shared=data.share,
    )

    async def act(work: Work) -> InteractionView:
        interaction = await help.ask(work, customer, asked)
        return await interaction_view(work, interaction, Viewer.CUSTOMER)

    return await once(act, InteractionView)


async def shared(data: Sharing, size: int) -> Capsule:
    """Redacted before any transaction begins, and a large one where it holds up nobody."""
    if not data.share:
        return Capsule()
    state, actions = data.app_state or AppState(), data.actions
    if size < LARGE:
        return capsule(state, actions)
    return await asyncio.to_thread(capsule, state, actions)


ROUTES = [options, ask]
