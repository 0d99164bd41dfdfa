"""The customer's phone as the push provider knows it: a simulated device of the push double."""

import asyncio

import aiohttp
import msgspec
from msgspec import Struct

from app.demo.client import PATIENCE_S, NotSeen

PUSHED_WITHIN_S = 30.0 + PATIENCE_S
"""A server killed while it sent leaves its lease, 30 s, before the next one may send again."""


class Pushed(Struct, frozen=True):
    """What reached the device: ids, no text."""

    data: dict[str, str]


class _NewDevice(Struct, frozen=True):
    token: str


class Handset:
    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        self._http = http
        self._url = f"{url}/double/devices"
        self.token = ""

    async def switch_on(self) -> str:
        """Returns the token by which the provider reaches this installation of the app."""
        async with self._http.post(self._url) as response:
            response.raise_for_status()
            self.token = msgspec.json.decode(await response.read(), type=_NewDevice).token
        return self.token

    async def receives(self, within_s: float = PUSHED_WITHIN_S) -> Pushed:
        """The first message on the device that it has not been handed yet. Raises NotSeen."""
        try:
            async with asyncio.timeout(within_s):
                return await self._first_message()
        except TimeoutError:
            raise NotSeen("a push message on the device", within_s, "an empty stream") from None

    async def _first_message(self) -> Pushed:
        """Server-sent events: one line of data is one message."""
        async with self._http.get(f"{self._url}/{self.token}/messages") as stream:
            stream.raise_for_status()
            async for line in stream.content:
                if line.startswith(b"data:"):
                    return msgspec.json.decode(line.removeprefix(b"data:"), type=Pushed)
        raise NotSeen("a push message on the device", 0, "the stream ended")
