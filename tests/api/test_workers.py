"""Several server processes on one port: they share calls, and none of them is missed for long."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from rtc.engine import Side
from rtc.peer import Peer
from tests.api.company import Company, SignedInAgent, SignedInCustomer, running_company
from tests.api.live_client import Page, live_page, open_page
from tests.api.other_server import another_server, company_at
from tests.api.real_bank import real_bank

pytestmark = pytest.mark.asyncio(loop_scope="session")

PAGES = 12


@pytest_asyncio.fixture(loop_scope="session")
async def company(migrated_postgres_url: str, tmp_path: Path) -> AsyncIterator[Company]:
    async with real_bank() as bank, running_company(bank, tmp_path, migrated_postgres_url) as one:
        yield one


def workers_of(pid: int) -> list[int]:
    """The server processes under this supervisor."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(one) for one in children if "app.server_process" in _command(one)]


def _command(pid: str) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:  # it ended meanwhile
        return ""


async def talking(maya: SignedInCustomer, ines: SignedInAgent) -> tuple[Any, Peer, Peer]:
    """A voice call with real media; its requests go to whichever process takes them."""
    await ines.accepted(await maya.ask("voice"))
    call = (await maya.me())["call"]
    here, there = Peer(Side.CUSTOMER), Peer(Side.AGENT)
    offer = {"gen": 1, "rev": 0, "sdp": await here.offer(video=False)}
    await maya.do(f"/v1/calls/{call['id']}/offer", offer)
    (seen,) = (await ines.me())["calls"]
    answer = {"gen": 1, "rev": 0, "sdp": await there.answer(seen["description"]["sdp"])}
    await ines.do(f"/v1/calls/{call['id']}/answer", answer)
    await here.accept((await maya.me())["call"]["description"]["sdp"])
    async with asyncio.timeout(15):
        while (await maya.me())["call"]["state"] != "connected":
            await asyncio.sleep(0.05)
    return call, here, there


async def hears_more(peer: Peer) -> None:
    before = peer.stats().audio_energy
    async with asyncio.timeout(5):
        while peer.stats().audio_energy < before + 1:
            await asyncio.sleep(0.05)


async def closed_soon(page: Page) -> bool:
    try:
        async with asyncio.timeout(1):
            await page.socket.wait_closed()
    except TimeoutError:
        return False
    return True


@pytest.mark.timeout(120)
async def test_a_call_outlives_a_process_and_a_stop_waits_for_it(company: Company) -> None:
    async with (
        another_server(company, "--workers", "2") as (supervisor, url),
        company_at(company, url) as workers,
    ):
        maya, jonas = await workers.customer("maya"), await workers.customer("jonas")
        ines = await workers.agent("ines")
        call, here, there = await talking(maya, ines)
        try:
            await maya.do(f"/v1/calls/{call['id']}/media", {"audio": False, "video": False})
            for _ in range(4):  # known to each process
                (seen,) = (await ines.me())["calls"]
                assert seen["customer_media"] == {"audio": False, "video": False}
            await _one_of_two_is_killed(supervisor.pid, jonas)
            await hears_more(here)
            await hears_more(there)
            assert (await maya.me())["call"]["wanted_gen"] == 1
            async with live_page(maya) as phone, live_page(jonas) as other:
                supervisor.send_signal(signal.SIGTERM)
                assert (await other.next("goaway"))["after_ms"] < 5_000
                async with open_page(jonas) as refused:
                    await refused.send("hello", token=jonas.token, cursors={})
                    assert await refused.closed() == 1013
                async with live_page(maya):
                    await hears_more(here)
                assert supervisor.returncode is None
                await maya.do(f"/v1/calls/{call['id']}/end")
                await phone.next("goaway")
                assert await phone.closed() == 1012
            async with asyncio.timeout(15):
                assert await supervisor.wait() == 0
        finally:
            await here.close()
            await there.close()


async def _one_of_two_is_killed(supervisor: int, jonas: SignedInCustomer) -> None:
    """Pages at the other one notice nothing, and a third takes its place."""
    pages = [open_page(jonas) for _ in range(PAGES)]
    opened = [await (await one.__aenter__()).hello(jonas.token) for one in pages]
    first, second = workers_of(supervisor)
    os.kill(first, signal.SIGKILL)
    closed = await asyncio.gather(*map(closed_soon, opened))
    assert 0 < sum(closed) < PAGES
    async with asyncio.timeout(30):
        while len(now := workers_of(supervisor)) < 2:
            await asyncio.sleep(0.05)
    assert second in now
    assert first not in now
    for one in pages:
        await one.__aexit__(None, None, None)
