"""Saying something in a conversation: who may, and what is kept of it."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from msgspec import Struct

from app import topics
from app.conversation.closing import kept_open, opened
from app.conversation.desk import actor_of
from app.conversation.errors import ConversationError, NotAllowed, NotFound
from app.conversation.interaction import Interaction, State, Talking
from app.conversation.pausing import back_in_line
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
    await _wake(work, sayings, talking)
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


Talks = Mapping[UUID, Sequence[Talking]]


async def _reopened(
    work: Work, sayings: Sequence[Saying], talking: Talks
) -> list[tuple[Interaction, Actor]]:
    """A customer who writes wants no end: those announced are withdrawn, before they are told.

    Interactions are locked before conversations.
    """
    closing = {id: one.closing_id for id, here in talking.items() for one in here if one.closing_id}
    speakers = await _newly_said(work, sayings, closing)
    return [
        (await opened(work, await work.interactions.get(closing[id])), actor_of(who))
        for id, who in speakers.items()
    ]


async def _wake(work: Work, sayings: Sequence[Saying], talking: Talks) -> None:
    """Whoever writes after a pause is back, and waits."""
    paused = {id: one.paused_id for id, here in talking.items() for one in here if one.paused_id}
    for id, who in (await _newly_said(work, sayings, paused)).items():
        interaction = await work.interactions.get(paused[id])
        if interaction.state is State.PAUSED:
            await back_in_line(work, interaction, actor_of(who))


async def _newly_said(
    work: Work, sayings: Sequence[Saying], conversations: Collection[UUID]
) -> dict[UUID, Agent | Customer]:
    """Where the customer says something; a repeat of what was said before is nothing."""
    own = [one for one in sayings if one.conversation_id in conversations and _is_own(one)]
    if not own:
        return {}
    stored = await work.timeline.stored([(one.conversation_id, one.cmid) for one in own])
    repeats = {(event.conversation_id, event.cmid) for event in stored}
    new = [one for one in own if (one.conversation_id, one.cmid) not in repeats]
    return {one.conversation_id: one.who for one in new}


def _is_own(saying: Saying) -> bool:
    who = saying.who
    return isinstance(who, Customer) and who.conversation_id == saying.conversation_id


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
    body = {"text": blank(saying.text)}
    return Entry(kind="message", actor=actor_of(saying.who), body=body, cmid=saying.cmid)
