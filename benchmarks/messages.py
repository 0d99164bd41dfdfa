"""How many text messages a second, how soon at the other side, and how near to what is possible?

    python -m benchmarks.messages [--quick] [--json] [--database both|sqlite|postgres]

Server and Postgres share one core, this client has another. 100 sockets are the two sides of 50
live conversations, texts have 120 characters.

ratio_to_ceiling  messages per second of CPU with 4 of each socket on their way, over those that
                  one process stores (benchmarks.ceiling), both with their database; rounds of the
                  two take turns, so that what else the machine does touches both
messages_per_s    arrived at the other side, stored and acknowledged, per second of time
ceiling_per_s     the same of the ceiling
deliver_ms        at 200 messages a second, from the moment at which one was due to its arrival
us_per_message    CPU of server and Postgres at saturation; us_of_ceiling that of the ceiling
foreign_pct       of the server's core, what others took meanwhile
client_pct        of its core, what this client took; near 100 it would be the limit

Every run is judged as tests.chaos.messages is: nothing lost, doubled or moved.
"""

import asyncio
import gc
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import fmean
from uuid import UUID

import click
import uvloop
from msgspec import Struct, structs

from benchmarks import ceiling
from benchmarks.cores import CLIENTS, SERVERS, busy_s, cpu_s, pinned
from benchmarks.report import Goal, joined, quantile, report, table
from benchmarks.talkers import Room
from tests.chaos.checker import judge
from tests.chaos.cluster import Cluster, durable_cluster
from tests.chaos.people import seat_pairs
from tests.chaos.server import Server
from tests.chaos.stored import read

CONVERSATIONS = 50
PER_AGENT = 4
ON_THEIR_WAY = 4
RATE_PER_S = 200
DRAINED_WITHIN_S = 120.0
EJABBERD_PER_S = 1170
"""ejabberd 23.01 with its archive on Postgres, at best, on a machine of two such cores."""

DATABASES = ("sqlite", "postgres")
RATIOS = tuple(f"{name}_ratio_to_ceiling" for name in DATABASES)
GOALS = (
    *(Goal(figure=ratio, op=">=", gate=1.0, goal=2.0) for ratio in RATIOS),
    Goal(figure="deliver_ms_p99", op="<=", gate=50, goal=8),
    Goal(figure="messages_per_s", op=">=", goal=8 * EJABBERD_PER_S),
    Goal(figure="wrong", op="<=", gate=0, goal=0),
)
LESS_IS_WORSE = "messages_per_s"


class Plan(Struct, frozen=True, kw_only=True):
    rounds: int
    warm_s: float
    saturated_s: float
    ceiling_s: float
    paced_s: float


QUICK = Plan(rounds=2, warm_s=0.5, saturated_s=2, ceiling_s=1.5, paced_s=6)
FULL = Plan(rounds=3, warm_s=2, saturated_s=6, ceiling_s=5, paced_s=30)


class Meter:
    """What a stretch of time cost."""

    def __init__(self, pids: list[int]) -> None:
        self._pids = pids
        self._ours, self._busy = self._on_servers_core()
        # Last here and first below: looking through /proc is not part of the stretch.
        self._began, self._client = time.monotonic(), time.process_time()

    def read(self) -> tuple[float, float, float, float]:
        """Seconds; CPU seconds of this client, of server and Postgres, of others on their core."""
        wall, client = time.monotonic() - self._began, time.process_time() - self._client
        ours, busy = self._on_servers_core()
        ours, busy = ours - self._ours, busy - self._busy
        return wall, client, ours, max(0.0, busy - ours)

    def _on_servers_core(self) -> tuple[float, float]:
        return sum(map(cpu_s, self._pids)), busy_s(SERVERS)


