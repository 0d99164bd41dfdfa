"""What people do with an interaction: ask, offer, accept, decline, note, end, wrap up, rate.

Each verb checks who asks, moves the interaction, appends to the timeline and rings for those who
see it, all in the caller's transaction.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from msgspec.structs import replace

from app import topics
from app.conversation.errors import NotAllowed, NotFound, UnknownDisposition
from app.conversation.interaction import (
    OPEN,
    WAITING,
    WITH_AGENT,
    Attempt,
    Channel,
    Event,
    Interaction,
    Offer,
    Rating,
    State,
)
from app.conversation.participant import Role
from app.conversation.participant import State as Joining
from app.conversation.people import Agent, Customer
from app.conversation.ports import Work
from app.conversation.room import must_fit
from app.conversation.routing import Match
from app.conversation.secret_text import blank
from app.conversation.setup import Disposition, dispositions_of
from app.conversation.telling import (
    about,
    actor_of,
    by_agent,
    by_customer,
    people_of,
    ring,
    tell,
    write_note,
)
from app.conversation.timeline import SYSTEM, Actor, Audience, Entry

WRAP_UP_TTL = timedelta(minutes=2)
"""After a conversation an agent has this long for notes; then it closes by itself."""

NO_DISPOSITION = "not_set"
"""The disposition of a wrap-up whose time ran out."""


async def ask(work: Work, interaction: Interaction, customer: Customer) -> None:
    """Put a new interaction into the queue; raises AlreadyOpen where one waits or is live."""
    await work.interactions.add(interaction)
    await tell(work, interaction, "help.asked", by_customer(customer), why_now=interaction.why_now)
    work.ring(topics.QUEUE)


async def offer(work: Work, matches: Sequence[Match], names: Mapping[UUID, str]) -> None:
    """Propose queued interactions to agents, each as long as its queue allows."""
    now = await work.now()
    offered = await work.interactions.save_offered([_offered(match, now) for match in matches])
    entries = []
    for one, match in zip(offered, matches, strict=True):
        body = {
            **about(one),
            "agent_id": str(match.agent_id),
            "agent_name": names[match.agent_id],
            "offered_at": now.isoformat(),
            "expires_at": (now + match.ttl).isoformat(),
        }
        told = Entry(kind="interaction.offered", actor=SYSTEM, body=body, audience=Audience.AGENTS)
        entries.append((one.conversation_id, told))
        ring(work, one)
    await work.timeline.append_all(entries)


def _offered(match: Match, now: datetime) -> Interaction:
    lease = Offer(agent_id=match.agent_id, offered_at=now, expires_at=now + match.ttl)
    return replace(match.interaction.after(Event.OFFER), offer=lease)


async def accept(work: Work, id: UUID, agent: Agent) -> Interaction:
    """Take an offered interaction; raises NotAllowed once the offer is over or somebody else's."""
    interaction = await seen(work, id, agent)
    now = await work.now()
    _must_hold_offer(interaction, agent, Event.ACCEPT)
    if interaction.offer is not None and now > interaction.offer.expires_at:
        raise NotAllowed(Event.ACCEPT.value, "the offer is over")
    live = replace(
        interaction.after(Event.ACCEPT),
        offer=None,
        wanted=None,
        agent_id=agent.id,
        accepted_at=now,
    )
    saved = await work.interactions.save(live)
    await tell(work, saved, "interaction.accepted", by_agent(agent), agent_name=agent.name)
    return saved


async def decline(work: Work, id: UUID, agent: Agent, reason: str) -> Interaction:
    """Give an offer back; the interaction keeps its place in the queue."""
    interaction = await seen(work, id, agent)
    _must_hold_offer(interaction, agent, Event.DECLINE)
    return await _back_to_queue(work, interaction, Event.DECLINE, by_agent(agent), reason)


