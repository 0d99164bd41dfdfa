"""A store that loses transactions, or the news of their commit, as a killed server does."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import StrEnum
from uuid import UUID

from app.store.work import Store, Work


class Crash(BaseException):
    """The server was killed just here: no code of it goes on, however careful."""


class Fate(StrEnum):
    """What becomes of the next transaction."""

    DONE = "done"
    ABORTED = "aborted"  # killed before the commit
    ANSWER_LOST = "answer_lost"  # killed after it


class CrashingStore:
    def __init__(self, store: Store) -> None:
        self._store = store
        self.next = Fate.DONE

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Work]:
        fate, self.next = self.next, Fate.DONE
        async with self._store.write() as work:
            yield work
            if fate is Fate.ABORTED:
                raise Crash
        if fate is Fate.ANSWER_LOST:
            raise Crash

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Work]:
        async with self._store.read() as work:
            yield work

    async def epoch(self) -> UUID:
        return await self._store.epoch()

    async def close(self) -> None:
        await self._store.close()
