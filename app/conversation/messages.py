"""Saying something in a conversation: who may, and what is kept of it."""

from collections.abc import Collection, Sequence
from uuid import UUID

from msgspec import Struct

from app import topics
from app.conversation.desk import by_agent, by_customer
from app.conversation.errors import ConversationError, NotAllowed, NotFound
from app.conversation.interaction import Talking
from app.conversation.people import Agent, Customer
from app.conversation.ports import Work
from app.conversation.secret_text import blank
from app.conversation.timeline import Actor, Entry, Event, Viewer


class Saying(Struct, frozen=True, kw_only=True):
    """A message on its way; `cmid` is its client's id of it, a repeat is the same message."""

    who: Agent | Customer
    conversation_id: UUID
    cmid: UUID
    text: str


async def say_all(work: Work, sayings: Sequence[Saying]) -> list[Event | ConversationError]:
    """Append the messages of many people; each is answered by its event, or by why it may not be.

    Card numbers do not survive. Whoever repeats what is stored is answered alike, also where
    nothing may be said any more.
    """
    talking = await work.interactions.talking({one.conversation_id for one in sayings})
    answers = [_refusal(one, talking) for one in sayings]
    may = [one for one, refused in zip(sayings, answers, strict=True) if refused is None]
    events = iter(await work.timeline.append_all([(m.conversation_id, _entry(m)) for m in may]))
    repeats = await _stored(work, [s for s, a in zip(sayings, answers, strict=True) if a])
    return [
        next(events) if refused is None else repeats.get((one.conversation_id, one.cmid), refused)
        for one, refused in zip(sayings, answers, strict=True)
    ]


async def say(work: Work, saying: Saying) -> Event:
    """Append one message. Raises NotFound, NotAllowed where it may not be said."""
    (answer,) = await say_all(work, [saying])
    if not isinstance(answer, Event):
        raise answer
    work.ring(topics.conversation(saying.conversation_id))
    return answer


async def must_see(work: Work, who: Agent | Customer, conversation: UUID) -> Viewer:
    """Whose view it is; NotFound unless it is the customer's own, or in this agent's hands.

    With a customer an agent has in hand what that one said before signing in.
    """
    if isinstance(who, Customer):
        if who.conversation_id != conversation:
            raise NotFound("conversation")
        return Viewer.CUSTOMER
    mine = [one for one in await work.interactions.with_agent(who.id) if one.agent_id == who.id]
    if any(one.conversation_id == conversation for one in mine):
        return Viewer.AGENT
    if await _linked_to(work, conversation) not in {one.customer_id for one in mine}:
        raise NotFound("conversation")
    return Viewer.AGENT


async def _linked_to(work: Work, conversation: UUID) -> UUID | None:
    """The customer who signed in on the device whose conversation it was."""
    try:
        guest = await work.customers.of_conversation(conversation)
    except NotFound:
        raise NotFound("conversation") from None
    identity = await work.identities.of(guest.id)
    return identity.linked_to if identity else None


def _refusal(saying: Saying, talking: Collection[Talking]) -> ConversationError | None:
    who, here = saying.who, saying.conversation_id
    if isinstance(who, Agent):
        return None if Talking(here, who.id) in talking else NotFound("conversation")
    if who.conversation_id != here:
        return NotFound("conversation")
    if not any(one.conversation_id == here for one in talking):
        return NotAllowed("write", "nobody is asked for help")
    return None


async def _stored(work: Work, refused: Sequence[Saying]) -> dict[tuple[UUID, UUID], Event]:
    """What was said before by those who are refused now."""
    if not refused:
        return {}
    speakers = {(one.conversation_id, one.cmid): one.who.id for one in refused}
    return {
        (event.conversation_id, event.cmid): event
        for event in await work.timeline.stored(list(speakers))
        if event.cmid and speakers[event.conversation_id, event.cmid] == event.actor.id
    }


def _entry(saying: Saying) -> Entry:
    actor = _actor(saying.who)
    return Entry(kind="message", actor=actor, body={"text": blank(saying.text)}, cmid=saying.cmid)


def _actor(who: Agent | Customer) -> Actor:
    return by_agent(who) if isinstance(who, Agent) else by_customer(who)
