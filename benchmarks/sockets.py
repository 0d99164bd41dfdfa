"""What does an idle socket cost, and how soon are all back after the server was killed?

    python -m benchmarks.sockets [--quick] [--json]

kib_per_socket      what the server process grew by (PSS), over the signed-in customers that said
                    hello and then nothing but pings: 10,000, quick 1,000
connects_per_s      until all of them had their welcome, at most 100 of them under way at once
connect_cpu_ms      what one of them cost the server
storm_recovered_s   from SIGKILL, the start of the next process included, until all of 5,000
                    (quick 500) have their welcome again; each comes back by itself, with the
                    pauses of docs/reference/live.md
storm_from_ready_s  the part of it after that process accepted connections
slow_readers_over_none  benchmarks/slow_readers.py: the others' p99 of delivery beside 50 sockets of
                    1,000 that read nothing, over that without them

The server has a core of its own and SQLite. Nobody of the idle ones is in a conversation.
"""

import asyncio
import random
import resource
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import click
import uvloop

from benchmarks import slow_readers
from benchmarks.cores import CLIENTS, SERVERS, cpu_s, pinned
from benchmarks.report import Goal, report
from tests.chaos.crowd import until
from tests.chaos.lives import Lives
from tests.chaos.page import PAUSES_S, Page
from tests.chaos.people import Seat, seat_customers
from tests.chaos.server import Server

AT_ONCE = 100
WARM_UP = 50
"""Sockets that come before the first look at the memory: they load code and fill caches."""

SETTLED_S = 3.0
ALL_WITHIN_S = 300.0
SLOW_FOR_S = 15.0
FILES_BESIDE = 200
GOALS = (
    Goal(figure="kib_per_socket", op="<=", gate=45, goal=40),
    Goal(figure="connects_per_s", op=">=", goal=1000),
    Goal(figure="storm_recovered_s", op="<=", goal=30),
    Goal(figure="slow_readers_over_none", op="<=", gate=2.0),
)


class NotBack(Exception):
    """Some sockets had no welcome in time."""


class Crowd:
    """Customers who look at a page and do nothing."""

    def __init__(self, seats: list[Seat], server: Server, tasks: asyncio.TaskGroup) -> None:
        self.lives = Lives()
        rng = random.Random(1)  # noqa: S311 - no secret
        self._pages = [Page(seat, server.port, self.lives, rng, PAUSES_S) for seat in seats]
        self._tasks = tasks
        self._running: list[asyncio.Task[None]] = []

    async def come(self, wanted: int) -> float:
        """Until so many are welcome; returns the seconds it took."""
        began = time.monotonic()
        while len(self._running) < wanted:
            page = self._pages[len(self._running)]
            self._running.append(self._tasks.create_task(page.run()))
            waited_for = len(self._running) - AT_ONCE
            await self._welcome(waited_for)
        await self._welcome(wanted)
        return time.monotonic() - began

    async def back(self) -> None:
        """Until all that came are welcome in this life of the server."""
        await self._welcome(len(self._running))

    async def leave(self, stay: int) -> None:
        """All but the first so many go."""
        going, self._running = self._running[stay:], self._running[:stay]
        for task in going:
            task.cancel()
        await asyncio.gather(*going, return_exceptions=True)

    async def _welcome(self, count: int) -> None:
        if not await until(lambda: self.lives.here >= count, ALL_WITHIN_S):
            said = sum((page.said for page in self._pages), Counter[str]())
            raise NotBack(f"{self.lives.here} of {count} are welcome; the server said {said}")


def pss_kib(pid: int) -> int:
    """Memory of a process, its share of what it shares included."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    raise LookupError(pid)


async def measure(server: Server, seats: list[Seat], storm: int) -> dict[str, float]:
    with pinned(SERVERS):
        server.start()
    await server.answers()
    async with asyncio.TaskGroup() as tasks:
        crowd = Crowd(seats, server, tasks)
        figures = await _idle(crowd, server, len(seats)) | await _storm(crowd, server, storm)
        await crowd.leave(stay=0)
    return figures


async def _idle(crowd: Crowd, server: Server, count: int) -> dict[str, float]:
    await crowd.come(WARM_UP)
    await asyncio.sleep(SETTLED_S)
    before, cpu = pss_kib(server.pid), cpu_s(server.pid)
    took = await crowd.come(count)
    worked = cpu_s(server.pid) - cpu
    await asyncio.sleep(SETTLED_S)
    grown, came = pss_kib(server.pid) - before, count - WARM_UP
    return {
        "kib_per_socket": grown / came,
        "connects_per_s": came / took,
        "connect_cpu_ms": worked / came * 1000,
        "sockets": count,
    }


async def _storm(crowd: Crowd, server: Server, count: int) -> dict[str, float]:
    await crowd.leave(stay=count)
    began = time.monotonic()
    crowd.lives.killed()
    server.kill()
    with pinned(SERVERS):
        server.start()
    await server.answers()
    ready = time.monotonic()
    crowd.lives.ready()
    await crowd.back()
    now = time.monotonic()
    return {"storm_recovered_s": now - began, "storm_from_ready_s": now - ready, "storm": count}


async def bench(data: Path, sockets: int, storm: int) -> dict[str, float]:
    server = Server(data)
    seats = await seat_customers(server.database_url, sockets)
    try:
        return await measure(server, seats, storm)
    finally:
        server.kill()


def allow_files(wanted: int) -> None:
    """Raise the limit of open files, for this process and those it starts, as far as it goes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < wanted:
        raise click.ClickException(f"{wanted} open files are needed, `ulimit -Hn` allows {hard}")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))


@click.command()
@click.option("--quick", is_flag=True, help="Within 60 s: a tenth of the sockets.")
@click.option("--json", "only_json", is_flag=True, help="Print the JSON line alone.")
@click.option("--sockets", type=int, help="Idle ones; 10,000, quick: 1,000.")
def main(quick: bool, only_json: bool, sockets: int | None) -> None:
    """Measure with a server of its own in a temporary folder."""
    count = sockets or (1000 if quick else 10_000)
    allow_files(count + FILES_BESIDE)
    with (
        pinned(CLIENTS),
        tempfile.TemporaryDirectory(prefix="warmline-bench-") as folder,
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        (idle := Path(folder) / "idle").mkdir()
        (slow := Path(folder) / "slow").mkdir()
        figures = runner.run(bench(idle, count, count // 2))
        seconds = SLOW_FOR_S / 3 if quick else SLOW_FOR_S
        figures |= runner.run(slow_readers.measure(slow, seconds, until_gone=not quick))
    for name, value in [] if only_json else figures.items():
        click.echo(f"{name:<27}{value:10.1f}")
    sys.exit(report("sockets", figures, GOALS))


if __name__ == "__main__":
    main()
