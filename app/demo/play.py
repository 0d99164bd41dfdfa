"""`warmline demo --play`: the whole journey without a browser. Does the main job really run?

The example company is started in a temporary folder on free ports, the server as a process of its
own. Everybody in it is a real client with real media. Ends with 0 only if every scene came true.
"""

import asyncio
import logging
import tempfile
from collections.abc import Callable, Collection
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp
import click
from msgspec import Struct

from app.demo import journey
from app.demo.agent import Agent
from app.demo.bank import Bank
from app.demo.client import Client, NotSeen
from app.demo.company import Company, prepare
from app.demo.customer import Customer
from app.demo.handset import Handset
from app.demo.http import Http, Refused
from app.demo.journey import JOURNEY, Cast, Scene, Untrue
from app.demo.ports import free_ports
from app.demo.processes import beside
from app.demo.run import load_people
from app.demo.server_process import ServerProcess, last_words
from app.demo.transcript import Transcript

PLAYED_WITHIN_S = 60.0
"""From the first process to the end of the last scene."""

FAILURES = (Refused, NotSeen, Untrue, aiohttp.ClientError, OSError, TimeoutError)
"""What a scene that does not come true raises."""


class Failure(Struct, frozen=True):
    scene: str
    seen: str


def play(
    *,
    database_url: str = "",
    kill_after: Collection[Scene] = (),
    within_s: float = PLAYED_WITHIN_S,
    write: Callable[[str], None] = click.echo,
) -> int:
    """Go through it, killing the server by SIGKILL after these scenes; returns the exit code."""
    # A decoder that waits for its first key frame is no news.
    logging.getLogger("aiortc").setLevel(logging.ERROR)
    transcript = Transcript(write)
    with tempfile.TemporaryDirectory(prefix="warmline-play-") as folder:
        company = prepare(Path(folder), free_ports(), database_url=database_url)
        asyncio.run(load_people(company))
        server = ServerProcess(company.config)
        try:
            server.start()
            with beside(company):
                server.wait()
                transcript.tell("Server", f"serves on port {company.ports.server}")
                failure = asyncio.run(
                    _go_through(company, server, transcript, kill_after, within_s)
                )
        finally:
            server.stop()
        if failure is not None:
            _print_failure(failure, server.log, write)
            return 1
    write(f"\nEverything happened, in {transcript.elapsed_s:.1f} s.")
    return 0


async def _go_through(
    company: Company,
    server: ServerProcess,
    transcript: Transcript,
    kill_after: Collection[Scene],
    within_s: float,
) -> Failure | None:
    async with AsyncExitStack() as stack:
        url = f"http://localhost:{company.ports.server}"
        maya_http, tom_http, ines_http = [
            await stack.enter_async_context(Http(url)) for _ in range(3)
        ]
        web = await stack.enter_async_context(aiohttp.ClientSession())
        bank = Bank(web, company.config.demo_bank_url, "maya")
        maya = Customer("Maya", maya_http, bank, Handset(web, company.config.push_url))
        tom = Agent("Tom", "tom@bank.example", tom_http)
        ines = Agent("Ines", "ines@bank.example", ines_http)
        tasks = await stack.enter_async_context(asyncio.TaskGroup())
        database_url = company.config.resolved_database_url
        cast = Cast(maya, tom, ines, tasks, transcript, database_url, company.data)
        failure = await _perform(cast, server, kill_after, within_s - transcript.elapsed_s)
        for one in (maya, tom, ines):
            one.leave()
        return failure


async def _perform(
    cast: Cast, server: ServerProcess, kill_after: Collection[Scene], within_s: float
) -> Failure | None:
    name = ""
    try:
        async with asyncio.timeout(within_s):
            for scene in JOURNEY:
                name = scene.__name__.replace("_", " ")
                await scene(cast)
                if scene in kill_after:
                    name = f"kill after {name}"
                    await _kill(cast, server)
    except FAILURES as error:
        return Failure(name, str(error) or "took too long")
    return None


async def _kill(cast: Cast, server: ServerProcess) -> None:
    """SIGKILL and a new start; everybody comes back, and a call goes on with new legs."""
    gen = _gen(cast)
    back = [_comes_back(client, client.welcomes) for client in _clients(cast)]
    await asyncio.to_thread(server.kill)
    cast.tell("Server", "is killed (SIGKILL)")
    text = f"Are you still there? ({len(cast.said)})"
    saying = asyncio.create_task(cast.say(cast.maya, text))
    server.start()
    await asyncio.to_thread(server.wait)
    cast.tell("Server", "serves again")
    await asyncio.gather(*back, saying)
    cast.tell("Maya", f"wrote while it was away, stored once: {text}")
    if gen is not None:
        await journey.connected(cast, video=True, after_gen=gen)
        await journey.both_hear(cast, frames=journey.FRAMES)
        cast.tell("Ines", f"and Maya see and hear each other again on new legs ({_gen(cast)})")


async def _comes_back(client: Client, before: int) -> None:
    await client.until("a new welcome", lambda: client.welcomes > before)


def _gen(cast: Cast) -> int | None:
    call = cast.maya.call()
    return call.gen if call else None


def _clients(cast: Cast) -> list[Client]:
    return [who.client for who in (cast.maya, cast.tom, cast.ines) if who.client.welcomes]


def _print_failure(failure: Failure, log: Path, write: Callable[[str], None]) -> None:
    write(click.style(f"\nFailed at “{failure.scene}”: {failure.seen}", fg="red"))
    for line in last_words(log):
        write(f"  server: {line}")
