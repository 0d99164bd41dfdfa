"""Changing one's own message for a while: the old words are gone, an event says that they changed.

The body that was stored is blanked and names the event that has the newest words; whoever still
has the old ones from before applies that event like any other.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from app import topics
from app.conversation.errors import NotAllowed, NotFound, Stale, TooLate
from app.conversation.files import FileEvent, FileState
from app.conversation.messages import must_see
from app.conversation.people import Agent, Customer
from app.conversation.ports import Work
from app.conversation.secret_text import blank
from app.conversation.telling import actor_of
from app.conversation.timeline import Entry, Event, Viewer


async def edit(
    work: Work,
    who: Agent | Customer,
    conversation: UUID,
    seq: int,
    *,
    cmid: UUID,
    text: str,
    within: timedelta,
) -> Event:
    """Give one's own message another text; its files stay.

    Raises NotFound for what is not theirs, TooLate, NotAllowed once it was deleted.
    """
    original = await _own_message(work, who, conversation, seq)
    body = {"of": seq, "text": blank(text)}
    entry = Entry(kind="message.edited", actor=actor_of(who), body=body, cmid=cmid)
    event = await append_once(work, conversation, entry)
    original = await event_at(work, conversation, seq)  # as it is now that the log is locked
    if _newest(original) >= event.seq:
        return event  # a repeat
    await _must_be_in_time(work, original, within)
    if "deleted" in original.body:
        raise NotAllowed("change this message", "it is deleted")
    await _blank_edit(work, original)
    await work.timeline.rewrite(
        conversation, seq, {**original.body, "text": "", "edited": event.seq}
    )
    work.ring(topics.conversation(conversation))
    return event


async def delete(
    work: Work, who: Agent | Customer, conversation: UUID, seq: int, within: timedelta
) -> None:
    """Take one's own message back, with its files; again changes nothing.

    Raises NotFound for what is not theirs, TooLate, Stale where somebody was faster.
    """
    original = await _own_message(work, who, conversation, seq)
    if "deleted" in original.body:
        return
    await _must_be_in_time(work, original, within)
    entry = Entry(kind="message.deleted", actor=actor_of(who), body={"of": seq})
    event = await work.timeline.append(conversation, entry)
    original = await event_at(work, conversation, seq)
    if "deleted" in original.body:
        raise Stale("message")
    await _blank_edit(work, original)
    await _take_back(work, original.body)
    await work.timeline.rewrite(conversation, seq, {"text": "", "deleted": event.seq})
    work.ring(topics.conversation(conversation))


async def event_at(work: Work, conversation: UUID, seq: int) -> Event:
    """The event with this number. Raises NotFound."""
    found = await work.timeline.after(conversation, seq - 1, Viewer.AGENT, 1)
    if not found or found[0].seq != seq:
        raise NotFound("message")
    return found[0]


async def append_once(work: Work, conversation: UUID, entry: Entry) -> Event:
    """Append it, or find it where it was appended before; nobody else changes the log after that.

    Raises NotAllowed where its cmid named something else before.
    """
    event = await work.timeline.append(conversation, entry)
    about = (event.kind, event.actor.id, event.body.get("of"))
    if about != (entry.kind, entry.actor.id, entry.body.get("of")):
        raise NotAllowed("use this cmid", "it names something else")
    return event


async def _own_message(work: Work, who: Agent | Customer, conversation: UUID, seq: int) -> Event:
    await must_see(work, who, conversation)
    message = await event_at(work, conversation, seq)
    if message.kind != "message" or message.actor.id != who.id:
        raise NotFound("message")
    return message


async def _must_be_in_time(work: Work, message: Event, within: timedelta) -> None:
    if await work.now() - message.at > within:
        raise TooLate(f"a message can be changed for {within.total_seconds() / 60:.0f} minutes")


def _newest(message: Event) -> int:
    """The last event that changed it, 0 where none did."""
    changes: list[int] = [message.body.get(one, 0) for one in ("edited", "deleted")]
    return max(changes)


async def _blank_edit(work: Work, message: Event) -> None:
    """The words of the edit before this one."""
    if edited := message.body.get("edited"):
        blanked = {"of": message.seq, "text": ""}
        await work.timeline.rewrite(message.conversation_id, edited, blanked)


async def _take_back(work: Work, body: dict[str, Any]) -> None:
    """Nobody reads its files any more; their content goes within a minute."""
    for file in await work.files.of([UUID(one["id"]) for one in body.get("files", ())]):
        if file.state is not FileState.REMOVED:
            await work.files.save(file.after(FileEvent.REMOVE), file.state)
