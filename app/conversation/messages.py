"""Saying something in a conversation: who may, and what is kept of it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

from msgspec import Struct

from app import topics
from app.conversation.closing import kept_open, opened
from app.conversation.desk import actor_of
from app.conversation.errors import ConversationError, NotAllowed, NotFound
from app.conversation.interaction import Interaction, Talking
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
    talking = defaultdict[UUID, list[Talking]](list)
    for one in await work.interactions.talking({each.conversation_id for each in sayings}):
        talking[one.conversation_id].append(one)
    answers = [_refusal(one, talking[one.conversation_id]) for one in sayings]
    may = [one for one, refused in zip(sayings, answers, strict=True) if refused is None]
    reopened = await _reopened(work, may, talking)
    events = iter(await work.timeline.append_all([(m.conversation_id, _entry(m)) for m in may]))
    for interaction, speaker in reopened:
        await kept_open(work, interaction, speaker)
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
    """Whose view it is; NotFound unless it is the customer's own, or in this agent's hands."""
    if isinstance(who, Customer):
        if who.conversation_id != conversation:
            raise NotFound("conversation")
        return Viewer.CUSTOMER
    mine = await work.interactions.with_agent(who.id)
    if not any(one.conversation_id == conversation and one.agent_id == who.id for one in mine):
        raise NotFound("conversation")
    return Viewer.AGENT


def _refusal(saying: Saying, here: Sequence[Talking]) -> ConversationError | None:
    who = saying.who
    if isinstance(who, Agent):
        mine = any(one.agent_id == who.id for one in here)
        return None if mine else NotFound("conversation")
    if who.conversation_id != saying.conversation_id:
        return NotFound("conversation")
    if not here:
        return NotAllowed("write", "nobody is asked for help")
    return None


async def _reopened(
    work: Work, sayings: Sequence[Saying], talking: Mapping[UUID, Sequence[Talking]]
) -> list[tuple[Interaction, Actor]]:
    """A customer who writes wants no end: those announced are withdrawn, before they are told.

    Interactions are locked before conversations. A message that is only repeated says nothing new.
    """
    everyone = (one for here in talking.values() for one in here)
    closing = {one.conversation_id: one.closing for one in everyone if one.closing is not None}
    spoken = {m.cmid: m for m in sayings if m.conversation_id in closing and _is_customers(m)}
    if not spoken:
        return []
    told = await work.timeline.stored([(one.conversation_id, one.cmid) for one in spoken.values()])
    new = [one for one in spoken.values() if one.cmid not in {event.cmid for event in told}]
    speakers = {closing[one.conversation_id]: actor_of(one.who) for one in new}
    return [
        (await opened(work, await work.interactions.get(id)), actor)
        for id, actor in speakers.items()
    ]


def _is_customers(saying: Saying) -> bool:
    return isinstance(saying.who, Customer)


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
    actor = actor_of(saying.who)
    return Entry(kind="message", actor=actor, body={"text": blank(saying.text)}, cmid=saying.cmid)
