"""The example company as real processes, whose server can be killed and started again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
from msgspec.structs import replace
from sqlalchemy import select

from app.demo.company import Company, prepare
from app.demo.ports import free_ports
from app.demo.processes import beside
from app.demo.run import load_people
from app.demo.server_process import ServerProcess
from app.store import tables
from app.store.engine import open_database


class Running:
    """A company with bank, push double and server on ports of their own."""

    def __init__(self, company: Company, http: aiohttp.ClientSession) -> None:
        self._http = http
        self.server = ServerProcess(company.config)
        self.url = f"http://localhost:{company.ports.server}"
        self.bank_url = f"http://localhost:{company.ports.bank}"
        self.database_url = company.config.resolved_database_url

    async def start(self) -> None:
        self.server.start()
        await asyncio.to_thread(self.server.wait)

    async def kill_and_restart(self) -> None:
        """SIGKILL: nothing is said to anybody."""
        await asyncio.to_thread(self.server.kill)
        await self.start()

    async def last_code(self, customer: str) -> str:
        """The newest one-time code that the bank "sent" to this customer."""
        return str((await self._messages(customer))[0]["code"])

    async def messages(self, customer: str) -> int:
        return len(await self._messages(customer))

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

    async def _messages(self, customer: str) -> list[Any]:
        found = await self._json(f"{self.bank_url}/messages.json?customer={customer}")
        return list(found["items"])

    async def _json(self, url: str) -> Any:
        async with self._http.get(url) as answer:
            return await answer.json()


@asynccontextmanager
async def running(
    data: Path, database_url: str = "", flows: Path | None = None
) -> AsyncIterator[Running]:
    """Everything started, with the bank's flows or those of a folder; ended with the block."""
    company = await asyncio.to_thread(
        prepare, data, free_ports(), database_url=database_url, media_addresses="127.0.0.1"
    )
    if flows is not None:
        company = replace(company, config=replace(company.config, flows_dir=str(flows)))
    await load_people(company)
    with beside(company):
        async with aiohttp.ClientSession() as http:
            place = Running(company, http)
            try:
                await place.start()
                yield place
            finally:
                await asyncio.to_thread(place.server.stop)
