"""The example bank on a real port of the test's own loop."""

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

import aiohttp
import msgspec

from examples.acting import utc_now
from examples.bank.bank import Bank
from examples.bank.books import Books
from examples.bank.keys import new_key
from examples.bank.people import CARDS, CHARGES
from examples.bank.server import create_app
from examples.bank.serving import listening, server
from examples.bank.signature import read_secret

SECRET = "whsec_" + b64encode(b"the bank and Warmline know this.").decode()
PHONE = "http://localhost:8000"


class RunningBank(msgspec.Struct, frozen=True, kw_only=True):
    url: str
    bank: Bank

    async def plan(self, action: str, kind: str, times: int = 1, delay_s: float = 10.0) -> None:
        fault = {"action": action, "kind": kind, "times": times, "delay_s": delay_s}
        async with (
            aiohttp.ClientSession(self.url) as http,
            http.post("/faults", json=fault) as response,
        ):
            assert response.status == 204


@asynccontextmanager
async def real_bank(
    with_faults: bool = True, now: Callable[[], datetime] = utc_now
) -> AsyncIterator[RunningBank]:
    books = Books.open(None, CARDS, CHARGES)
    bank = Bank(books=books, key=new_key(), secret=read_secret(SECRET), now=now)
    listener = listening("127.0.0.1", 0)
    running = server(create_app(bank, [PHONE], with_faults=with_faults))
    serving = asyncio.create_task(running.serve(sockets=[listener]))
    try:
        yield RunningBank(url=f"http://127.0.0.1:{listener.getsockname()[1]}", bank=bank)
    finally:
        running.should_exit = True
        await serving
        books.close()
