"""How far people have read, written together and not at once: of many marks the last is enough."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

import structlog

from app.conversation.marks import Mark
from app.conversation.reading import read_up_to
from app.conversation.timeline import Viewer
from app.store.away import DatabaseAway
from app.store.work import Store
from app.unbroken import unbroken

APART_S = 0.25
"""One transaction in this time, however many read; nobody waits for a tick longer than that."""

log = structlog.get_logger()


class Marks:
    """The one writer of marks in this process. What it had not written when it dies is lost."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: dict[tuple[UUID, Viewer], Mark] = {}
        self._waker = asyncio.Event()

    def put(self, mark: Mark) -> None:
        key = (mark.conversation_id, mark.side)
        self._waiting[key] = self._waiting.get(key, mark).raised(mark)
        self._waker.set()

    async def write(self) -> None:
        """Write whatever comes, for ever."""
        while True:
            await self._waker.wait()
            self._waker.clear()
            marks, self._waiting = self._waiting, {}
            try:
                await unbroken(self._written(list(marks.values())))
            except DatabaseAway:
                for mark in marks.values():
                    self.put(mark)
            except Exception:
                log.exception("marks.lost", marks=len(marks))
            await asyncio.sleep(APART_S)

    async def _written(self, marks: Sequence[Mark]) -> None:
        async with self._store.write() as work:
            await read_up_to(work, marks)
