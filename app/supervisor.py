"""Several server processes on one port, and the media worker that they share.

All inherit one listening socket: a connection that waits for a process that dies is taken by
another. The supervisor itself serves nobody.
"""

import asyncio
import os
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from contextlib import suppress

import structlog

from app.config import Config, environment
from app.server import listen, relay_config
from migrations.run import upgrade
from rtc.relay.keeper import MediaWorker

RESTART_PAUSES_S = (0.0, 0.0, 0.5, 2.0, 5.0)
"""By the number of quick deaths in a row; whoever lived STEADY_S did not die quickly."""
STEADY_S = 10.0

STOPS_WITHIN_S = 30.0
"""Beyond the time for calls; then a process that still runs is killed."""

log = structlog.get_logger()


class NotStarted(Exception):
    """A process ended before it could serve; what it said is in the log."""

    def __init__(self, code: int) -> None:
        super().__init__(f"a server process ended with {code} before it could serve: see the log")


def supervise(config: Config, workers: int) -> None:
    """Serve with so many processes until SIGTERM or Ctrl-C; a second one waits for no call.

    Raises PortTaken, WorkerLost, NotStarted.
    """
    asyncio.run(_supervise(config, workers))


async def _supervise(config: Config, workers: int) -> None:
    await upgrade(config.resolved_database_url)
    with listen(config) as listener:
        async with MediaWorker(relay_config(config)) as media:
            await _Supervisor(config, listener, media).run(workers)


class _Supervisor:
    def __init__(self, config: Config, listener: socket.socket, media: MediaWorker) -> None:
        self._config = config
        self._listener = listener
        self._media = media
        self._running: set[Process] = set()
        self._stopping = asyncio.Event()

    async def run(self, workers: int) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop)
        try:
            async with asyncio.TaskGroup() as tasks:
                killing = tasks.create_task(self._kill_the_slow())
                keeping = [tasks.create_task(self._keep()) for _ in range(workers)]
                await asyncio.wait(keeping, return_when=asyncio.ALL_COMPLETED)
                killing.cancel()
        except* NotStarted as failed:
            raise failed.exceptions[0] from None

    def _stop(self) -> None:
        self._stopping.set()
        for process in self._running:
            _tell(process, signal.SIGTERM)

    async def _keep(self) -> None:
        """One process after another, until all shall stop."""
        clock = asyncio.get_running_loop().time
        process = await self._start()
        if not await _is_ready(process) and not self._stopping.is_set():
            raise NotStarted(await self._end_of(process))
        quick_deaths, started = 0, clock()
        while True:
            code = await self._end_of(process)
            if self._stopping.is_set():
                return
            log.error("server_process.died", pid=process.pid, code=code)
            quick_deaths = 0 if clock() - started > STEADY_S else quick_deaths + 1
            another = await self._another(quick_deaths)
            if another is None:
                return
            process, started = another, clock()

    async def _another(self, quick_deaths: int) -> Process | None:
        """In place of one that died; None once all shall stop."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(_pause_s(quick_deaths)):
                    await self._stopping.wait()
            if self._stopping.is_set():
                return None
            try:
                return await self._start()
            except OSError as error:  # no memory or descriptors for it: the others go on
                log.error("server_process.not_started", error=repr(error))  # noqa: TRY400 - no bug
                quick_deaths += 1

    async def _start(self) -> Process:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "app.server_process"),
            *(str(self._listener.fileno()), str(self._media.socket), self._media.place),
            env={**os.environ, **environment(self._config)},
            stdin=PIPE,  # its end tells the process that nobody is above it any more
            stdout=PIPE,
            pass_fds=[self._listener.fileno()],
            start_new_session=True,  # Ctrl-C reaches the supervisor, which passes it on
        )
        self._running.add(process)
        if self._stopping.is_set():
            _tell(process, signal.SIGTERM)
        return process

    async def _end_of(self, process: Process) -> int:
        try:
            return await process.wait()
        finally:
            self._running.discard(process)
            _tell(process, signal.SIGKILL)

    async def _kill_the_slow(self) -> None:
        await self._stopping.wait()
        await asyncio.sleep(self._config.drain_s + STOPS_WITHIN_S)
        for process in self._running:
            log.error("server_process.killed", pid=process.pid)
            _tell(process, signal.SIGKILL)


def _tell(process: Process, number: signal.Signals) -> None:
    """Nothing is left to tell one that has ended."""
    with suppress(ProcessLookupError):
        process.send_signal(number)


def _pause_s(quick_deaths: int) -> float:
    return RESTART_PAUSES_S[min(quick_deaths, len(RESTART_PAUSES_S) - 1)]


async def _is_ready(process: Process) -> bool:
    assert process.stdout is not None  # noqa: S101 - asked for
    return bool(await process.stdout.readline())
