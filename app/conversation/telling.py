"""Who hears what of an interaction: the entry in its timeline, the bells of those who see it."""

from typing import Any
from uuid import UUID

from app import topics
from app.conversation.interaction import Interaction, State
from app.conversation.people import Agent, Customer
from app.conversation.ports import Work
from app.conversation.secret_text import blank
from app.conversation.timeline import Actor, ActorKind, Audience, Entry


def by_agent(agent: Agent) -> Actor:
    return Actor(kind=ActorKind.AGENT, id=agent.id, name=agent.name)


def by_customer(customer: Customer) -> Actor:
    return Actor(kind=ActorKind.CUSTOMER, id=customer.id, name=customer.name)


def actor_of(who: Agent | Customer) -> Actor:
    return by_agent(who) if isinstance(who, Agent) else by_customer(who)


async def tell(
    work: Work,
    interaction: Interaction,
    kind: str,
    actor: Actor,
    audience: Audience = Audience.EVERYONE,
    **more: Any,
) -> None:
    """Append what happened to the interaction, and ring for everybody whose view it changes."""
    entry = Entry(kind=kind, actor=actor, body=about(interaction) | more, audience=audience)
    await work.timeline.append(interaction.conversation_id, entry)
    ring(work, interaction)
    await ring_beside(work, interaction)


def about(interaction: Interaction) -> dict[str, Any]:
    return {"interaction_id": str(interaction.id), "channel": interaction.channel.value}


async def write_note(work: Work, interaction: Interaction, agent: Agent, text: str) -> None:
    """Append what only agents see; card numbers and the like are blanked."""
    entry = Entry(
        kind="note", actor=by_agent(agent), body={"text": blank(text)}, audience=Audience.AGENTS
    )
    await work.timeline.append(interaction.conversation_id, entry)
    work.ring(topics.conversation(interaction.conversation_id))


def ring(work: Work, interaction: Interaction) -> None:
    work.ring(topics.conversation(interaction.conversation_id))
    work.ring(topics.TEAM)
    for person in people_of(interaction):
        work.ring(topics.me(person))


async def ring_beside(work: Work, interaction: Interaction) -> None:
    """Colleagues who joined it, or are asked to, see it as well; only while it is live."""
    if interaction.state is State.LIVE:
        for one in await work.participants.open_of(interaction.id):
            if one.agent_id is not None:
                work.ring(topics.me(one.agent_id))


def people_of(interaction: Interaction) -> list[UUID]:
    """The customer, the agent who has it, the agent to whom it is offered."""
    people = [interaction.customer_id]
    if interaction.agent_id is not None:
        people.append(interaction.agent_id)
    if interaction.offer is not None:
        people.append(interaction.offer.agent_id)
    return people
