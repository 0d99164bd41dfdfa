"""How does the application use the embedded relay?

The media run in a worker process: neither a slow query nor a garbage collection of the
application makes video stutter. A dead worker is replaced at once on the same port.
"""

import asyncio
import logging
import os
import secrets
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self
from uuid import UUID

from msgspec import Struct

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
from rtc.relay.messages import Command, Counted, Described, NoCall, Refused, Reply
from rtc.relay.process import WorkerProcess

logger = logging.getLogger(__name__)

PATIENCE_S = 5.0
"""How long a command waits for a worker that is being restarted (about 0.7 s)."""
RESTART_PAUSES_S = (0.0, 0.1, 0.5, 1.0, 2.0, 5.0)
"""Before the n-th restart in a row; a worker that lived STEADY_S starts the row anew."""
STEADY_S = 10.0


class RelayConfig(Struct, frozen=True, kw_only=True):
    addresses: tuple[str, ...]
    """Where browsers reach this machine; bound and announced. See rtc.addresses.own."""
    port: int = 8443
    """The one UDP port; 0 takes a free one and keeps it over restarts."""


class RelayEngine:
    """An Engine; `async with` starts and ends its worker.

    Raises WorkerLost on entry when the worker cannot start.
    """

    def __init__(self, config: RelayConfig, events: Events = ignore) -> None:
        self.events = events
        self._config = config
        self._socket = Path(tempfile.gettempdir()) / f"warmline-media-{secrets.token_hex(8)}"
        self._port = config.port
        self._worker: WorkerProcess | None = None
        self._up = asyncio.Event()
        self._calls: set[UUID] = set()
        self._news: asyncio.Queue[EngineEvent] = asyncio.Queue()
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(parties=2)

    @property
    def port(self) -> int:
        return self._port

    @property
    def worker_pid(self) -> int | None:
        """The media worker's process id, while there is one."""
        return None if self._worker is None else self._worker.pid

    async def __aenter__(self) -> Self:
        worker = await self._start()
        self._tasks = [
            asyncio.create_task(self._supervise(worker)),
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
        if self._worker is not None:
            await self._worker.stop()
        with suppress(FileNotFoundError):
            os.unlink(self._socket)  # what a killed worker left

    async def offer(self, call: UUID, gen: int, sdp: str) -> str:
        self._calls.add(call)
        reply = await self._ask(lambda id_: messages.Offer(id=id_, call=call, gen=gen, sdp=sdp))
        return _described(reply)

    async def answer(self, call: UUID, gen: int, sdp: str) -> str:
        reply = await self._ask(lambda id_: messages.Answer(id=id_, call=call, gen=gen, sdp=sdp))
        return _described(reply)

    async def end(self, call: UUID) -> None:
        self._calls.discard(call)
        if self._worker is None:
            return  # a worker that comes back knows no calls
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

    async def _ask(self, make: Callable[[int], Command]) -> Reply:
        try:
            await asyncio.wait_for(self._up.wait(), PATIENCE_S)
        except TimeoutError:
            raise WorkerLost("the media worker is away") from None
        if self._worker is None:
            raise WorkerLost("the media worker is away")
        return await self._worker.ask(make)

    async def _start(self) -> WorkerProcess:
        worker = await WorkerProcess.start(
            self._config.addresses, self._port, self._socket, self._news.put_nowait
        )
        self._port = worker.port
        self._worker = worker
        self._up.set()
        logger.info("media worker pid=%d udp port=%d", worker.pid, worker.port)
        return worker

    async def _supervise(self, worker: WorkerProcess) -> None:
        loop = asyncio.get_running_loop()
        quick_deaths = 0
        while True:
            started = loop.time()
            code = await worker.wait()
            self._worker = None
            self._up.clear()
            logger.error("media worker died with code %d, %d calls", code, len(self._calls))
            self._news.put_nowait(WorkerDied(calls=tuple(self._calls)))
            self._calls.clear()
            quick_deaths = 0 if loop.time() - started > STEADY_S else quick_deaths + 1
            worker = await self._restart(max(0, quick_deaths - 1))

    async def _restart(self, failures: int) -> WorkerProcess:
        while True:
            await asyncio.sleep(RESTART_PAUSES_S[min(failures, len(RESTART_PAUSES_S) - 1)])
            try:
                return await self._start()
            except WorkerLost as failed:
                logger.error("%s", failed)  # noqa: TRY400 - the cause is in the worker's own log
                failures += 1

    async def _tell(self) -> None:
        while True:
            event = await self._news.get()
            try:
                await self.events(event)
            except Exception:
                logger.exception("handler of %s failed", event)


def _described(reply: Reply) -> str:
    match reply:
        case Described(sdp=sdp):
            return sdp
        case Refused(line=line, reason=reason):
            raise BadDescription(line, reason)
        case NoCall(call=call, gen=gen):
            raise UnknownCall(call, gen)
    raise WorkerLost(f"unexpected reply {reply}")
