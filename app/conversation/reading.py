"""Telling how far people have read: only what both sides see counts, and only what is news."""

from collections.abc import Sequence

from msgspec.structs import replace

from app import topics
from app.conversation.marks import Mark
from app.conversation.ports import Work
from app.conversation.timeline import Viewer


async def read_up_to(work: Work, marks: Sequence[Mark]) -> None:
    """Raise the marks, and ring where one grew.

    An agent who reads a colleague's note has read nothing that the customer knows of: it must move
    no number that the customer is told.
    """
    conversations = [one.conversation_id for one in marks]
    heads = await work.timeline.heads(conversations, Viewer.CUSTOMER)
    known = {(one.conversation_id, one.side): one for one in await work.marks.of(conversations)}
    now = await work.now()
    grown = []
    for one in marks:
        head = heads.get(one.conversation_id, 0)  # none: it is of another life of the database
        if head == 0:
            continue
        delivered, seen = min(one.delivered, head), min(one.seen, head)
        new = replace(one, delivered=delivered, seen=seen, seen_at=now if seen else None)
        before = known.get((one.conversation_id, one.side))
        if before is None or before.raised(new) != before:
            grown.append(new)
    await work.marks.raise_to(grown)
    for one in grown:
        work.ring(topics.marks(one.conversation_id))
