"""How does the application use the embedded relay?

The media run in a worker process: neither a slow query nor a garbage collection of the
application makes video stutter. Several server processes may use one worker: commands are
idempotent, and all of them hear what happens to legs.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import Self
from uuid import UUID

from rtc.engine import (
    BadDescription,
    CallStats,
    Capabilities,
    EngineEvent,
    Events,
    UnknownCall,
    WorkerDied,
    WorkerLost,
    ignore,
)
from rtc.relay import messages
from rtc.relay.connection import Connection
from rtc.relay.keeper import MediaWorker, RelayConfig
from rtc.relay.messages import Calls, Command, Counted, Described, NoCall, Refused, Reply

logger = logging.getLogger(__name__)

PATIENCE_S = 5.0
"""How long a command waits for a worker that is being restarted (about 0.7 s)."""
LOOK_AGAIN_S = 0.02
"""How often a worker that is away is looked for."""


class SharedRelay:
    """An Engine whose worker somebody else keeps; `async with` connects to it.

    Raises WorkerLost on entry when there is no worker.
    """

    def __init__(self, socket: Path, place: str, events: Events = ignore) -> None:
        self.events = events
        self._socket = socket
        self._place = place
        self._connection: Connection | None = None
        self._up = asyncio.Event()
        self._news: asyncio.Queue[EngineEvent] = asyncio.Queue()
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(parties=2)

    @property
    def place(self) -> str:
        return self._place

    async def __aenter__(self) -> Self:
        connection = await Connection.open(self._socket, self._news.put_nowait)
        self._tasks = [
            asyncio.create_task(self._stay_connected(connection)),
            asyncio.create_task(self._tell()),
        ]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._connection is not None:
            await self._connection.close()

    async def offer(self, call: UUID, gen: int, sdp: str) -> str:
        reply = await self._ask(lambda id_: messages.Offer(id=id_, call=call, gen=gen, sdp=sdp))
        return _described(reply)

    async def answer(self, call: UUID, gen: int, sdp: str) -> str:
        reply = await self._ask(lambda id_: messages.Answer(id=id_, call=call, gen=gen, sdp=sdp))
        return _described(reply)

    async def end(self, call: UUID) -> None:
        try:
            await self._ask(lambda id_: messages.End(id=id_, call=call))
        except WorkerLost:
            logger.info("call %s ended with its worker", call)

    async def stats(self, call: UUID) -> CallStats:
        reply = await self._ask(lambda id_: messages.Stats(id=id_, call=call))
        match reply:
            case Counted(stats=stats):
                return stats
            case NoCall():
                raise UnknownCall(reply.call, reply.gen)
        raise WorkerLost(f"unexpected reply {reply}")

    async def carried(self) -> frozenset[UUID]:
        reply = await self._ask(lambda id_: messages.Carried(id=id_))
        match reply:
            case Calls(calls=calls):
                return frozenset(calls)
        raise WorkerLost(f"unexpected reply {reply}")

    async def _ask(self, make: Callable[[int], Command]) -> Reply:
        try:
            await asyncio.wait_for(self._up.wait(), PATIENCE_S)
        except TimeoutError:
            raise WorkerLost("the media worker is away") from None
        if self._connection is None:
            raise WorkerLost("the media worker is away")
        return await self._connection.ask(make)

    async def _stay_connected(self, connection: Connection) -> None:
        while True:
            self._connection = connection
            self._up.set()
            await connection.over()
            self._connection = None
            self._up.clear()
            self._news.put_nowait(WorkerDied())
            connection = await self._connected()

    async def _connected(self) -> Connection:
        while True:
            try:
                return await Connection.open(self._socket, self._news.put_nowait)
            except WorkerLost:
                await asyncio.sleep(LOOK_AGAIN_S)

    async def _tell(self) -> None:
        while True:
            event = await self._news.get()
            try:
                await self.events(event)
            except Exception:
                logger.exception("handler of %s failed", event)


class RelayEngine(SharedRelay):
    """An Engine with a worker of its own; `async with` starts and ends it.

    Raises WorkerLost on entry when the worker cannot start.
    """

    def __init__(self, config: RelayConfig, events: Events = ignore) -> None:
        self._worker = MediaWorker(config)
        self._stack = AsyncExitStack()
        super().__init__(self._worker.socket, "", events)

    @property
    def place(self) -> str:
        return self._worker.place

    @property
    def port(self) -> int:
        return self._worker.port

    @property
    def worker_pid(self) -> int | None:
        """The media worker's process id, while there is one."""
        return self._worker.pid

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self._worker)
            await super().__aenter__()
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        async with self._stack:
            await super().__aexit__(kind, error, trace)


def _described(reply: Reply) -> str:
    match reply:
        case Described(sdp=sdp):
            return sdp
        case Refused(line=line, reason=reason):
            raise BadDescription(line, reason)
        case NoCall(call=call, gen=gen):
            raise UnknownCall(call, gen)
    raise WorkerLost(f"unexpected reply {reply}")
