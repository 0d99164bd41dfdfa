"""Does a message reach the other process soon although whatever carries bells is cut?

    python -m tests.chaos.bus [--cuts 20] [--messages 5000] [--carrier both] [--quick] [--json]

Customers write at one server process, agents at another, on one Postgres. At a random moment of
each share of the messages the carrier of bells is lost: the bus connections of Postgres are
terminated; a Redis is killed and started again, or stopped so that it says nothing. In the end the
database and what every page saw are compared (tests/chaos/checker.py).

    read_ms     from the cut until both sides have read all that was said until then and meanwhile
"""

import asyncio
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from pathlib import Path

import click
from msgspec import Struct, structs

from benchmarks.report import Goal, quantile, report
from tests.chaos.checker import Verdict, judge
from tests.chaos.cluster import durable_cluster
from tests.chaos.crowd import Crowd, talking, until
from tests.chaos.lives import Lives
from tests.chaos.people import seat_pairs
from tests.chaos.server import Server
from tests.chaos.stored import read
from tests.fixtures.postgres import execute
from tests.fixtures.redis import RedisServer, throwaway_redis

PER_AGENT = 4
CONVERSATIONS = 20
SETTLED_WITHIN_S = 60.0
AWAY_S = 1.0
"""A Redis is away so long at most, or says nothing for PAUSED_S."""

PAUSED_S = 6.0
CUT = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'warmline bus'"
)
NOTHING_WRONG = [Goal(figure=name, op="<=", gate=0, goal=0) for name in Verdict.__struct_fields__]
GOALS = [
    *NOTHING_WRONG,
    Goal(figure="read_ms_max", op="<=", gate=15_000, goal=5_000),
]

Cut = Callable[[random.Random], Awaitable[None]]


class Plan(Struct, frozen=True, kw_only=True):
    cuts: int
    messages: int
    seed: int = 1


async def talk(plan: Plan, crowd: Crowd, cut: Cut) -> list[float]:
    """Every share with one cut in its middle; how long each took to be read, in ms."""
    rng = random.Random(plan.seed)  # noqa: S311 - no secret
    took_ms = []
    await until(crowd.all_here, SETTLED_WITHIN_S)
    for number in range(1, plan.cuts + 1):
        point = crowd.acked + int(plan.messages / plan.cuts * rng.random())
        crowd.allow(plan.messages * number // plan.cuts)
        await until(lambda point=point: crowd.acked >= point, SETTLED_WITHIN_S)  # type: ignore[misc]
        began = time.monotonic()
        await cut(rng)
        await until(crowd.settled, SETTLED_WITHIN_S)
        took_ms.append((time.monotonic() - began) * 1000)
        click.echo(f"{number} of {plan.cuts} cuts", err=True)
    return took_ms


async def torment(plan: Plan, servers: list[Server], cut: Cut) -> dict[str, float]:
    seats = await seat_pairs(servers[0].database_url, CONVERSATIONS, PER_AGENT)
    lives, rng = Lives(), random.Random(plan.seed)  # noqa: S311 - no secret
    try:
        for server in servers:
            server.start()
        await asyncio.gather(*(server.answers() for server in servers))
        lives.ready()
        async with talking(seats, [one.port for one in servers], lives, rng) as crowd:
            took_ms = await talk(plan, crowd, cut)
    finally:
        for server in servers:
            server.kill()
    verdict = judge(crowd.conversations(await read(servers[0].database_url)))
    return {
        **structs.asdict(verdict),
        "read_ms_p50": quantile(took_ms, 0.5),
        "read_ms_max": max(took_ms),
        "messages": sum(page.outbox.begun for page in crowd.pages),
        "cuts": len(took_ms),
    }


def torment_with(carrier: str, plan: Plan) -> dict[str, float]:
    """With a cluster, and for Redis with a server, of its own."""
    with ExitStack() as stack:
        data = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="warmline-chaos-")))
        cluster = stack.enter_context(durable_cluster())
        redis = stack.enter_context(throwaway_redis()) if carrier == "redis" else None
        servers = []
        for name in ("customers", "agents"):
            (data / name).mkdir()
            bus_url = redis.url if redis else ""
            servers.append(Server(data / name, cluster.url, bus_url=bus_url))
        cut = _redis(redis) if redis else _postgres(cluster.url)
        return asyncio.run(torment(plan, servers, cut))


def _postgres(url: str) -> Cut:
    async def cut(rng: random.Random) -> None:
        await asyncio.to_thread(execute, url, CUT)

    return cut


def _redis(server: RedisServer) -> Cut:
    async def cut(rng: random.Random) -> None:
        if rng.random() < 0.5:
            server.kill()
            await asyncio.sleep(rng.uniform(0, AWAY_S))
            await asyncio.to_thread(server.start)
            return
        os.kill(server.pid, signal.SIGSTOP)
        await asyncio.sleep(rng.uniform(0, PAUSED_S))
        os.kill(server.pid, signal.SIGCONT)

    return cut


@click.command()
@click.option("--cuts", type=int, help="20; quick: 3.")
@click.option("--messages", type=int, help="In all; 5,000, quick: 300.")
@click.option("--carrier", type=click.Choice(["both", "postgres", "redis"]), default="both")
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--quick", is_flag=True, help="Within 60 s.")
@click.option("--json", "only_json", is_flag=True, help="Print the JSON line alone.")
def main(
    cuts: int | None, messages: int | None, carrier: str, seed: int, quick: bool, only_json: bool
) -> None:
    """Cut the bus under load and look for what became of every message."""
    plan = Plan(
        cuts=(3 if quick else 20) if cuts is None else cuts,
        messages=(300 if quick else 5000) if messages is None else messages,
        seed=seed,
    )
    kinds = ["postgres", "redis"] if carrier == "both" else [carrier]
    each = [torment_with(kind, plan) for kind in kinds]
    for kind, figures in () if only_json else zip(kinds, each, strict=True):
        click.echo(f"{kind}: {figures}")
    worse = {name: max(figures[name] for figures in each) for name in each[0]}
    sys.exit(report("chaos.bus", worse, GOALS))


if __name__ == "__main__":
    main()
