"""Messages are written together: whatever waits is one transaction, and one fsync.

Whoever sends is told
after the commit, so what was acknowledged is durable.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress

import structlog
from msgspec import Struct

from app.conversation.errors import ConversationError
from app.conversation.messages import Saying, say_all
from app.conversation.timeline import Event
from app.store.work import Store
from app.unbroken import unbroken

AT_ONCE = 256
"""Messages in one transaction; more gain little and delay those who wait for the first."""

AGAIN_AFTER_S = 0.05
"""How soon a database that went away is asked again."""

TRIES = 5
"""So often a message is tried alone, with a database that answers, before it is refused."""

log = structlog.get_logger()


class NotStored(Exception):
    """Something is wrong with this message alone; the log says what."""

    def __init__(self) -> None:
        super().__init__("this message could not be stored; it has been logged")


Answer = Event | ConversationError | NotStored
"""The event as stored, or why it may not be said."""


class _Waiting(Struct, frozen=True):
    saying: Saying
    answered: Callable[[Answer], None]


class Messages:
    """The one writer of messages in this process."""

    def __init__(self, store: Store, heard: Callable[[Event], None]) -> None:
        self._store = store
        self._heard = heard
        self._waiting: deque[_Waiting] = deque()
        self._waker = asyncio.Event()

    def put(self, saying: Saying, answered: Callable[[Answer], None]) -> None:
        """Say it with the next ones; `answered` is called once, after the commit."""
        self._waiting.append(_Waiting(saying, answered))
        self._waker.set()

    async def write(self) -> None:
        """Write whatever comes, for ever."""
        while True:
            await self._waker.wait()
            self._waker.clear()
            while self._waiting:
                many = min(AT_ONCE, len(self._waiting))
                await self._settle([self._waiting.popleft() for _ in range(many)])

    async def _settle(self, batch: Sequence[_Waiting], tries: int = 0) -> None:
        """Write them until each is stored or refused.

        After an error nobody knows what was stored: the same is written again, and whatever has a
        cmid that is there already is not stored twice. Halves find the one that is to blame.
        """
        try:
            answers: Sequence[Answer] = await unbroken(self._written(batch))
        except Exception as error:
            await self._database(error, len(batch))
            if len(batch) > 1:
                middle = len(batch) // 2
                await self._settle(batch[:middle])
                return await self._settle(batch[middle:])
            if tries < TRIES:
                return await self._settle(batch, tries + 1)
            log.exception("message.not_stored", cmid=str(batch[0].saying.cmid))
            answers = [NotStored()]
        for one, answer in zip(batch, answers, strict=True):
            one.answered(answer)
        return None

    async def _written(self, batch: Sequence[_Waiting]) -> Sequence[Answer]:
        async with self._store.write() as work:
            answers = await say_all(work, [one.saying for one in batch])
        for answer in answers:
            if isinstance(answer, Event):
                self._heard(answer)
        return answers

    async def _database(self, error: Exception, waiting: int) -> None:
        """Wait until it answers."""
        log.warning("messages.again", waiting=waiting, error=repr(error))
        while True:
            await asyncio.sleep(AGAIN_AFTER_S)
            with suppress(Exception):
                await self._store.epoch()
                return
