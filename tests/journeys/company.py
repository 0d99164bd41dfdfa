"""The example company as real processes, whose server can be killed and started again."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
from sqlalchemy import select

from app.config import environment
from app.demo.company import ROOT, Company, Ports, prepare
from app.demo.processes import beside
from app.demo.run import load_people
from app.store import tables
from app.store.engine import open_database

READY_WITHIN_S = 30.0


class Running:
    """A company with bank, push double and server on ports of their own."""

    def __init__(self, company: Company, http: aiohttp.ClientSession) -> None:
        self._company = company
        self._http = http
        self._server: subprocess.Popen[bytes] | None = None
        self.log = company.data / "server.log"
        self.url = f"http://localhost:{company.ports.server}"
        self.bank_url = f"http://localhost:{company.ports.bank}"
        self.database_url = company.config.resolved_database_url

    async def start(self) -> None:
        with self.log.open("ab") as log:
            self._server = subprocess.Popen(  # noqa: ASYNC220 - returns at once
                [sys.executable, "-m", "app.cli", "serve"],
                cwd=ROOT,
                env={**os.environ, **environment(self._company.config)},
                stdout=log,
                stderr=log,
            )
        async with asyncio.timeout(READY_WITHIN_S):
            while not await self._is_ready():
                assert self._server.poll() is None, self.log.read_text()[-2000:]
                await asyncio.sleep(0.05)

    async def kill(self) -> None:
        """SIGKILL: nothing is said to anybody."""
        assert self._server is not None
        self._server.send_signal(signal.SIGKILL)
        await asyncio.to_thread(self._server.wait)

    async def kill_and_restart(self) -> None:
        await self.kill()
        await self.start()

    async def stop(self) -> None:
        if self._server is not None and self._server.poll() is None:
            self._server.terminate()
            await asyncio.to_thread(self._server.wait, 15)

    async def last_code(self, customer: str) -> str:
        """The newest one-time code that the bank "sent" to this customer."""
        messages = await self._json(f"{self.bank_url}/messages.json?customer={customer}")
        return str(messages["items"][0]["code"])

    async def messages(self, customer: str) -> int:
        found = await self._json(f"{self.bank_url}/messages.json?customer={customer}")
        return len(found["items"])

    async def card_status(self, customer: str, card: str) -> str:
        cards = await self._json(f"{self.bank_url}/cards?customer={customer}")
        return str(next(one["status"] for one in cards["items"] if one["id"] == card))

    async def ratings(self) -> list[int]:
        """The scores in the database, oldest interaction first."""
        database = open_database(self.database_url)
        try:
            async with database.read() as db:
                asked = select(tables.interaction.c.rating_score).order_by(
                    tables.interaction.c.enqueued_at
                )
                return [score for (score,) in await db.execute(asked) if score is not None]
        finally:
            await database.close()

    async def _json(self, url: str) -> Any:
        async with self._http.get(url) as answer:
            return await answer.json()

    async def _is_ready(self) -> bool:
        try:
            async with self._http.get(f"{self.url}/health/ready") as answer:
                return answer.status == 200
        except aiohttp.ClientConnectionError:
            return False


@asynccontextmanager
async def running(data: Path, database_url: str = "") -> AsyncIterator[Running]:
    """Everything started; everything ended with the block."""
    ports = Ports(server=free(), bank=free(), push=free(), media=free(socket.SOCK_DGRAM))
    company = await asyncio.to_thread(
        prepare, data, ports, database_url=database_url, media_addresses="127.0.0.1"
    )
    await load_people(company)
    with beside(company):
        async with aiohttp.ClientSession() as http:
            place = Running(company, http)
            await place.start()
            try:
                yield place
            finally:
                await place.stop()


def free(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """A port that nobody uses at the moment."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
