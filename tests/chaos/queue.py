"""Is everybody answered, by one agent who has room, in their turn, while processes are killed?

    python -m tests.chaos.queue [--customers 1000] [--agents 50] [--processes 3] [--kills 3]
                                [--bus postgres|redis] [--quick] [--json]

Some server processes share one Postgres and one bus. Customers ask for help by text, a few leave
again; agents accept, decline, let offers run out, end, wrap up, take breaks, click twice, and lose
their sockets. Each request goes to any of the processes. Meanwhile one process after the other gets
SIGKILL and is started again. In the end the timelines are judged (tests/chaos/queue_checker.py).

    claim_ms      a round of offers, from its first look at the clock until it is stored: with the
                  wait for the round before it, and whatever else its process has to do
    refused       who asked for help and was told no: a repeat at another process is answered alike
    drained_s     from the last one who asked until everything was closed
"""

import asyncio
import random
import sys
import tempfile
import time
from contextlib import ExitStack, suppress
from pathlib import Path

import asyncpg
import click
from msgspec import Struct, structs

from benchmarks.report import Goal, quantile, report
from tests.chaos import queue_log
from tests.chaos.agent import AgentPage
from tests.chaos.cluster import durable_cluster
from tests.chaos.front import Front
from tests.chaos.people import seat_agents, seat_customers
from tests.chaos.queue_checker import Verdict, claims_ms, judge
from tests.chaos.server import Server
from tests.chaos.waiting import ask_for_help, plan
from tests.fixtures.redis import throwaway_redis

OFFER_TTL_S = 5
MOST_TEXTS = 4
LOOK_S = 0.5
NO_PROGRESS_S = 60.0
"""So long nothing is closed: then nobody waits any longer for the rest."""

NOTHING_WRONG = [Goal(figure=name, op="<=", gate=0, goal=0) for name in Verdict.__struct_fields__]
GOALS = [
    *NOTHING_WRONG,
    Goal(figure="server_exits", op="<=", gate=0, goal=0),
    Goal(figure="refused", op="<=", gate=0, goal=0),
    Goal(figure="server_errors", op="<=", gate=0, goal=0),
    Goal(figure="claim_ms_p99", op="<=", goal=50),
]


class Plan(Struct, frozen=True, kw_only=True):
    customers: int
    agents: int
    processes: int
    kills: int
    asked_within_s: float
    seed: int
    redis: bool = False


class Floor:
    """The server processes, and everybody who uses them."""

    def __init__(self, plan: Plan, servers: list[Server], url: str) -> None:
        self._plan = plan
        self._servers = servers
        self._url = url
        self._rng = random.Random(plan.seed)  # noqa: S311 - no secret
        self.front = Front(servers, self._rng)
        self.server_exits = 0
        self.drained_s = 0.0

    async def run(self) -> dict[str, int]:
        """Until all is closed, or nothing goes on. Returns each agent's capacity."""
        seats = await seat_customers(self._url, self._plan.customers)
        texts = [self._rng.randint(1, MOST_TEXTS) for _ in range(self._plan.agents)]
        desks = await seat_agents(self._url, texts, OFFER_TTL_S)
        for server in self._servers:
            server.start()
        await asyncio.gather(*(server.answers() for server in self._servers))
        async with asyncio.TaskGroup() as tasks:
            pages = [AgentPage(desk, self.front, self._rng) for desk in desks]
            working = [tasks.create_task(page.run()) for page in pages]
            killing = tasks.create_task(self._kill_some())
            plans = [plan(self._rng, self._plan.asked_within_s) for _ in seats]
            await asyncio.gather(
                *(
                    ask_for_help(seat, self.front, one, self._rng)
                    for seat, one in zip(seats, plans, strict=True)
                )
            )
            await killing
            await self._drained()
            for task in working:
                task.cancel()
        return {desk.agent_id: desk.texts for desk in desks}

    async def _kill_some(self) -> None:
        """One at a time, spread over the time in which people ask and somewhat longer."""
        every_s = 1.5 * self._plan.asked_within_s / (self._plan.kills + 1)
        for number in range(self._plan.kills):
            await asyncio.sleep(self._rng.uniform(0.5, 1.5) * every_s)
            server = self._servers[number % len(self._servers)]
            self.server_exits += not server.alive
            server.kill()
            server.start()
            await server.answers()
            click.echo(f"{number + 1} of {self._plan.kills} kills", err=True)

    async def _drained(self) -> None:
        began = progress = time.monotonic()
        left_before = -1
        postgres = await asyncpg.connect(self._url)
        with suppress(TimeoutError):
            while left := await postgres.fetchval(queue_log.OPEN):
                if left != left_before:
                    left_before, progress = left, time.monotonic()
                if time.monotonic() - progress > NO_PROGRESS_S:
                    break
                await asyncio.sleep(LOOK_S)
        await postgres.close()
        self.drained_s = time.monotonic() - began


