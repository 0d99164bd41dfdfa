"""How far each side has come, without a database."""

from collections.abc import MutableMapping, Sequence
from uuid import UUID

from app.conversation.marks import Mark
from app.conversation.timeline import Viewer


class MemoryMarks:
    def __init__(self, marks: MutableMapping[tuple[UUID, Viewer], Mark]) -> None:
        self._marks = marks

    async def raise_to(self, marks: Sequence[Mark]) -> None:
        for mark in marks:
            key = (mark.conversation_id, mark.side)
            self._marks[key] = self._marks.get(key, mark).raised(mark)

    async def of(self, conversations: Sequence[UUID]) -> Sequence[Mark]:
        return [one for one in self._marks.values() if one.conversation_id in conversations]
