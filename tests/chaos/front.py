"""How is somebody served while the server processes are killed one after the other?

A request goes to one process, and to another one where that does not answer: all of it may be
repeated.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Mapping
from typing import Any

import aiohttp

from tests.chaos.server import Server

TRIES = 60
PAUSE_S = 0.25
TOO_LONG_S = 20.0


class NotServed(Exception):
    """No process answered for long."""


class Front:
    """All server processes, as clients know them."""

    def __init__(self, servers: list[Server], rng: random.Random) -> None:
        self.said: Counter[str] = Counter()
        """Every answer, by verb and status."""
        self._servers = servers
        self._rng = rng
        timeout = aiohttp.ClientTimeout(total=TOO_LONG_S)
        self._http = aiohttp.ClientSession(
            timeout=timeout, connector=aiohttp.TCPConnector(limit=200)
        )

    async def close(self) -> None:
        await self._http.close()

    def port(self) -> int:
        return self._rng.choice(self._servers).port

    async def ask(
        self,
        method: str,
        path: str,
        token: str,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, bytes]:
        """Status and body of the first true answer. Raises NotServed."""
        headers = {"Authorization": f"Bearer {token}", **(headers or {})}
        verb = f"{method} {path.rpartition('/')[2]}"
        for _ in range(TRIES):
            url = f"http://127.0.0.1:{self.port()}{path}"
            try:
                async with self._http.request(method, url, json=body, headers=headers) as answer:
                    content = await answer.read()
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                self.said[f"{verb} {type(error).__name__}"] += 1
            else:
                self.said[f"{verb} {answer.status}"] += 1
                if answer.status < 500:
                    return answer.status, content
            await asyncio.sleep(self._rng.uniform(0, 2 * PAUSE_S))
        raise NotServed(path)