async def expire(work: Work, interaction: Interaction) -> Interaction:
    """An offer ran out, or a wrap-up did: back to the queue, or closed."""
    if interaction.state is State.WRAP_UP:
        return await _dispose(work, interaction, SYSTEM, NO_DISPOSITION)
    return await _back_to_queue(work, interaction, Event.EXPIRE, SYSTEM, "no answer")


async def cancel(work: Work, id: UUID, customer: Customer) -> Interaction:
    """The customer leaves the queue, or does not come back after a pause."""
    interaction = await own(work, id, customer)
    told, now = people_of(interaction), await work.now()
    waited = (now - interaction.waiting_since).total_seconds()
    gone = replace(
        interaction.after(Event.CANCEL),
        offer=None,
        ended_at=interaction.paused_at or now,  # nobody talked during the pause
        remind_at=None,
    )
    saved = await work.interactions.save(gone)
    waited_s = round(waited) if interaction.state in WAITING else None
    await tell(work, saved, "interaction.cancelled", by_customer(customer), waited_s=waited_s)
    for person in told:
        work.ring(topics.me(person))
    if interaction.offer is not None:
        work.ring(topics.QUEUE)  # whoever it was offered to has room again
    return saved


async def end(work: Work, id: UUID, who: Agent | Customer) -> Interaction:
    """Over at once. The customer's yes, or the agent's end without asking: see closing.py."""
    return await ended(work, await taking_part(work, id, who), actor_of(who))


async def ended(
    work: Work, interaction: Interaction, actor: Actor, reason: str | None = None
) -> Interaction:
    """The conversation is over for now; the agent's wrap-up begins, its timer kept here."""
    now = await work.now()
    over = replace(interaction.after(Event.END), ended_at=now, wrap_up_until=now + WRAP_UP_TTL)
    saved = await work.interactions.save(over)
    await tell(work, saved, "interaction.ended", actor, reason=reason)
    return saved


async def wrap_up(work: Work, id: UUID, agent: Agent, disposition: str, note: str) -> Interaction:
    """Close with an outcome; raises UnknownDisposition for one that the queue does not know."""
    interaction = await held(work, id, agent)
    known = dispositions_of(interaction.queue, await work.setup.all(Disposition))
    if disposition not in {one.code for one in known}:
        raise UnknownDisposition(disposition, interaction.queue)
    if note:
        await write_note(work, interaction, agent, note)
    return await _dispose(work, interaction, by_agent(agent), disposition)


async def give_up(work: Work, interaction: Interaction) -> None:
    """Its agent is not there any more: back to its place in the queue; a wrap-up is closed."""
    if interaction.state is State.OFFERED:
        await _back_to_queue(work, interaction, Event.EXPIRE, SYSTEM, "the agent left")
        return
    if interaction.state is State.WRAP_UP:
        await _dispose(work, interaction, SYSTEM, NO_DISPOSITION)
        return
    told = people_of(interaction)
    queued = interaction.back_to_waiting(Event.GIVE_UP, await work.now())
    saved = await work.interactions.save(queued)
    await tell(work, saved, "interaction.given_up", SYSTEM)
    for person in told:
        work.ring(topics.me(person))
    work.ring(topics.QUEUE)


async def add_note(work: Work, id: UUID, agent: Agent, text: str) -> Interaction:
    """Write something that only agents see; whoever is asked for advice answers by it."""
    interaction = await at_hand(work, id, agent)
    await write_note(work, interaction, agent, text)
    return interaction


