"""Asking a colleague in: for advice that the customer does not see, or into the conversation.

Whoever is asked gets an offer by the same rules as for an interaction: a lease, and only where
they have room. Each verb works in the caller's transaction.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from msgspec.structs import replace

from app import topics
from app.conversation import desk
from app.conversation.errors import NotAllowed, NotFound
from app.conversation.interaction import Attempt, Channel, How, Interaction, Passing, Wanted
from app.conversation.interaction import State as Life
from app.conversation.participant import Event, Outcome, Participant, Role, State
from app.conversation.people import Agent
from app.conversation.ports import Work
from app.conversation.routing import Match
from app.conversation.secret_text import blank
from app.conversation.target import Target, ToAgent, ToQueue, named
from app.conversation.telling import by_agent, tell
from app.conversation.timeline import SYSTEM, Actor, Audience
from app.ids import new_id

ASKED_FOR = timedelta(minutes=2)
"""So long somebody is looked for: the customer is there and waits for the agent meanwhile."""


async def ask(
    work: Work, id: UUID, agent: Agent, role: Role, target: Target, note: str
) -> Participant:
    """Ask a colleague to join; raises NotAllowed while another of this role is asked or there."""
    interaction = await desk.held(work, id, agent)
    _must_be_live(interaction)
    if any(one.role is role for one in await work.participants.open_of(id)):
        raise NotAllowed("ask another colleague", f"one {role.value} is asked already")
    to = await named(work, target, agent)
    now = await work.now()
    asked = Participant(
        id=new_id(),
        interaction_id=id,
        role=role,
        state=State.ASKED,
        asked_by=agent.id,
        asked_at=now,
        until=now + ASKED_FOR,
        note=blank(note),
        queue=target.name if isinstance(target, ToQueue) else None,
        skills=target.skills if isinstance(target, ToQueue) else {},
        wanted_id=target.id if isinstance(target, ToAgent) else None,
    )
    # Whoever ends the interaction at the same moment reads it again, and finds this one.
    interaction = await work.interactions.save(interaction)
    await work.participants.add(asked)
    await _tell(work, interaction, asked, "consult.asked", by_agent(agent), to=to, note=asked.note)
    work.ring(topics.QUEUE)
    return asked


def as_waiting(one: Participant, interaction: Interaction) -> Interaction:
    """The asking as an interaction that waits, for the round of offers.

    It takes the room of a text, stands where its customer stood, and is not for who has it.
    """
    return replace(
        interaction,
        id=one.id,
        state=Life.QUEUED,
        channel=Channel.TEXT,
        queue=one.queue or interaction.queue,
        skills=one.skills,
        language="",
        owner_id=None,
        tried=one.tried,
        wanted=Wanted(agent_id=one.wanted_id, until=one.until) if one.wanted_id else None,
        passed_on=Passing(
            how=How.TRANSFERRED,
            agent_id=interaction.agent_id or one.asked_by,
            by="",
            to="",
            reason="",
            at=one.asked_at,
        ),
    )


async def offer(work: Work, one: Participant, match: Match) -> None:
    """Propose it to one colleague, as long as their queue allows."""
    now = await work.now()
    offered = replace(
        one.after(Event.OFFER),
        agent_id=match.agent_id,
        offered_at=now,
        expires_at=now + match.ttl,
    )
    await work.participants.save(offered)
    await _ring(work, await work.interactions.get(one.interaction_id), offered)


async def accept(work: Work, id: UUID, agent: Agent) -> Participant:
    """Join; raises NotAllowed once the offer, or the interaction, is over or somebody else's."""
    one, interaction = await _seen(work, id, agent)
    _must_hold_offer(one, agent, Event.ACCEPT)
    _must_be_live(interaction)
    now = await work.now()
    if one.expires_at is not None and now > one.expires_at:
        raise NotAllowed(Event.ACCEPT.value, "the offer is over")
    joined = replace(one.after(Event.ACCEPT), joined_at=now, expires_at=None)
    saved = await work.participants.save(joined)
    told = {"agent_name": agent.name}
    if one.role is Role.SPECIALIST:
        await _tell(work, interaction, saved, "participant.joined", by_agent(agent), **told)
    else:
        await _tell(work, interaction, saved, "consult.accepted", by_agent(agent), **told)
    return saved


async def decline(work: Work, id: UUID, agent: Agent, reason: str) -> Participant:
    """Give the offer back: the next of the queue is asked; of one person nobody else is."""
    one, interaction = await _seen(work, id, agent)
    _must_hold_offer(one, agent, Event.DECLINE)
    return await _given_back(work, one, interaction, Event.DECLINE, reason)


