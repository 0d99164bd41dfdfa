"""Who sees to it that there is a media worker?

A worker that died or hangs is replaced at once, on the same port and the same Unix socket.
"""

import asyncio
import logging
import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from msgspec import Struct

from rtc.engine import LegLost, LegUp, WorkerLost
from rtc.relay.connection import Connection
from rtc.relay.messages import Carried
from rtc.relay.process import WorkerProcess

logger = logging.getLogger(__name__)

LOOK_S = 1.0
"""How often the worker is asked for a sign of life."""
RESTART_PAUSES_S = (0.0, 0.1, 0.5, 1.0, 2.0, 5.0)
"""Before the n-th restart in a row; a worker that lived STEADY_S starts the row anew."""
STEADY_S = 10.0


class RelayConfig(Struct, frozen=True, kw_only=True):
    addresses: tuple[str, ...]
    """Where browsers reach this machine; bound and announced. See rtc.addresses.own."""
    port: int = 8443
    """The one UDP port; 0 takes a free one and keeps it over restarts."""


class MediaWorker:
    """A media worker for as long as the block lasts.

    Raises WorkerLost on entry when it cannot start.
    """

    def __init__(self, config: RelayConfig) -> None:
        self.socket = Path(tempfile.gettempdir()) / f"warmline-media-{secrets.token_hex(8)}"
        self._config = config
        self._port = config.port
        self._process: WorkerProcess | None = None
        self._keeping: asyncio.Task[None] | None = None

    @property
    def port(self) -> int:
        return self._port

    @property
    def place(self) -> str:
        """Where browsers reach it. See rtc.engine.Engine.place."""
        return f"{self._config.addresses[0]}:{self._port}"

    @property
    def pid(self) -> int | None:
        """Its process id, while there is one."""
        return None if self._process is None else self._process.pid

    async def __aenter__(self) -> Self:
        process = await self._start()
        self._keeping = asyncio.create_task(self._keep(process))
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._keeping is not None:
            self._keeping.cancel()
            await asyncio.gather(self._keeping, return_exceptions=True)
        if self._process is not None:
            await self._process.stop()
        with suppress(FileNotFoundError):
            os.unlink(self.socket)  # what a killed worker left

    async def _start(self) -> WorkerProcess:
        process = await WorkerProcess.start(self._config.addresses, self._port, self.socket)
        self._port = process.port
        self._process = process
        logger.info("media worker pid=%d udp port=%d", process.pid, process.port)
        return process

    async def _keep(self, process: WorkerProcess) -> None:
        clock = asyncio.get_running_loop().time
        quick_deaths = 0
        while True:
            started = clock()
            code = await self._end_of(process)
            self._process = None
            logger.error("media worker died with code %d", code)
            quick_deaths = 0 if clock() - started > STEADY_S else quick_deaths + 1
            process = await self._restart(max(0, quick_deaths - 1))

    async def _end_of(self, process: WorkerProcess) -> int:
        """Its return code; one that hangs, or hangs up, is killed."""
        watching = asyncio.create_task(self._watch(process))
        try:
            return await process.wait()
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)

    async def _watch(self, process: WorkerProcess) -> None:
        try:
            connection = await Connection.open(self.socket, _ignore)
            try:
                while True:
                    await connection.ask(lambda id_: Carried(id=id_))
                    await asyncio.sleep(LOOK_S)
            finally:
                await connection.close()
        except WorkerLost:
            process.kill()

    async def _restart(self, failures: int) -> WorkerProcess:
        while True:
            await asyncio.sleep(RESTART_PAUSES_S[min(failures, len(RESTART_PAUSES_S) - 1)])
            try:
                return await self._start()
            except WorkerLost as failed:
                logger.error("%s", failed)  # noqa: TRY400 - the cause is in the worker's own log
                failures += 1


def _ignore(_: LegUp | LegLost) -> None:
    """Legs are the business of those who signal."""