async def change_channel(
    work: Work, id: UUID, who: Agent | Customer, channel: Channel
) -> Interaction:
    """Go on by text, voice or video in the same interaction, without queueing again.

    A customer who waits may choose otherwise as well, and keeps the place. Raises NotAllowed where
    a customer wants to be called by an agent who has no room for a call; agents know themselves.
    """
    interaction = await taking_part(work, id, who)
    waits = interaction.state is State.QUEUED and isinstance(who, Customer)
    waits = waits and interaction.callback_id is None
    if interaction.state is not State.LIVE and not waits:
        raise NotAllowed("change the channel", interaction.state.value)
    if interaction.channel is channel:
        return interaction
    changed = await work.interactions.save(_on(interaction, channel))
    into_call = interaction.channel is Channel.TEXT and isinstance(who, Customer)
    if into_call and changed.agent_id is not None:
        await must_fit(work, changed.agent_id, changed)
    return await _tell_channel(work, changed, actor_of(who))


async def lost_call(work: Work, interaction: Interaction) -> Interaction:
    """The call ended by itself: what is still live goes on by text."""
    if interaction.state is not State.LIVE or interaction.channel is Channel.TEXT:
        return interaction
    changed = await work.interactions.save(_on(interaction, Channel.TEXT))
    return await _tell_channel(work, changed, SYSTEM)


async def rate(work: Work, id: UUID, customer: Customer, score: int, text: str) -> Interaction:
    """The customer's verdict, once the conversation is over; a second one replaces the first."""
    interaction = await own(work, id, customer)
    if interaction.ended_at is None or interaction.agent_id is None:
        raise NotAllowed("rate", interaction.state.value)
    said = blank(text)
    rated = replace(interaction, rating=Rating(score=score, text=said))
    saved = await work.interactions.save(rated)
    entry = Entry(
        kind="rating",
        actor=by_customer(customer),
        body={"interaction_id": str(id), "score": score, "text": said},
    )
    await work.timeline.append(interaction.conversation_id, entry)
    ring(work, saved)
    return saved


async def own(work: Work, id: UUID, customer: Customer) -> Interaction:
    """The customer's own interaction; another's is NotFound, as an unknown one is."""
    interaction = await work.interactions.get(id)
    if interaction.customer_id != customer.id:
        raise NotFound("interaction")
    return interaction


async def open_of(work: Work, customer_id: UUID) -> Interaction | None:
    """The customer's request that waits, is live or paused; there is one at most."""
    latest = await work.interactions.latest_of(customer_id)
    return latest if latest is not None and latest.state in OPEN else None


async def held(work: Work, id: UUID, agent: Agent) -> Interaction:
    """An interaction that this agent has taken; another's is NotFound."""
    interaction = await work.interactions.get(id)
    if interaction.agent_id != agent.id:
        raise NotFound("interaction")
    return interaction


async def in_hand(work: Work, id: UUID, agent: Agent) -> Interaction:
    """One that takes this agent up at present; raises NotAllowed once it is closed."""
    interaction = await held(work, id, agent)
    if interaction.state not in WITH_AGENT:
        raise NotAllowed("go on with it", interaction.state.value)
    return interaction


async def at_hand(work: Work, id: UUID, agent: Agent) -> Interaction:
    """One that this agent has in hand or has joined; raises NotAllowed once it is closed."""
    for one in await joined_by(work, agent):
        if one.id == id:
            return one
    return await in_hand(work, id, agent)


async def held_by(work: Work, agent: Agent) -> list[Interaction]:
    """Those that this agent has taken and not closed; what is only offered is not among them."""
    mine = await work.interactions.with_agent(agent.id)
    return [one for one in mine if one.agent_id == agent.id]


async def beside(work: Work, agent: Agent) -> list[tuple[Role, Interaction]]:
    """Those in which this agent has joined the one who has it, and what for."""
    mine = await work.participants.with_agent(agent.id)
    joined = [one for one in mine if one.state is Joining.JOINED]
    return [(one.role, await work.interactions.get(one.interaction_id)) for one in joined]


async def joined_by(work: Work, agent: Agent) -> list[Interaction]:
    return [one for _, one in await beside(work, agent)]


