"""A server that is stopped: everybody is sent away in time, and it ends by itself."""

import asyncio
import signal
from typing import Any

import msgspec
import pytest
import websockets
from websockets.asyncio.client import connect

from tests.api.company import Company, Person, SignedInAgent, SignedInCustomer
from tests.api.live_client import live_page
from tests.api.other_server import another_server, company_at
from tests.api.test_calls import describe, ringing


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


@pytest.mark.parametrize(("drain_s", "signals"), [(2, 1), (60, 2)])
async def test_a_call_is_waited_for_but_not_for_ever(
    company: Company, maya: SignedInCustomer, ines: SignedInAgent, drain_s: int, signals: int
) -> None:
    call = await ringing(maya, ines)
    async with (
        another_server(company, drain_s=drain_s) as (process, url),
        company_at(company, url) as there,
    ):
        phone = Person(there, maya.token)
        assert (await describe(phone, call, "offer")).status_code == 204
        async with live_page(phone) as page:
            process.send_signal(signal.SIGTERM)
            await asyncio.sleep(1)
            assert process.returncode is None
            assert (await phone.get("/health/ready")).status_code == 503
            for _ in range(signals - 1):
                process.send_signal(signal.SIGTERM)
            await page.next("goaway")
            assert await page.closed() == 1012
        async with asyncio.timeout(10):
            await process.wait()