async def torment(plan: Plan, servers: list[Server], url: str) -> dict[str, float]:
    floor = Floor(plan, servers, url)
    try:
        capacity = await floor.run()
        exits = floor.server_exits + sum(not server.alive for server in servers)
    finally:
        for server in servers:
            server.kill()
        await floor.front.close()
    log, rows = await queue_log.read(url)
    took_ms = claims_ms(log)
    said = floor.front.said
    click.echo(f"answers: {dict(sorted(said.items()))}", err=True)
    return {
        **structs.asdict(judge(log, rows, capacity)),
        "claim_ms_p50": quantile(took_ms, 0.5),
        "claim_ms_p99": quantile(took_ms, 0.99),
        "rounds": len(took_ms),
        "offers": sum(told.kind == "interaction.offered" for told in log),
        "given_back": sum(
            told.kind in {"interaction.declined", "interaction.expired"} for told in log
        ),
        "customers": len(rows),
        "kills": plan.kills,
        "server_exits": exits,
        "refused": sum(times for what, times in said.items() if what.startswith("POST help 4")),
        "server_errors": sum(times for what, times in said.items() if what.endswith(" 500")),
        "drained_s": floor.drained_s,
    }


def torment_on(plan: Plan) -> dict[str, float]:
    """With a folder and a cluster of its own."""
    with ExitStack() as stack:
        data = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="warmline-chaos-")))
        cluster = stack.enter_context(durable_cluster())
        bus_url = stack.enter_context(throwaway_redis()).url if plan.redis else ""
        servers = []
        for number in range(plan.processes):
            folder = data / str(number)
            folder.mkdir()
            servers.append(Server(folder, cluster.url, bus_url=bus_url))
        return asyncio.run(torment(plan, servers, cluster.url))


@click.command()
@click.option("--customers", type=int, help="1,000; quick: 120.")
@click.option("--agents", type=int, help="50; quick: 10.")
@click.option("--processes", type=int, default=3, show_default=True)
@click.option("--kills", type=int, help="SIGKILLs, one process after the other; 3, quick: 1.")
@click.option("--bus", type=click.Choice(["postgres", "redis"]), default="postgres")
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--quick", is_flag=True, help="Within 60 s.")
@click.option("--json", "only_json", is_flag=True, help="Print the JSON line alone.")
def main(
    customers: int | None,
    agents: int | None,
    processes: int,
    kills: int | None,
    bus: str,
    seed: int,
    quick: bool,
    only_json: bool,
) -> None:
    """Torment a queue and judge its timelines."""
    plan = Plan(
        customers=_given(customers, 120 if quick else 1000),
        agents=_given(agents, 10 if quick else 50),
        processes=processes,
        kills=_given(kills, 1 if quick else 3),
        asked_within_s=6 if quick else 20,
        seed=seed,
        redis=bus == "redis",
    )
    figures = torment_on(plan)
    for name, value in () if only_json else figures.items():
        click.echo(f"{name:<16}{value:10.1f}")
    sys.exit(report("chaos.queue", figures, GOALS))


def _given(value: int | None, otherwise: int) -> int:
    return otherwise if value is None else value


if __name__ == "__main__":
    main()