class Bench:
    """One server with its database on one core."""

    def __init__(self, plan: Plan, server: Server, cluster: Cluster | None, room: Room) -> None:
        self.plan = plan
        self._room = room
        self.database = [cluster.pid] if cluster else []
        self._pids = [server.pid, *self.database]
        self.per_s: list[float] = []
        self.us_each: list[float] = []
        self.foreign_pct: list[float] = []
        self.client_pct: list[float] = []

    async def saturated(self) -> None:
        """Closed loop: as many messages as come through."""
        self._room.fill(ON_THEIR_WAY)
        await asyncio.sleep(self.plan.warm_s)
        before, meter = self._room.arrived, Meter(self._pids)
        await asyncio.sleep(self.plan.saturated_s)
        arrived = self._room.arrived - before
        wall, client, ours, foreign = meter.read()
        await self._room.drain(DRAINED_WITHIN_S)
        self.per_s.append(arrived / wall)
        self.us_each.append(ours / max(1, arrived) * 1e6)
        self.foreign_pct.append(foreign / wall * 100)
        self.client_pct.append(client / wall * 100)

    async def paced(self) -> list[float]:
        """Open loop: one message every 5 ms, whether or not the last one arrived."""
        room, loop = self._room, asyncio.get_running_loop()
        began = time.perf_counter()
        warm = int(self.plan.warm_s * RATE_PER_S)
        for number in range(warm + int(self.plan.paced_s * RATE_PER_S)):
            due = began + number / RATE_PER_S
            await asyncio.sleep(due - time.perf_counter())
            if number == warm:
                room.took_ms = []
            loop.call_soon(room.talkers[number * 37 % len(room.talkers)].say, due)
        await asyncio.sleep(0)  # the last one has begun, too
        await room.drain(DRAINED_WITHIN_S)
        return room.took_ms


async def bench(data: Path, plan: Plan, cluster: Cluster | None) -> dict[str, float]:
    """The figures of one database."""
    server = Server(data, cluster.url if cluster else "")
    seats = await seat_pairs(server.database_url, CONVERSATIONS, PER_AGENT)
    apart = cluster.add("ceiling") if cluster else f"sqlite:///{data / 'ceiling.db'}"
    places = await ceiling.prepare(apart)
    room = Room(seats, random.Random(1))  # noqa: S311 - no secret
    try:
        with pinned(SERVERS):
            server.start()
        await server.answers()
        async with asyncio.TaskGroup() as tasks:
            await room.join(server.port, tasks)
            figures = await _measured(Bench(plan, server, cluster, room), apart, places)
            room.leave()
    finally:
        server.kill()
    wrong = sum(structs.astuple(judge(room.conversations(await read(server.database_url)))))
    return {**figures, "wrong": wrong}


async def _measured(bench: Bench, apart: str, places: list[UUID]) -> dict[str, float]:
    plan, ceiling_us, ceiling_per_s = bench.plan, [], []
    with ceiling.storing(SERVERS) as pool, _without_pauses():
        storing = [pool.submit(os.getpid).result(), *bench.database]
        for _ in range(plan.rounds):
            meter = Meter(storing)
            per_s = await ceiling.measure(pool, apart, places, plan.ceiling_s)
            ceiling_us.append(meter.read()[2] / (per_s * plan.ceiling_s) * 1e6)
            ceiling_per_s.append(per_s)
            await bench.saturated()
        took_ms = await bench.paced()
    return {
        "ratio_to_ceiling": fmean(ceiling_us) / fmean(bench.us_each),
        "messages_per_s": fmean(bench.per_s),
        "ceiling_per_s": fmean(ceiling_per_s),
        "us_of_ceiling": fmean(ceiling_us),
        "deliver_ms_p50": quantile(took_ms, 0.5),
        "deliver_ms_p99": quantile(took_ms, 0.99),
        "us_per_message": fmean(bench.us_each),
        "foreign_pct": max(bench.foreign_pct),
        "client_pct": max(bench.client_pct),
    }


@contextmanager
def _without_pauses() -> Iterator[None]:
    """The client keeps every message; looking through all of them would be in the latencies."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def bench_on(database: str, plan: Plan) -> dict[str, float]:
    """With a folder of its own, and for Postgres a cluster of its own."""
    with ExitStack() as stack:
        data = stack.enter_context(tempfile.TemporaryDirectory(prefix="warmline-bench-"))
        cluster = None
        if database == "postgres":
            with pinned(SERVERS):
                cluster = stack.enter_context(durable_cluster())
        runner = stack.enter_context(asyncio.Runner(loop_factory=uvloop.new_event_loop))
        return runner.run(bench(Path(data), plan, cluster))


@click.command()
@click.option("--quick", is_flag=True, help="Within 60 s: shorter rounds.")
@click.option("--json", "only_json", is_flag=True, help="Print the JSON line alone.")
@click.option("--database", type=click.Choice(["both", *DATABASES]), default="both")
def main(quick: bool, only_json: bool, database: str) -> None:
    """Measure with servers of their own in temporary folders."""
    kinds = DATABASES if database == "both" else (database,)
    with pinned(CLIENTS):
        each = {kind: bench_on(kind, QUICK if quick else FULL) for kind in kinds}
    for line in () if only_json else table(each):
        click.echo(line)
    figures = joined(each, LESS_IS_WORSE)
    goals = [goal for goal in GOALS if goal.figure in figures]
    sys.exit(report("messages", figures, goals))


if __name__ == "__main__":
    main()
