"""What clients get to see: the JSON of people, interactions, calls and events."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from app.calls import description_for
from app.conversation.callback import Callback, CallbackState
from app.conversation.interaction import Channel, ClosingReason, How, Interaction, State
from app.conversation.marks import Mark
from app.conversation.participant import Participant, Role
from app.conversation.participant import State as Joining
from app.conversation.people import Agent, Customer
from app.conversation.timeline import Actor, Event, Viewer
from app.conversation.waiting import Wait
from app.queue import place_of, wait_for
from app.store.records import CallRow, Owner
from app.store.work import Work
from rtc.call import CallState, Media
from rtc.engine import Side


class PersonView(Struct, frozen=True, kw_only=True):
    id: UUID
    name: str


class CustomerView(Struct, frozen=True, kw_only=True):
    id: UUID
    name: str
    language: str
    verified: bool
    """The identity came in a signed token."""


class AgentView(Struct, frozen=True, kw_only=True):
    id: UUID
    name: str
    email: str
    roles: tuple[str, ...]


class ClosingView(Struct, frozen=True, kw_only=True):
    """An announced end."""

    reason: ClosingReason
    """asked: the agent thinks that everything is solved; silence: nothing was answered."""
    since: datetime
    until: datetime
    """Then it ends by itself."""


class ParticipantView(Struct, frozen=True, kw_only=True):
    """A colleague who is asked to join what another agent has, or has joined it."""

    id: UUID
    interaction_id: UUID
    role: Role
    state: Joining
    agent: PersonView | None
    """To whom it is offered, or who joined; null while somebody is looked for."""
    queue: str | None
    """Anybody of this queue is asked; null where it is one person."""
    asked_by: PersonView
    note: str
    offered_at: datetime | None
    expires_at: datetime | None


class PassedOnView(Struct, frozen=True, kw_only=True):
    """How it changed hands the last time. Customers do not see why."""

    how: How
    by: str
    to: str
    """The queue, or the person's name."""
    reason: str | None
    note: str | None
    at: datetime


class InteractionView(Struct, frozen=True, kw_only=True):
    id: UUID
    conversation_id: UUID
    customer: CustomerView
    state: State
    channel: Channel
    queue: str
    reason: str
    priority: int
    crisis: bool
    """Offered before everybody else."""
    why_now: str
    """With the reason of whoever passed it on, for agents."""
    passed_on: PassedOnView | None
    participants: list[ParticipantView]
    """Colleagues beside the agent; a customer sees those who came to talk."""
    consulting: bool
    """The agent is asking a colleague."""
    run_id: UUID | None
    agent: PersonView | None
    enqueued_at: datetime
    """What the place rests on."""
    waiting_since: datetime
    """Later than `enqueued_at` after a pause, and of a callback."""
    paused_at: datetime | None
    remind_at: datetime | None
    """While paused: when the customer wants to be reminded."""
    notify: bool
    """The customer left the app and is notified once somebody answers."""
    callback_id: UUID | None
    """The customer does not wait but is called."""
    accepted_at: datetime | None
    ended_at: datetime | None
    wrap_up_until: datetime | None
    disposition: str | None
    rating: int | None
    place: int | None
    """1 for whoever is offered next; null once somebody answered, and for agents."""
    wait: Wait | None
    """How long it will still take; null when nobody is there or somebody answered."""
    nobody_there: bool
    """Nobody is there who could answer; whoever waits may go on by text, and keeps the place."""
    closing: ClosingView | None
    """Its end is announced; a word of the customer, or `keep-open`, withdraws that."""
    call_id: UUID | None
    now: datetime


class DescriptionView(Struct, frozen=True, kw_only=True):
    gen: int
    rev: int
    kind: str
    sdp: str


class CallView(Struct, frozen=True, kw_only=True):
    """A call as one of its sides sees it. `gen` counts legs, `rev` the descriptions of one leg."""

    id: UUID
    interaction_id: UUID
    state: CallState
    audio: bool
    video: bool
    gen: int
    wanted_gen: int
    wanted_rev: int
    started_by: Owner
    description: DescriptionView | None
    """The newest one that this side has to apply; null while new legs are awaited."""
    answered: bool
    """The newest gen was answered: an agent's page that did not do so was reloaded since."""
    customer_media: Media | None
    agent_media: Media | None
    ended_reason: str | None


class EventView(Struct, frozen=True, kw_only=True):
    """One event of the timeline; `prev` is the last seq before it that this viewer may see."""

    conversation_id: UUID
    seq: int
    prev: int
    kind: str
    actor: Actor
    body: dict[str, Any]
    at: datetime
    cmid: UUID | None


class MarkView(Struct, frozen=True, kw_only=True):
    """How far one side of a conversation has come; 0 where it has received or seen nothing."""

    delivered: int
    seen: int
    seen_at: datetime | None


class MarksView(Struct, frozen=True, kw_only=True):
    customer: MarkView
    agent: MarkView


def marks_view(conversation: UUID, marks: Sequence[Mark]) -> MarksView:
    """Those of one conversation among them."""
    known = {one.side: one for one in marks if one.conversation_id == conversation}
    customer, agent = (_mark_view(known.get(side)) for side in (Viewer.CUSTOMER, Viewer.AGENT))
    return MarksView(customer=customer, agent=agent)


def _mark_view(mark: Mark | None) -> MarkView:
    if mark is None:
        return MarkView(delivered=0, seen=0, seen_at=None)
    return MarkView(delivered=mark.delivered, seen=mark.seen, seen_at=mark.seen_at)


