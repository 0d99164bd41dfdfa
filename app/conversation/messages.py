"""Saying something in a conversation: who may, and what is kept of it."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from app import topics
from app.conversation import desk
from app.conversation.closing import kept_open, opened
from app.conversation.errors import ConversationError, NotAllowed, NotFound
from app.conversation.files import File, FileEvent, FileState
from app.conversation.interaction import Interaction, State, Talking
from app.conversation.participant import Role
from app.conversation.pausing import back_in_line
from app.conversation.people import Agent, Customer
from app.conversation.ports import Work
from app.conversation.secret_text import blank
from app.conversation.telling import actor_of
from app.conversation.timeline import Actor, Entry, Event, Viewer


class Saying(Struct, frozen=True, kw_only=True):
    """A message on its way; `cmid` is its client's id of it, a repeat is the same message."""

    who: Agent | Customer
    conversation_id: UUID
    cmid: UUID
    text: str = ""
    files: tuple[UUID, ...] = ()  # uploaded before; nobody else knows of them yet


class Part(Struct, frozen=True):
    """What somebody has to do with a conversation that they see."""

    talks: bool  # else they read along, and the customer does not notice
    has: frozenset[UUID] = frozenset()  # interactions in it that an agent has, or has joined


class _Carrying(Struct, frozen=True):
    """A message that may be said, with the files that it carries."""

    saying: Saying
    files: Sequence[File]


async def say_all(work: Work, sayings: Sequence[Saying]) -> list[Event | ConversationError]:
    """Append the messages of many people; each is answered by its event, or by why it may not be.

    Card numbers do not survive. Whoever repeats what is stored is answered alike, also where
    nothing may be said any more, and where its files are no longer to be given away.
    """
    talking = defaultdict[UUID, list[Talking]](list)
    for talk in await work.interactions.talking({one.conversation_id for one in sayings}):
        talking[talk.conversation_id].append(talk)
    free = await _free_files(work, sayings)
    may: list[_Carrying] = []
    answers: list[ConversationError | None] = []
    for one in sayings:
        refused = _refusal(one, talking[one.conversation_id])
        files = _taken(one, free) if one.files else ()
        if refused is None and files is not None:
            may.append(_Carrying(one, files))
            answers.append(None)
        else:
            answers.append(refused or NotFound("file"))
    entries = [(one.saying.conversation_id, _entry(one)) for one in may]
    await _wake(work, [one.saying for one in may], talking)
    reopened = await _reopened(work, [one.saying for one in may], talking)
    events = await work.timeline.append_all(entries)
    for interaction, speaker in reopened:
        await kept_open(work, interaction, speaker)
    await _give_away(work, may, events)
    said = iter(events)
    repeats = await _stored(work, [s for s, a in zip(sayings, answers, strict=True) if a])
    return [
        next(said) if refused is None else repeats.get((one.conversation_id, one.cmid), refused)
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
    """Whose view it is; NotFound for a conversation that is none of theirs.

    With a customer an agent sees what that one said before signing in.
    """
    await part_in(work, who, conversation)
    return Viewer.CUSTOMER if isinstance(who, Customer) else Viewer.AGENT


async def must_take_part(work: Work, who: Agent | Customer, conversation: UUID) -> None:
    """Raises NotFound where `who` may not talk."""
    if not (await part_in(work, who, conversation)).talks:
        raise NotFound("conversation")


async def part_in(work: Work, who: Agent | Customer, conversation: UUID) -> Part:
    """Raises NotFound for a conversation that is none of theirs."""
    if isinstance(who, Agent):
        return await _part_of_agent(work, who, conversation)
    if who.conversation_id != conversation:
        raise NotFound("conversation")
    return Part(talks=True)


async def _part_of_agent(work: Work, agent: Agent, conversation: UUID) -> Part:
    held, beside = await desk.held_by(work, agent), await desk.beside(work, agent)
    talking = [*held, *(one for role, one in beside if role is Role.SPECIALIST)]
    everything = [*held, *(one for _, one in beside)]
    here = frozenset(one.id for one in everything if one.conversation_id == conversation)
    customers = {one.customer_id for one in everything}
    if not here and await _linked_to(work, conversation) not in customers:
        raise NotFound("conversation")
    return Part(talks=any(one.id in here for one in talking), has=here)


async def _linked_to(work: Work, conversation: UUID) -> UUID | None:
    """The customer who signed in on the device whose conversation it was."""
    try:
        guest = await work.customers.of_conversation(conversation)
    except NotFound:
        raise NotFound("conversation") from None
    identity = await work.identities.of(guest.id)
    return identity.linked_to if identity else None


async def must_read(work: Work, who: Agent | Customer, id: UUID) -> File:
    """A file of a conversation that `who` sees; of one that was not said only its sender knows."""
    found = await work.files.of([id])
    if not found or not _is_there(found[0], who):
        raise NotFound("file")
    try:
        await must_see(work, who, found[0].conversation_id)
    except NotFound:
        raise NotFound("file") from None
    return found[0]


def _is_there(file: File, who: Agent | Customer) -> bool:
    if file.state is FileState.READY:
        return file.owner_id == who.id
    return file.state is FileState.SAID


async def _free_files(work: Work, sayings: Sequence[Saying]) -> dict[UUID, File]:
    """Those that came with these messages and were not said yet; most messages have none."""
    wanted = [id for one in sayings for id in one.files]
    if not wanted:
        return {}
    return {one.id: one for one in await work.files.of(wanted) if one.state is FileState.READY}


def _taken(saying: Saying, free: dict[UUID, File]) -> Sequence[File] | None:
    """Its files, which are then free no more; None where one of them is not for it to carry."""
    wanted = list(dict.fromkeys(saying.files))
    files = [free[id] for id in wanted if id in free and _is_of(free[id], saying)]
    if len(files) < len(wanted):
        return None
    for id in wanted:
        del free[id]
    return files


def _is_of(file: File, saying: Saying) -> bool:
    return (file.owner_id, file.conversation_id) == (saying.who.id, saying.conversation_id)


async def _give_away(work: Work, said: Sequence[_Carrying], events: Sequence[Event]) -> None:
    """Files belong to the message that carries them; a repeat of an older one carries none."""
    for one, event in zip(said, events, strict=True):
        if one.files and event.body.get("files") == [file.view() for file in one.files]:
            for file in one.files:
                given = replace(file.after(FileEvent.SAY), seq=event.seq)
                await work.files.save(given, FileState.READY)


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
    reopened = []
    for id, who in (await _newly_said(work, sayings, closing)).items():
        interaction = await work.interactions.get(closing[id])
        if interaction.closing is not None:
            reopened.append((await opened(work, interaction), actor_of(who)))
    return reopened


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


def _entry(carrying: _Carrying) -> Entry:
    saying = carrying.saying
    body: dict[str, Any] = {"text": blank(saying.text)}
    if carrying.files:
        body["files"] = [file.view() for file in carrying.files]
    return Entry(kind="message", actor=actor_of(saying.who), body=body, cmid=saying.cmid)
