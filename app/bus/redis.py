"""Bells by the pub/sub of a Redis, or of whatever else speaks its protocol.

For deployments whose Postgres is reached through a pooler that cannot LISTEN, or has better things
to do. Nothing is kept there: a Redis that is lost, emptied or replaced costs seconds.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

CHANNEL = "warmline"
ANSWERS_WITHIN_S = 2.0


class RedisLine:
    def __init__(self, url: str) -> None:
        self._url = url

    @asynccontextmanager
    async def speaking(self) -> AsyncIterator[Callable[[str], Awaitable[None]]]:
        async with self._client(socket_timeout=ANSWERS_WITHIN_S) as redis:

            async def say(payload: str) -> None:
                await redis.publish(CHANNEL, payload)

            yield say

    @asynccontextmanager
    async def hearing(self, heard: Callable[[str], None]) -> AsyncIterator[Awaitable[object]]:
        async with self._client() as redis, redis.pubsub() as told:
            await told.subscribe(CHANNEL)
            if await told.get_message(timeout=ANSWERS_WITHIN_S) is None:
                raise ConnectionError("no answer to SUBSCRIBE")

            async def pass_on() -> None:
                async for message in told.listen():
                    heard(message["data"].decode())

            yield pass_on()

    def _client(self, **more: Any) -> Redis:
        """Without retries of its own: whoever lost the connection has to look around first."""
        return Redis.from_url(
            self._url,
            socket_connect_timeout=ANSWERS_WITHIN_S,
            retry=Retry(NoBackoff(), 0),
            **more,
        )
