"""How many steps of flows a second, and how near to what the database could do?

    python -m benchmarks.steps [--quick] [--json] [--database both|sqlite|postgres]

Server and Postgres share one core, this client has another. 32 customers answer one question after
the other of a flow of 91 over HTTP, each answer with an Idempotency-Key.

engine_us_per_transition  `selfservice.run.step` alone, one answer of such a run
ratio_to_ceiling          steps per second of CPU over those of the same SQL without HTTP and
                          engine (benchmarks.step_ceiling); rounds of the two take turns
steps_per_s               answers given, stored and shown, per second of time
answer_ms                 from the request to the next screen, 32 at once
parked_ratio              steps per second of CPU beside 100,000 runs that lie still, over those
                          without
publish_10k_s             a new version goes live with 10,000 runs in flight: the plan, which
                          replays each, and going live
migrate_10k_s             the same, and all of them follow it
foreign_pct               of the server's core, what others took meanwhile
"""

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import fmean, median
from typing import Any

import aiohttp
import click
import uvloop
from msgspec import Struct

from benchmarks import step_ceiling
from benchmarks.cores import CLIENTS, SERVERS, pinned
from benchmarks.messages import Meter
from benchmarks.parked import park, published
from benchmarks.report import Goal, joined, quantile, report, table
from benchmarks.step_flow import engine_us, write_flow
from tests.chaos.cluster import Cluster, durable_cluster
from tests.chaos.people import Seat, seat_customers
from tests.chaos.server import Server

AT_ONCE = 32
DATABASES = ("sqlite", "postgres")
GOALS = (
    Goal(figure="engine_us_per_transition", op="<=", gate=20, goal=20),
    *(Goal(figure=f"{name}_ratio_to_ceiling", op=">=", gate=0.4, goal=0.5) for name in DATABASES),
    Goal(figure="parked_ratio", op=">=", gate=0.9, goal=0.95),
    Goal(figure="publish_10k_s", op="<=", gate=10, goal=10),
)


class Plan(Struct, frozen=True, kw_only=True):
    rounds: int
    seconds: float
    warm_s: float


QUICK = Plan(rounds=2, seconds=2.0, warm_s=0.7)
FULL = Plan(rounds=4, seconds=5.0, warm_s=2.0)


class Customer:
    """One who answers every question, and begins anew."""

    def __init__(self, http: aiohttp.ClientSession, port: int, seat: Seat) -> None:
        self._http = http
        self._runs = f"http://127.0.0.1:{port}/v1/runs"
        self._headers = {"Authorization": f"Bearer {seat.token}"}
        self._name = seat.name
        self._sent = 0
        self.screen: Any = None
        self.answered = 0
        self.took_ms: list[float] = []

    async def answer(self) -> None:
        """The next question; a run that is over is followed by another."""
        if self.screen is None or self.screen["kind"] == "end":
            self.screen = await self._post(self._runs, {"flow": "questions"})
        screen = self.screen
        body = {"rev": screen["rev"], "step": screen["step"], "values": {screen["step"]: "yes"}}
        began = time.perf_counter()
        self.screen = await self._post(f"{self._runs}/{screen['run_id']}/answers", body)
        self.took_ms.append((time.perf_counter() - began) * 1000)
        self.answered += 1

    async def _post(self, url: str, body: Any) -> Any:
        self._sent += 1
        headers = {**self._headers, "Idempotency-Key": f"{self._name}-{self._sent}"}
        async with self._http.post(url, json=body, headers=headers) as response:
            if response.status not in {200, 201}:
                raise RuntimeError(await response.text())
            return await response.json()


class Bench:
    """One server with its database on one core, and who uses it."""

    def __init__(self, plan: Plan, pids: list[int], customers: Sequence[Customer]) -> None:
        self._plan = plan
        self._pids = pids
        self._customers = customers
        self.foreign_pct: list[float] = []

    async def round(self) -> tuple[float, float]:
        """Steps per second of time, and microseconds of CPU for each."""
        until = time.monotonic() + self._plan.warm_s
        await self._all_until(until)
        before, meter = self._answered(), Meter(self._pids)
        await self._all_until(time.monotonic() + self._plan.seconds)
        wall, _, ours, foreign = meter.read()
        done = self._answered() - before
        self.foreign_pct.append(foreign / wall * 100)
        return done / wall, ours / done * 1e6

    async def _all_until(self, end: float) -> None:
        await asyncio.gather(*(_until(end, one) for one in self._customers))

    def _answered(self) -> int:
        return sum(one.answered for one in self._customers)


