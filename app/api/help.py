"""Asking for a human: what it would take, and the one call that does it."""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, JSONBody
from msgspec import Meta, Struct

from app.api.idempotency import idempotent
from app.api.wire import CallbackView, InteractionView, callback_view, interaction_view
from app.conversation.callback import CALLBACK_OPEN
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

CALLED_WITHIN = timedelta(days=7)
"""So far ahead times for a callback are offered; later ones can be asked for."""

CLOSED = "Closed now"

DEVICE = ("phone-device", "This phone and your connection")


class AskForHelp(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    channel: Channel
    run_id: UUID | None = None
    """The flow run that the customer is in; it stays where it is."""
    reason: Annotated[str, Meta(max_length=200)] | None = None
    share: bool = True
    """Whether the agent may see app state and recent actions."""
    crisis: bool = False
    """The customer says that it cannot wait: offered before everybody else."""
    app_state: AppState | None = None
    actions: Annotated[tuple[Action, ...], Meta(max_length=MAX_ACTIONS)] = ()


class ChannelWait(Struct, frozen=True, kw_only=True):
    channel: Channel
    wait_p50_s: int | None
    wait_p90_s: int | None
    label: str


class Share(Struct, frozen=True):
    icon: str
    text: str


class CallbackChoice(Struct, frozen=True, kw_only=True):
    """Being called instead of waiting."""

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
        planned = [
            callback_view(one)
            for one in await work.callbacks.of_customer(customer.id, 1)
            if one.state in CALLBACK_OPEN
        ]
        waits = [
            (
                channel,
                await wait_for(work, prospect.asking(customer, channel, now))
                if within_hours
                else None,
            )
            for channel in Channel
        ]
    channels = [
        ChannelWait(
            channel=channel,
            wait_p50_s=wait.p50_s if wait else None,
            wait_p90_s=wait.p90_s if wait else None,
            label=_label(wait.p90_s if wait else None) if within_hours else CLOSED,
        )
        for channel, wait in waits
    ]
    shared = [("flow", prospect.where), ("alert", prospect.trouble), DEVICE]
    return HelpOptions(
        now=now,
        open=any(wait for _, wait in waits),
        opens_at=None if within_hours else opens_at(queue, now),
        channels=channels,
        callback=CallbackChoice(
            now=within_hours,
            windows=windows(queue, now, now + CALLED_WITHIN),
            planned=planned[0] if planned else None,
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
@idempotent
async def ask(
    data: JSONBody[AskForHelp],
    customer: NamedDependency[Customer],
    work: Work,
    help: NamedDependency[Help],
) -> InteractionView:
    """Ask for a human."""
    asked = Ask(
        channel=data.channel,
        run_id=data.run_id,
        reason=data.reason,
        crisis=data.crisis,
        app_state=(data.app_state or AppState()) if data.share else AppState(),
        actions=data.actions if data.share else (),
    )
    interaction = await help.ask(work, customer, asked)
    return await interaction_view(work, interaction, Viewer.CUSTOMER)


ROUTES = [options, ask]