async def leave(work: Work, id: UUID, agent: Agent) -> Participant:
    """The colleague goes, or the agent who asked needs them no more."""
    one, interaction = await _seen(work, id, agent)
    if one.state is State.OFFERED and one.agent_id == agent.id:
        raise NotAllowed("leave", "offered: decline it")
    if agent.id not in {one.agent_id, interaction.agent_id}:
        raise NotFound("participant")  # who declined has no say in it any more
    outcome = Outcome.LEFT if one.agent_id == agent.id else Outcome.TAKEN_BACK
    return await close(work, one, interaction, outcome, by_agent(agent))


async def expire(work: Work, one: Participant) -> None:
    """Its time ran out, or its interaction is live no more; else nothing happens."""
    interaction, now = await work.interactions.get(one.interaction_id), await work.now()
    if one.state is State.CLOSED:
        return
    if interaction.state is not Life.LIVE:
        await close(work, one, interaction, Outcome.OVER, SYSTEM)
    elif one.state is State.OFFERED and (one.expires_at is None or one.expires_at <= now):
        await _given_back(work, one, interaction, Event.EXPIRE, "no answer")
    elif one.state is State.ASKED and one.until <= now:
        await close(work, one, interaction, Outcome.NOBODY, SYSTEM)


async def over(work: Work, interaction: Interaction, actor: Actor) -> None:
    """Everybody who was asked or joined is free: the interaction ended or was passed on."""
    for one in await work.participants.open_of(interaction.id):
        await close(work, one, interaction, Outcome.OVER, actor)


async def close(
    work: Work,
    one: Participant,
    interaction: Interaction,
    outcome: Outcome,
    actor: Actor,
    reason: str = "",
) -> Participant:
    """Raises NotAllowed where it is closed already."""
    saved = await work.participants.save(one.closed(outcome, await work.now()))
    told = {"agent_name": await _name(work, one), "outcome": outcome.value}
    if one.role is Role.SPECIALIST and one.state is State.JOINED:
        await _tell(work, interaction, saved, "participant.left", actor, **told)
    else:
        await _tell(work, interaction, saved, "consult.ended", actor, reason=reason, **told)
    work.ring(topics.QUEUE)  # the colleague has room again
    return saved


async def joined_of(work: Work, id: UUID, agent: Agent) -> tuple[Participant, Interaction]:
    """Somebody who joined what this agent has; raises NotFound, NotAllowed."""
    one, interaction = await _seen(work, id, agent)
    await desk.held(work, interaction.id, agent)
    if one.state is not State.JOINED:
        raise NotAllowed("hand over", one.state.value)
    return one, interaction


async def _given_back(
    work: Work, one: Participant, interaction: Interaction, event: Event, reason: str
) -> Participant:
    asked, now = one.after(event), await work.now()
    if one.agent_id is None:
        raise NotAllowed(event.value, one.state.value)
    if one.queue is None:
        return await close(work, one, interaction, Outcome.DECLINED, SYSTEM, reason)
    if now >= one.until:
        return await close(work, one, interaction, Outcome.NOBODY, SYSTEM, reason)
    others = tuple(each for each in one.tried if each.agent_id != one.agent_id)
    tried = (*others, Attempt(agent_id=one.agent_id, at=now))
    back = replace(asked, agent_id=None, offered_at=None, expires_at=None, tried=tried)
    saved = await work.participants.save(back)
    await _ring(work, interaction, one)
    work.ring(topics.QUEUE)
    return saved


async def _seen(work: Work, id: UUID, agent: Agent) -> tuple[Participant, Interaction]:
    """One that concerns this agent: who is or was asked, who has the interaction."""
    one = await work.participants.get(id)
    interaction = await work.interactions.get(one.interaction_id)
    concerned = {one.agent_id, interaction.agent_id, *(each.agent_id for each in one.tried)}
    if agent.id not in concerned:
        raise NotFound("participant")
    return one, interaction


def _must_hold_offer(one: Participant, agent: Agent, event: Event) -> None:
    one.after(event)
    if one.agent_id != agent.id:
        raise NotAllowed(event.value, "offered to somebody else")


def _must_be_live(interaction: Interaction) -> None:
    if interaction.state is not Life.LIVE:
        raise NotAllowed("ask a colleague in", interaction.state.value)


async def _name(work: Work, one: Participant) -> str | None:
    return None if one.agent_id is None else (await work.agents.get(one.agent_id)).name


async def _tell(
    work: Work, interaction: Interaction, one: Participant, kind: str, actor: Actor, **more: Any
) -> None:
    """Customers hear of those who come to talk with them, and of no others."""
    everyone = kind.startswith("participant.")
    audience = Audience.EVERYONE if everyone else Audience.AGENTS
    told = {"participant_id": str(one.id), "role": one.role.value, **more}
    await tell(work, interaction, kind, actor, audience, **told)
    await _ring(work, interaction, one)


async def _ring(work: Work, interaction: Interaction, one: Participant) -> None:
    work.ring(topics.TEAM)
    for person in (interaction.customer_id, interaction.agent_id, one.agent_id, one.asked_by):
        if person is not None:
            work.ring(topics.me(person))