async def _until(end: float, customer: Customer) -> None:
    while time.monotonic() < end:
        await customer.answer()


async def bench(data: Path, plan: Plan, cluster: Cluster | None) -> dict[str, float]:
    """The figures of one database."""
    flows = data / "flows"
    write_flow(flows)
    server = Server(data, cluster.url if cluster else "", flows_dir=str(flows))
    seats = await seat_customers(server.database_url, AT_ONCE)
    apart = cluster.add("ceiling") if cluster else f"sqlite:///{data / 'ceiling.db'}"
    await step_ceiling.prepare(apart, AT_ONCE, flows)
    try:
        with pinned(SERVERS):
            server.start()
        await server.answers()
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=AT_ONCE)) as http:
            customers = [Customer(http, server.port, seat) for seat in seats]
            pids = [server.pid, *([cluster.pid] if cluster else [])]
            figures = await _measured(Bench(plan, pids, customers), plan, server, apart, cluster)
            took = [one for customer in customers for one in customer.took_ms]
    finally:
        server.kill()
    publish_s, migrate_s = await published(server.database_url, flows)
    return {
        **figures,
        "answer_ms_p50": quantile(took, 0.5),
        "answer_ms_p99": quantile(took, 0.99),
        "publish_10k_s": publish_s,
        "migrate_10k_s": migrate_s,
    }


async def _measured(
    bench: Bench, plan: Plan, server: Server, apart: str, cluster: Cluster | None
) -> dict[str, float]:
    ours: list[tuple[float, float]] = []
    ceiling_us: list[float] = []
    with step_ceiling.storing(SERVERS) as pool:
        storing = [pool.submit(os.getpid).result(), *([cluster.pid] if cluster else [])]
        for _ in range(plan.rounds):
            meter = Meter(storing)
            done = await step_ceiling.measure(pool, apart, plan.seconds)
            ceiling_us.append(meter.read()[2] / done * 1e6)
            ours.append(await bench.round())
    await park(server.database_url)
    beside = [await bench.round() for _ in range(plan.rounds)]
    alone_us = median(us for _, us in ours)
    return {
        "ratio_to_ceiling": fmean(ceiling_us) / fmean(us for _, us in ours),
        "steps_per_s": fmean(per_s for per_s, _ in ours),
        "us_per_step": fmean(us for _, us in ours),
        "us_of_ceiling": fmean(ceiling_us),
        "parked_ratio": alone_us / median(us for _, us in beside),
        "foreign_pct": max(bench.foreign_pct),
    }


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


def _joined(each: dict[str, dict[str, float]]) -> Iterator[tuple[str, float]]:
    yield from joined(each, "steps_per_s").items()
    yield "parked_ratio", min(one["parked_ratio"] for one in each.values())


@click.command()
@click.option("--quick", is_flag=True, help="Within 60 s: shorter rounds.")
@click.option("--json", "only_json", is_flag=True, help="Print the JSON line alone.")
@click.option("--database", type=click.Choice(["both", *DATABASES]), default="both")
def main(quick: bool, only_json: bool, database: str) -> None:
    """Measure with servers of their own in temporary folders."""
    kinds = DATABASES if database == "both" else (database,)
    with pinned(CLIENTS):
        engine = engine_us()
        each = {kind: bench_on(kind, QUICK if quick else FULL) for kind in kinds}
    for line in () if only_json else table(each):
        click.echo(line)
    figures = {"engine_us_per_transition": engine, **dict(_joined(each))}
    sys.exit(report("steps", figures, [goal for goal in GOALS if goal.figure in figures]))


if __name__ == "__main__":
    main()