def viewer_of(who: Agent | Customer) -> Viewer:
    return Viewer.AGENT if isinstance(who, Agent) else Viewer.CUSTOMER


def customer_view(customer: Customer) -> CustomerView:
    return CustomerView(
        id=customer.id,
        name=customer.name,
        language=customer.language,
        verified=not customer.anonymous,
    )


def agent_view(agent: Agent) -> AgentView:
    return AgentView(id=agent.id, name=agent.name, email=agent.email, roles=agent.roles)


def event_view(event: Event, viewer: Viewer) -> EventView:
    return EventView(
        conversation_id=event.conversation_id,
        seq=event.seq,
        prev=event.prev(viewer),
        kind=event.kind,
        actor=event.actor,
        body=event.body,
        at=event.at,
        cmid=event.cmid,
    )


async def interaction_view(
    work: Work, interaction: Interaction, viewer: Viewer = Viewer.AGENT
) -> InteractionView:
    """What the viewer may see of it: how it came out, and why it went on, is for agents alone."""
    for_agent = viewer is Viewer.AGENT
    place = None if for_agent else await place_of(work, interaction)
    beside = await work.participants.open_of(interaction.id)
    call = await work.calls.open_of(interaction.id)
    wait = await wait_for(work, interaction) if place is not None else None
    return InteractionView(
        id=interaction.id,
        conversation_id=interaction.conversation_id,
        customer=customer_view(await work.customers.get(interaction.customer_id)),
        state=interaction.state,
        channel=interaction.channel,
        queue=interaction.queue,
        reason=interaction.reason,
        priority=interaction.priority,
        crisis=interaction.crisis,
        why_now=interaction.briefing if for_agent else interaction.why_now,
        passed_on=_passed_on(interaction, for_agent=for_agent),
        participants=[
            await participant_view(work, one)
            for one in beside
            if for_agent or (one.role is Role.SPECIALIST and one.state is Joining.JOINED)
        ],
        consulting=any(one.role is Role.CONSULT for one in beside),
        run_id=interaction.run_id,
        agent=await _person(work, interaction.agent_id) if interaction.agent_id else None,
        enqueued_at=interaction.enqueued_at,
        waiting_since=interaction.waiting_since,
        paused_at=interaction.paused_at,
        remind_at=interaction.remind_at,
        notify=interaction.notify,
        callback_id=interaction.callback_id,
        accepted_at=interaction.accepted_at,
        ended_at=interaction.ended_at,
        wrap_up_until=interaction.wrap_up_until,
        disposition=interaction.disposition if for_agent else None,
        rating=interaction.rating.score if interaction.rating else None,
        place=place,
        wait=wait,
        nobody_there=place is not None and wait is None,
        closing=_closing(interaction),
        call_id=call.id if call else None,
        now=await work.now(),
    )


def _closing(interaction: Interaction) -> ClosingView | None:
    closing = interaction.closing
    if closing is None:
        return None
    return ClosingView(reason=closing.reason, since=closing.since, until=closing.until)


class CallbackView(Struct, frozen=True, kw_only=True):
    """A call that the customer asked for. `place` and `wait` stand with its interaction."""

    id: UUID
    state: CallbackState
    due_at: datetime
    """When it begins, or begins again: until then nobody calls."""
    zone: str
    """The customer's, when it was planned."""
    channel: Channel
    reason: str
    asked_at: datetime
    """What the place rests on."""
    tries: int
    """How often it began; the third unanswered call is the last."""
    interaction_id: UUID
    """The interaction that it becomes, or became."""


def callback_view(callback: Callback) -> CallbackView:
    return CallbackView(
        id=callback.id,
        state=callback.state,
        due_at=callback.due_at,
        zone=callback.zone,
        channel=callback.asked.channel,
        reason=callback.asked.reason,
        asked_at=callback.asked.enqueued_at,
        tries=callback.tries,
        interaction_id=callback.asked.id,
    )


async def participant_view(work: Work, one: Participant) -> ParticipantView:
    return ParticipantView(
        id=one.id,
        interaction_id=one.interaction_id,
        role=one.role,
        state=one.state,
        agent=await _person(work, one.agent_id) if one.agent_id else None,
        queue=one.queue,
        asked_by=await _person(work, one.asked_by),
        note=one.note,
        offered_at=one.offered_at,
        expires_at=one.expires_at,
    )


def _passed_on(interaction: Interaction, *, for_agent: bool) -> PassedOnView | None:
    passed = interaction.passed_on
    if passed is None:
        return None
    return PassedOnView(
        how=passed.how,
        by=passed.by,
        to=passed.to,
        reason=passed.reason if for_agent else None,
        note=passed.note if for_agent else None,
        at=passed.at,
    )


async def _person(work: Work, agent_id: UUID) -> PersonView:
    agent = await work.agents.get(agent_id)
    return PersonView(id=agent.id, name=agent.name)


async def call_view(work: Work, call: CallRow, side: Side) -> CallView:
    description = await description_for(work, call, side)
    answer = await work.calls.description(call.id, "answer")
    return CallView(
        id=call.id,
        interaction_id=call.interaction_id,
        state=CallState(call.state),
        audio=True,
        video=call.video,
        gen=call.gen,
        wanted_gen=call.wanted_gen,
        wanted_rev=call.wanted_rev,
        started_by=call.started_by,
        description=DescriptionView(
            gen=description.gen, rev=description.rev, kind=description.kind, sdp=description.sdp
        )
        if description
        else None,
        answered=answer is not None and answer.gen == call.gen,
        customer_media=call.customer_media,
        agent_media=call.agent_media,
        ended_reason=call.ended_reason,
    )
