"""Bells by LISTEN and NOTIFY of the Postgres that is there anyway.

Never inside a transaction: there NOTIFY takes a lock that all commits of the database wait for, and
halves what can be written.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import asyncpg

CHANNEL = "warmline"
ANSWERS_WITHIN_S = 10.0


class PostgresLine:
    def __init__(self, url: str) -> None:
        self._url = url

    @asynccontextmanager
    async def speaking(self) -> AsyncIterator[Callable[[str], Awaitable[None]]]:
        async with self._connected() as postgres:

            async def say(payload: str) -> None:
                await postgres.execute("SELECT pg_notify($1, $2)", CHANNEL, payload)

            yield say

    @asynccontextmanager
    async def hearing(self, heard: Callable[[str], None]) -> AsyncIterator[Awaitable[object]]:
        async with self._connected() as postgres:
            gone = asyncio.Event()
            postgres.add_termination_listener(lambda _: gone.set())
            await postgres.add_listener(CHANNEL, lambda *told: heard(str(told[-1])))
            yield gone.wait()

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
        settings = {"application_name": "warmline bus"}
        postgres = await asyncpg.connect(
            self._url,
            timeout=ANSWERS_WITHIN_S,
            command_timeout=ANSWERS_WITHIN_S,
            server_settings=settings,
        )
        try:
            yield postgres
        finally:
            postgres.terminate()
