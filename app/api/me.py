"""What callers see of themselves, as one snapshot: sent whole on every change, never merged."""

from datetime import datetime, timedelta
from uuid import UUID

from litestar import get, put
from litestar.di import NamedDependency
from litestar.params import JSONBody
from msgspec import Struct, structs

from app import topics
from app.api.guards import WhoeverCalls
from app.api.team import FloorView, MemberView, QueuedView, team_of
from app.api.wire import (
    AgentView,
    CallbackView,
    CallView,
    CustomerView,
    InteractionView,
    ParticipantView,
    agent_view,
    call_view,
    callback_view,
    customer_view,
    interaction_view,
    participant_view,
)
from app.auth.caller import Caller, SignInRequired
from app.conversation.callback import CALLBACK_OPEN, Callback, CallbackState
from app.conversation.interaction import OPEN, Interaction, State
from app.conversation.people import Agent, Customer, Intent, Workload
from app.conversation.timeline import Viewer
from app.retry import retried
from app.runs.self_service import RunSummary, SelfService
from app.store.work import Store, Work
from push.notification import Notification
from rtc.engine import Side

RATED_WITHIN = timedelta(days=1)
"""So long a closed interaction is still shown to the customer, to be rated."""

MISSED_WITHIN = timedelta(days=1)
"""So long a missed callback can be asked for again with one tap."""

SHOWN = 20
"""Runs, callbacks and notifications in a customer's snapshot."""


class NotificationView(Struct, frozen=True, kw_only=True):
    id: UUID
    title: str
    body: str
    link: str
    at: datetime


class CustomerMe(Struct, frozen=True, kw_only=True, tag_field="kind", tag="customer"):
    customer: CustomerView
    conversation_id: UUID
    interaction: InteractionView | None
    call: CallView | None
    callbacks: list[CallbackView]
    """What is planned, and what was missed within a day."""
    runs: list[RunSummary]
    notifications: list[NotificationView]


class PresenceView(Struct, frozen=True, kw_only=True):
    intent: Intent
    reachable: bool
    since: datetime | None


class OfferView(Struct, frozen=True, kw_only=True):
    interaction: InteractionView
    offered_at: datetime
    expires_at: datetime


class ParticipationView(Struct, frozen=True, kw_only=True):
    """What of a colleague's this agent is asked to join, or has joined."""

    participant: ParticipantView
    interaction: InteractionView


class AgentMe(Struct, frozen=True, kw_only=True, tag_field="kind", tag="agent"):
    agent: AgentView
    presence: PresenceView
    offers: list[OfferView]
    interactions: list[InteractionView]
    participations: list[ParticipationView]
    calls: list[CallView]
    queue: list[QueuedView]
    """The first of those who wait in the agent's queues."""
    waiting: int
    """How many wait there in all."""
    team: list[MemberView]
    floor: list[FloorView]
    """What all have in hand; for supervisors, who may take it over."""
    now: datetime


class SetPresence(Struct, frozen=True, forbid_unknown_fields=True):
    intent: Intent


async def me_of(work: Work, who: Caller, self_service: SelfService) -> CustomerMe | AgentMe:
    if isinstance(who, Agent):
        return await _agent_me(work, who)
    return await _customer_me(work, who, self_service)


async def _customer_me(work: Work, customer: Customer, self_service: SelfService) -> CustomerMe:
    interaction = await work.interactions.latest_of(customer.id)
    if interaction is not None and not await _still_shown(work, interaction):
        interaction = None
    call = await work.calls.open_of(interaction.id) if interaction else None
    return CustomerMe(
        customer=customer_view(customer),
        conversation_id=customer.conversation_id,
        interaction=await interaction_view(work, interaction, Viewer.CUSTOMER)
        if interaction
        else None,
        call=await call_view(work, call, Side.CUSTOMER) if call else None,
        callbacks=await _callbacks(work, customer),
        runs=await self_service.summaries(work, customer, SHOWN),
        notifications=[
            notification_view(one)
            for one in await work.notifications.of_customer(customer.id, SHOWN)
        ],
    )


async def _callbacks(work: Work, customer: Customer) -> list[CallbackView]:
    now = await work.now()
    latest = await work.callbacks.of_customer(customer.id, SHOWN)
    return [callback_view(one) for one in latest if _is_shown(one, now)]


def _is_shown(one: Callback, now: datetime) -> bool:
    missed = one.state is CallbackState.MISSED and now - one.due_at < MISSED_WITHIN
    return one.state in CALLBACK_OPEN or missed


async def _still_shown(work: Work, interaction: Interaction) -> bool:
    if interaction.state in OPEN:
        return True
    if interaction.agent_id is None or interaction.ended_at is None:
        return False
    unrated = interaction.rating is None
    return unrated and await work.now() - interaction.ended_at < RATED_WITHIN


def notification_view(one: Notification) -> NotificationView:
    return NotificationView(
        id=one.id, title=one.title, body=one.body, link=one.link, at=one.created_at
    )


async def _agent_me(work: Work, agent: Agent) -> AgentMe:
    now = await work.now()
    loads = await work.agents.workloads(now)
    load = next((one for one in loads if one.agent.id == agent.id), None)
    if load is None:  # taken out of the company just now
        raise SignInRequired
    mine = await work.interactions.with_agent(agent.id)
    taken = [one for one in mine if one.state is not State.OFFERED]
    open_calls = [await work.calls.open_of(one.id) for one in taken]
    return AgentMe(
        agent=agent_view(agent),
        presence=_presence(load),
        offers=[
            OfferView(
                interaction=await interaction_view(work, one),
                offered_at=one.offer.offered_at,
                expires_at=one.offer.expires_at,
            )
            for one in mine
            if one.offer is not None
        ],
        interactions=[await interaction_view(work, one) for one in taken],
        participations=[
            ParticipationView(
                participant=await participant_view(work, one),
                interaction=await interaction_view(
                    work, await work.interactions.get(one.interaction_id)
                ),
            )
            for one in await work.participants.with_agent(agent.id)
        ],
        calls=[await call_view(work, call, Side.AGENT) for call in open_calls if call],
        **structs.asdict(await team_of(work, agent, loads)),
        now=now,
    )


def _presence(load: Workload) -> PresenceView:
    return PresenceView(
        intent=load.agent.intent, reachable=load.reachable, since=load.agent.intent_since
    )


@get("/v1/me", operation_id="getMe", tags=["people"])
async def get_me(
    caller: WhoeverCalls,
    store: NamedDependency[Store],
    self_service: NamedDependency[SelfService],
) -> CustomerMe | AgentMe:
    """The caller's own snapshot, as the live socket sends it."""
    async with store.read() as work:
        return await me_of(work, caller, self_service)


@put("/v1/me/presence", operation_id="setPresence", tags=["people"])
@retried
async def set_presence(
    data: JSONBody[SetPresence],
    agent: NamedDependency[Agent],
    store: NamedDependency[Store],
    self_service: NamedDependency[SelfService],
) -> CustomerMe | AgentMe:
    """Say whether you take conversations; it stays so until you say otherwise."""
    async with store.write() as work:
        await work.agents.set_intent(agent.id, data.intent, await work.now())
        for topic in (topics.me(agent.id), topics.TEAM, topics.QUEUE):
            work.ring(topic)
        return await me_of(work, await work.agents.get(agent.id), self_service)


ROUTES = [get_me, set_presence]
