"""Saying something in a conversation: who may, and what is kept of it."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from app import topics
from app.conversation.desk import joined_by
from app.conversation.errors import ConversationError, NotAllowed, NotFound
from app.conversation.files import File, FileEvent, FileState
from app.conversation.interaction import State, Talking
from app.conversation.pausing import back_in_line
from app.conversation.people import Agent, Customer
from app.conversation.ports import Work
from app.conversation.secret_text import blank
from app.conversation.telling import actor_of
from app.conversation.timeline import Entry, Event, Viewer


class Saying(Struct, frozen=True, kw_only=True):
    """A message on its way; `cmid` is its client's id of it, a repeat is the same message."""

    who: Agent | Customer
    conversation_id: UUID
    cmid: UUID
    text: str = ""
    files: tuple[UUID, ...] = ()  # uploaded before; nobody else knows of them yet


class _Carrying(Struct, frozen=True):
    """A message that may be said, with the files that it carries."""

    saying: Saying
    files: Sequence[File]


async def say_all(work: Work, sayings: Sequence[Saying]) -> list[Event | ConversationError]:
    """Append the messages of many people; each is answered by its event, or by why it may not be.

    Card numbers do not survive. Whoever repeats what is stored is answered alike, also where
    nothing may be said any more, and where its files are no longer to be given away.
    """
    talking = await work.interactions.talking({one.conversation_id for one in sayings})
    await _wake(work, sayings, talking)
    free = await _free_files(work, sayings)
    may: list[_Carrying] = []
    answers: list[ConversationError | None] = []
    for one in sayings:
        refused = _refusal(one, talking)
        files = _taken(one, free) if one.files else ()
        if refused is None and files is not None:
            may.append(_Carrying(one, files))
            answers.append(None)
        else:
            answers.append(refused or NotFound("file"))
    entries = [(one.saying.conversation_id, _entry(one)) for one in may]
    events = await work.timeline.append_all(entries)
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
    """Whose view it is; NotFound unless it is the customer's own or in this agent's hands.

    Whoever joined the conversation of another agent has it in hand as well.
    """
    if isinstance(who, Customer):
        if who.conversation_id != conversation:
            raise NotFound("conversation")
        return Viewer.CUSTOMER
    mine = await work.interactions.with_agent(who.id)
    if any(one.conversation_id == conversation and one.agent_id == who.id for one in mine):
        return Viewer.AGENT
    if not any(one.conversation_id == conversation for one in await joined_by(work, who)):
        raise NotFound("conversation")
    return Viewer.AGENT


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


def _refusal(saying: Saying, talking: Collection[Talking]) -> ConversationError | None:
    who, here = saying.who, saying.conversation_id
    if isinstance(who, Agent):
        mine = any(one.conversation_id == here and one.agent_id == who.id for one in talking)
        return None if mine else NotFound("conversation")
    if who.conversation_id != here:
        return NotFound("conversation")
    if not any(one.conversation_id == here for one in talking):
        return NotAllowed("write", "nobody is asked for help")
    return None


async def _wake(work: Work, sayings: Sequence[Saying], talking: Collection[Talking]) -> None:
    """Whoever writes after a pause is back, and waits. A repeat of what was said before is not."""
    paused = {one.conversation_id: one.paused_id for one in talking if one.paused_id}
    wakes = [one for one in sayings if one.conversation_id in paused and _is_own(one)]
    if not wakes:
        return
    stored = await work.timeline.stored([(one.conversation_id, one.cmid) for one in wakes])
    repeats = {(event.conversation_id, event.cmid) for event in stored}
    back = {
        one.conversation_id: one.who
        for one in wakes
        if (one.conversation_id, one.cmid) not in repeats
    }
    for conversation, who in back.items():
        interaction = await work.interactions.get(paused[conversation])
        if interaction.state is State.PAUSED:
            await back_in_line(work, interaction, actor_of(who))


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
