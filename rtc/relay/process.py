"""How does the application hold one run of a media worker?"""

import asyncio
import itertools
import logging
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from pathlib import Path

from rtc.engine import LegLost, LegUp, WorkerLost
from rtc.relay import messages
from rtc.relay.messages import Command, FromWorker, Reply

logger = logging.getLogger(__name__)

START_S = 20.0
STOP_S = 3.0
REPLY_S = 3.0
"""Commands take microseconds; a worker that needs longer than this hangs and is killed."""

Tell = Callable[[LegUp | LegLost], None]


class WorkerProcess:
    """A worker that is up, and the connection to it. It is never reused after its death."""

    def __init__(
        self,
        process: Process,
        port: int,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        tell: Tell,
    ) -> None:
        self.port = port
        self.pid = process.pid
        self._process = process
        self._writer = writer
        self._tell = tell
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Reply]] = {}
        self._reading = asyncio.create_task(self._read(reader))

    @classmethod
    async def start(
        cls, addresses: tuple[str, ...], port: int, socket: Path, tell: Tell
    ) -> "WorkerProcess":
        """Raises WorkerLost when it does not come up, for example because the port is taken."""
        # Its own process group: Ctrl-C in a terminal reaches the server, which ends the worker.
        try:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "rtc.relay.worker"),
                *("--socket", str(socket), "--port", str(port)),
                *(part for address in addresses for part in ("--address", address)),
                stdin=PIPE,
                stdout=PIPE,
                start_new_session=True,
            )
        except OSError as failed:  # no descriptors or memory left for another process
            raise WorkerLost("no process for the media worker") from failed
        try:
            port = await asyncio.wait_for(_ready(process), START_S)
            reader, writer = await asyncio.open_unix_connection(str(socket))
        except (TimeoutError, OSError, WorkerLost) as failed:
            await _stop(process)
            raise WorkerLost(f"the media worker did not start on port {port}") from failed
        except asyncio.CancelledError:
            await _stop(process)
            raise
        return cls(process, port, reader, writer, tell)

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
            self._kill()
            raise WorkerLost("the media worker does not answer") from None
        finally:
            del self._waiting[id_]

    async def wait(self) -> int:
        """Until the worker dies or hangs up, which kills it; its return code."""
        await asyncio.wait({self._reading})  # unlike await, it leaves the reading to stop()
        self._kill()
        return await self._process.wait()

    async def stop(self) -> None:
        """End the worker; its port is free afterwards."""
        self._writer.close()
        await _stop(self._process)
        await self._reading

    def _kill(self) -> None:
        if self._process.returncode is None:
            self._process.kill()

    async def _read(self, reader: asyncio.StreamReader) -> None:
        try:
            while (body := await messages.read(reader)) is not None:
                self._take(messages.from_worker.decode(body))
        except ValueError:
            logger.exception("media worker pid=%d does not speak our language", self.pid)
        for reply in self._waiting.values():
            if not reply.done():
                reply.set_exception(WorkerLost("the media worker died"))
        self._writer.close()

    def _take(self, message: FromWorker) -> None:
        if isinstance(message, LegUp | LegLost):
            self._tell(message)
        elif (reply := self._waiting.get(message.id)) is not None and not reply.done():
            reply.set_result(message)


async def _ready(process: Process) -> int:
    if process.stdout is None:
        raise WorkerLost("no pipe from the worker")
    line = (await process.stdout.readline()).split()
    if len(line) != 2 or line[0] != b"ready":
        raise WorkerLost("the worker ended before it was ready")
    return int(line[1])


async def _stop(process: Process) -> None:
    """By the end of its standard input, else by SIGKILL."""
    if process.stdin is not None:
        process.stdin.close()
    try:
        await asyncio.wait_for(process.wait(), STOP_S)
    except TimeoutError:
        logger.warning("media worker pid=%d had to be killed", process.pid)
        process.kill()
        await process.wait()
