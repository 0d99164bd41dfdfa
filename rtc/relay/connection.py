"""How does a process speak to a media worker? By its Unix socket; several may at once."""

import asyncio
import itertools
import logging
from collections.abc import Callable
from pathlib import Path

from rtc.engine import LegLost, LegUp, WorkerLost
from rtc.relay import messages
from rtc.relay.messages import Command, FromWorker, Reply

logger = logging.getLogger(__name__)

REPLY_S = 3.0
"""Commands take microseconds; a worker that needs longer than this hangs."""

Tell = Callable[[LegUp | LegLost], None]


class Connection:
    """One connection. It is never used again once it is over."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, tell: Tell
    ) -> None:
        self._writer = writer
        self._tell = tell
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Reply]] = {}
        self._reading = asyncio.create_task(self._read(reader))

    @classmethod
    async def open(cls, socket: Path, tell: Tell) -> "Connection":
        """Raises WorkerLost where nobody listens."""
        try:
            reader, writer = await asyncio.open_unix_connection(str(socket))
        except OSError as failed:
            raise WorkerLost("no media worker listens") from failed
        return cls(reader, writer, tell)

    async def ask(self, make: Callable[[int], Command]) -> Reply:
        """Send the command that `make` gives for an id; its reply. Raises WorkerLost."""
        if self._reading.done():
            raise WorkerLost("the media worker is gone")
        id_ = next(self._ids)
        reply: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._waiting[id_] = reply
        try:
            self._writer.write(messages.frame(make(id_)))
            return await asyncio.wait_for(reply, REPLY_S)
        except TimeoutError:
            self._writer.close()
            raise WorkerLost("the media worker does not answer") from None
        finally:
            del self._waiting[id_]

    async def over(self) -> None:
        """Until either side ends it."""
        await asyncio.wait({self._reading})  # unlike await, it leaves the reading to close()

    async def close(self) -> None:
        self._writer.close()
        await self._reading

    async def _read(self, reader: asyncio.StreamReader) -> None:
        try:
            while (body := await messages.read(reader)) is not None:
                self._take(messages.from_worker.decode(body))
        except ValueError:
            logger.exception("the media worker does not speak our language")
        for reply in self._waiting.values():
            if not reply.done():
                reply.set_exception(WorkerLost("the media worker died"))
        self._writer.close()

    def _take(self, message: FromWorker) -> None:
        if isinstance(message, LegUp | LegLost):
            self._tell(message)
        elif (reply := self._waiting.get(message.id)) is not None and not reply.done():
            reply.set_result(message)
