"""How does the server hold one run of a media worker?"""

import asyncio
import logging
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path

from rtc.engine import WorkerLost

logger = logging.getLogger(__name__)

START_S = 20.0
STOP_S = 3.0


class WorkerProcess:
    """A worker that is up. It is never reused after its death."""

    def __init__(self, process: Process, port: int) -> None:
        self.port = port
        self.pid = process.pid
        self._process = process

    @classmethod
    async def start(cls, addresses: tuple[str, ...], port: int, socket: Path) -> "WorkerProcess":
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
            return cls(process, await asyncio.wait_for(_ready(process), START_S))
        except (TimeoutError, OSError, WorkerLost) as failed:
            await _stop(process)
            raise WorkerLost(f"the media worker did not start on port {port}") from failed
        except asyncio.CancelledError:
            await _stop(process)
            raise

    async def wait(self) -> int:
        """Until the worker dies; its return code."""
        return await self._process.wait()

    def kill(self) -> None:
        if self._process.returncode is None:
            self._process.kill()

    async def stop(self) -> None:
        """End the worker; its port is free afterwards."""
        await _stop(self._process)


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
