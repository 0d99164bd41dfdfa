"""Saying something in a conversation: who may, and what is kept of it."""

from uuid import UUID

from app import topics
from app.conversation.desk import by_agent, by_customer
from app.conversation.errors import NotAllowed, NotFound
from app.conversation.interaction import State
from app.conversation.people import Agent, Customer
from app.conversation.ports import Work
from app.conversation.secret_text import blank
from app.conversation.timeline import Actor, Entry, Event, Viewer

TALKING = frozenset({State.QUEUED, State.OFFERED, State.LIVE, State.WRAP_UP})
"""While an interaction is in one of these, its people may write."""


async def say(
    work: Work, who: Agent | Customer, conversation: UUID, cmid: UUID, text: str
) -> Event:
    """Append a message; a repeated `cmid` is the same message. Card numbers do not survive."""
    await must_see(work, who, conversation)
    if isinstance(who, Customer):
        await _must_be_talking(work, who)
    entry = Entry(kind="message", actor=_actor(who), body={"text": blank(text)}, cmid=cmid)
    event = await work.timeline.append(conversation, entry)
    work.ring(topics.conversation(conversation))
    return event


async def must_see(work: Work, who: Agent | Customer, conversation: UUID) -> Viewer:
    """Whose view it is; NotFound unless it is the customer's own, or in this agent's hands."""
    if isinstance(who, Customer):
        if who.conversation_id != conversation:
            raise NotFound("conversation")
        return Viewer.CUSTOMER
    mine = await work.interactions.with_agent(who.id)
    if not any(one.conversation_id == conversation and one.agent_id == who.id for one in mine):
        raise NotFound("conversation")
    return Viewer.AGENT


async def _must_be_talking(work: Work, customer: Customer) -> None:
    interaction = await work.interactions.latest_of(customer.id)
    if interaction is None or interaction.state not in TALKING:
        raise NotAllowed("write", "nobody is asked for help")


def _actor(who: Agent | Customer) -> Actor:
    return by_agent(who) if isinstance(who, Agent) else by_customer(who)