async def seen(work: Work, id: UUID, who: Agent | Customer) -> Interaction:
    """One that `who` may look at: the customer's own, an agent's own, one of the agent's queues.

    A queue that overflows offers to agents of another: what they are offered, they may see, as
    what they are asked to join. Supervisors see all.
    """
    if isinstance(who, Customer):
        return await own(work, id, who)
    interaction = await work.interactions.get(id)
    if who.is_supervisor or interaction.queue in who.queues or interaction.agent_id == who.id:
        return interaction
    if interaction.offer is not None and interaction.offer.agent_id == who.id:
        return interaction
    mine = await work.participants.with_agent(who.id)
    if not any(one.interaction_id == id for one in mine):
        raise NotFound("interaction")
    return interaction


async def briefed(work: Work, id: UUID, agent: Agent) -> Interaction:
    """One whose context this agent may read: their own, joined, or waiting in their queues."""
    interaction = await seen(work, id, agent)
    if interaction.agent_id == agent.id or interaction.state in WAITING or agent.is_supervisor:
        return interaction
    if interaction not in await joined_by(work, agent):
        raise NotFound("interaction")
    return interaction


async def must_have(work: Work, agent: Agent, customer_id: UUID) -> None:
    """Raises NotFound unless this agent has something of the customer's, or is beside who has.

    An offer says why now; the rest of somebody's life is for who takes it.
    """
    with_them = [*await held_by(work, agent), *await joined_by(work, agent)]
    if not any(one.customer_id == customer_id for one in with_them):
        raise NotFound("customer")


async def taking_part(work: Work, id: UUID, who: Agent | Customer) -> Interaction:
    """An interaction of which `who` is one of the two sides."""
    return await (held(work, id, who) if isinstance(who, Agent) else own(work, id, who))


def _must_hold_offer(interaction: Interaction, agent: Agent, event: Event) -> None:
    interaction.after(event)
    if interaction.offer is None or interaction.offer.agent_id != agent.id:
        raise NotAllowed(event.value, "offered to somebody else")


async def _back_to_queue(
    work: Work, interaction: Interaction, event: Event, actor: Actor, reason: str
) -> Interaction:
    offer = interaction.offer
    queued = interaction.after(event)
    if offer is None:
        raise NotAllowed(event.value, interaction.state.value)
    attempt = Attempt(agent_id=offer.agent_id, at=await work.now())
    others = tuple(one for one in interaction.tried if one.agent_id != offer.agent_id)
    wanted = interaction.wanted  # the person did not take it: now it is for the queue
    if wanted is not None and wanted.agent_id == offer.agent_id:
        wanted = None
    queued = replace(queued, offer=None, wanted=wanted, tried=(*others, attempt))
    saved = await work.interactions.save(queued)
    kind = "interaction.declined" if event is Event.DECLINE else "interaction.expired"
    await tell(work, saved, kind, actor, Audience.AGENTS, reason=reason)
    work.ring(topics.me(offer.agent_id))
    work.ring(topics.QUEUE)
    return saved


def _on(interaction: Interaction, channel: Channel) -> Interaction:
    """What was expected of a wait, or heard of a silence, was that of the other channel."""
    return replace(
        interaction,
        channel=channel,
        closing=interaction.closing if channel is Channel.TEXT else None,
        quiet_at=None,
        expected_s=interaction.expected_s if interaction.state is State.LIVE else None,
    )


async def _tell_channel(work: Work, changed: Interaction, actor: Actor) -> Interaction:
    await tell(work, changed, "interaction.channel", actor)
    work.ring(topics.QUEUE)  # the agent may have a call or a text less in hand
    return changed


async def _dispose(
    work: Work, interaction: Interaction, actor: Actor, disposition: str
) -> Interaction:
    closed = replace(interaction.after(Event.DISPOSE), disposition=disposition, wrap_up_until=None)
    saved = await work.interactions.save(closed)
    await tell(
        work, saved, "interaction.wrapped_up", actor, Audience.AGENTS, disposition=disposition
    )
    work.ring(topics.QUEUE)
    return saved
