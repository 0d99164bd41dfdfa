"""Which server is tormented? The real one in a process of its own, without a company around it."""

import asyncio
import base64
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.config import Config
from app.demo.ports import free_ports
from app.demo.processes import STARTED_WITHIN_S, NotStarted
from app.demo.server_process import ServerProcess, last_words

LOOK_AGAIN_S = 0.01
UNKEPT = "PYTHONDONTWRITEBYTECODE"
SECRET = secrets.token_urlsafe(48)
"""One for all that serve one database: a request may be repeated at another."""


class Server(ServerProcess):
    """Also tells its process id, whether it lives, and the moment from which it answers."""

    def __init__(
        self,
        data: Path,
        database_url: str = "",
        *,
        bus_url: str = "",
        commits_fail: bool = False,
        flows_dir: str = "",
    ) -> None:
        """`commits_fail`: some transactions report an error after they were committed."""
        ports = free_ports()
        config = Config(
            secret=SECRET,
            data_dir=data,
            database_url=database_url,
            bus_url=bus_url,
            flows_dir=flows_dir,
            port=ports.server,
            media_port=ports.media,
            # The server wants a back end to start; in these conversations nobody asks it.
            actions_url=f"http://localhost:{ports.bank}",
            actions_secret="whsec_" + base64.b64encode(secrets.token_bytes(32)).decode(),
            actions_networks="127.0.0.0/8,::1/128",
        )
        super().__init__(config)
        if commits_fail:
            self.program = "tests.chaos.after_commit"
        self._cache = data / "bytecode"
        self.port = config.port
        self.data_dir = data
        self.database_url = config.resolved_database_url

    def start(self) -> None:
        with _compiled_once(self._cache):
            super().start()

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    async def answers(self) -> None:
        """Return as soon as connections are accepted. Raises NotStarted with its last words."""
        try:
            async with asyncio.timeout(STARTED_WITHIN_S):
                while self.alive and not await self._accepts():
                    await asyncio.sleep(LOOK_AGAIN_S)
        except TimeoutError:
            raise NotStarted(f"silent for {STARTED_WITHIN_S:.0f} s") from None
        if not self.alive:
            raise NotStarted("\n".join(last_words(self.log)))

    async def _accepts(self) -> bool:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            return False
        writer.close()
        return True


@contextmanager
def _compiled_once(folder: Path) -> Iterator[None]:
    """Processes started meanwhile keep bytecode as in production, whatever this environment says.

    Without it each start compiles all modules anew, three times the work of the start itself.
    """
    if not os.environ.get(UNKEPT):
        yield
        return
    before = dict(os.environ)
    os.environ.update({UNKEPT: "", "PYTHONPYCACHEPREFIX": str(folder)})
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
