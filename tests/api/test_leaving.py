"""A server that is stopped: everybody is sent away in time, and it ends by itself."""

import asyncio
import signal
from typing import Any

import msgspec
import websockets
from websockets.asyncio.client import connect

from tests.api.company import Company, SignedInCustomer
from tests.api.other_server import another_server


async def told_until_closed(socket: Any) -> list[Any]:
    told = []
    try:
        while True:
            told.append(msgspec.json.decode(await socket.recv()))
    except websockets.ConnectionClosed:
        return told


async def test_open_pages_are_sent_away(company: Company, maya: SignedInCustomer) -> None:
    async with another_server(company) as (process, url):
        async with connect(url.replace("http", "ws") + "/v1/live") as socket:
            hello = {"type": "hello", "token": maya.token, "cursors": {}}
            await socket.send(msgspec.json.encode(hello).decode())
            assert msgspec.json.decode(await socket.recv())["type"] == "welcome"
            process.send_signal(signal.SIGTERM)
            async with asyncio.timeout(5):
                told = await told_until_closed(socket)
        assert told[-1]["type"] == "goaway"
        assert 0 <= told[-1]["after_ms"] < 5_000
        assert socket.close_code == 1012
        async with asyncio.timeout(10):
            await process.wait()
