"""Is an acknowledged message lost, doubled or moved when the server is killed again and again?

    python -m tests.chaos.messages [--kills 200] [--messages 50000] [--database both] [--quick]
                                   [--commits-fail]

Customers and agents write to each other through the live socket of a real server process. Each
life of the server allows the next share of the messages; at a random moment of it the process gets
SIGKILL and is started again. One life in five ends while the pages are still coming back, one
start in ten is killed, too. With Postgres, the database itself is then stopped at once and started
again, under the same load. In the end the database and what every page saw are compared, message
by message. Some customers talk through the core of the SDK in a node process of its own, which is
killed as often as phones kill apps: its outbox and its log are in a file.

    lost              acknowledged, and not in the database
    doubled           stored, or shown to somebody, twice
    out_of_order      before an earlier one of the same sender
    welcome_ms_p99    from a page's first connect after the server was ready to its welcome
    kill_to_welcome   from SIGKILL to the welcome, of pages that were in the life before
    settled_ms        from the stop of Postgres until all is acknowledged and read, its start
                      included
    unkept            typed into an app that was killed before it was on disk: the customer sees
                      that it is gone

With --commits-fail one transaction in a hundred reports an error after it was committed. SIGKILL
does not test what a power cut does to files. The bus between processes is cut by tests.chaos.bus.
"""

import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import click
from msgspec import Struct, structs

from benchmarks.report import Goal, quantile, report
from tests.chaos.checker import Verdict, judge
from tests.chaos.cluster import Cluster, durable_cluster
from tests.chaos.crowd import Crowd, talking, until
from tests.chaos.lives import Lives
from tests.chaos.people import Seat, seat_pairs
from tests.chaos.phone import Phone, bundled
from tests.chaos.server import Server
from tests.chaos.stored import read

PER_AGENT = 4
EARLY = 0.2
"""The share of lives that end while pages are still coming back."""

STILLBORN = 0.1
"""The share of starts that are killed, too, before or after they serve."""

STARTS_WITHIN_S = 3.0
BACK_WITHIN_S = 15.0
SETTLED_WITHIN_S = 60.0
SHARE_WITHIN_S = 10.0
TOLD_EVERY = 1

NOTHING_WRONG = [Goal(figure=name, op="<=", gate=0, goal=0) for name in Verdict.__struct_fields__]
GOALS = [
    *NOTHING_WRONG,
    Goal(figure="server_exits", op="<=", gate=0, goal=0),
    Goal(figure="refused", op="<=", goal=0),
    Goal(figure="welcome_ms_p99", op="<=", goal=1000),
]
COUNTS = ("kills", "messages", "postgres_stops")


class Plan(Struct, frozen=True, kw_only=True):
    """How much is done."""

    kills: int
    messages: int
    conversations: int
    postgres_stops: int
    seed: int
    phones: int = 0
    commits_fail: bool = False

    def allowed(self, lives: int) -> int:
        """How many messages may have been begun in so many lives; the last one takes the rest."""
        return self.messages * lives // (self.kills + self.postgres_stops + 1)


class Torment:
    """One server, its database, and the crowd that talks through it."""

    def __init__(self, plan: Plan, server: Server, cluster: Cluster | None, crowd: Crowd) -> None:
        self._plan = plan
        self._server = server
        self._cluster = cluster
        self._crowd = crowd
        self._rng = random.Random(plan.seed)  # noqa: S311 - no secret
        self._shares = 0
        self.settled_ms: list[float] = []
        self.server_exits = 0

    async def run(self) -> None:
        await until(self._crowd.all_here, BACK_WITHIN_S)
        for number in range(self._plan.kills):
            await self._some_moment()
            await self._kill()
            self._tell("kills", number + 1, self._plan.kills)
        for number in range(self._plan.postgres_stops):
            await self._stop_postgres()
            self._tell("stops of Postgres", number + 1, self._plan.postgres_stops)
        self._crowd.allow(self._plan.messages)
        await until(self._crowd.settled, SETTLED_WITHIN_S + self._plan.messages / 100)
        for phone in self._crowd.phones:
            phone.mortal = False
        await until(self._crowd.settled, SETTLED_WITHIN_S)
        await asyncio.sleep(0.5)  # for what nobody waits for: events that come twice

    async def _some_moment(self) -> None:
        """A random point among the messages of this life, or early in it."""
        if self._rng.random() < EARLY:
            await asyncio.sleep(self._rng.uniform(0, 0.3))
            return
        await until(self._crowd.all_here, BACK_WITHIN_S)
        await self._in_the_middle()

    async def _in_the_middle(self) -> None:
        """Allow the next share and wait until a random part of it is acknowledged."""
        before = self._shares
        self._shares += 1
        share = self._plan.allowed(self._shares) - self._plan.allowed(before)
        point = self._crowd.acked + int(share * self._rng.random())
        self._crowd.allow(self._plan.allowed(self._shares))
        await until(lambda: self._crowd.acked > point, SHARE_WITHIN_S)
        await asyncio.sleep(self._rng.uniform(0, 0.01))

    async def _kill(self) -> None:
        self.server_exits += not self._server.alive
        self._kill_once()
        if self._rng.random() < STILLBORN:
            await asyncio.sleep(self._rng.uniform(0, STARTS_WITHIN_S))
            self._kill_once()
        await self._server.answers()
        self._crowd.lives.ready()

    def _kill_once(self) -> None:
        self._crowd.lives.killed()
        self._server.kill()
        self._server.start()

    async def _stop_postgres(self) -> None:
        cluster = self._cluster
        assert cluster is not None
        await until(self._crowd.settled, SETTLED_WITHIN_S)
        await self._in_the_middle()
        began = time.monotonic()
        await asyncio.to_thread(cluster.stop)
        await asyncio.sleep(self._rng.uniform(0, 0.3))
        await asyncio.to_thread(cluster.start)
        await until(self._crowd.settled, SETTLED_WITHIN_S)
        self.settled_ms.append((time.monotonic() - began) * 1000)
        if not self._server.alive:
            await self._kill()  # which counts it

    def _tell(self, what: str, done: int, of: int) -> None:
        if done % TOLD_EVERY == 0 or done == of:
            acked, again = self._crowd.acked, self._crowd.known_again()
            click.echo(f"{done} of {of} {what}; {acked} acks, {again} events again", err=True)


async def torment(data: Path, plan: Plan, cluster: Cluster | None) -> dict[str, float]:
    """The figures of one database."""
    url = cluster.url if cluster else ""
    server = Server(data, url, commits_fail=plan.commits_fail)
    seats = await seat_pairs(server.database_url, plan.conversations, PER_AGENT)
    lives = Lives()
    try:
        server.start()
        await server.answers()
        lives.ready()
        rng = random.Random(plan.seed)  # noqa: S311 - no secret
        phones = _phones([seat for seat in seats if not seat.agent][: plan.phones], server, rng)
        async with talking(seats, [server.port], lives, rng, phones) as crowd:
            tormented = Torment(plan, server, cluster, crowd)
            await tormented.run()
    finally:
        server.kill()
    click.echo(f"closed, refused and errors: {dict(crowd.said())}", err=True)
    verdict = judge(crowd.conversations(await read(server.database_url)))
    found = figures(plan, verdict, tormented, crowd)
    click.echo(f"{'postgres' if cluster else 'sqlite'}: {found}", err=True)
    return found


def _phones(seats: list[Seat], server: Server, rng: random.Random) -> list[Phone]:
    if not seats:
        return []
    program = bundled(server.data_dir / "phones")
    return [Phone(seat, server.port, rng, program) for seat in seats]


def figures(plan: Plan, verdict: Verdict, tormented: Torment, crowd: Crowd) -> dict[str, float]:
    lives = crowd.lives
    said = crowd.said()
    return {
        **structs.asdict(verdict),
        "welcome_ms_p99": _or_0(lives.connect_to_welcome_ms, 0.99),
        "kill_to_welcome_ms_p50": _or_0(lives.kill_to_welcome_ms, 0.5),
        "kill_to_welcome_ms_p95": _or_0(lives.kill_to_welcome_ms, 0.95),
        "settled_ms_max": _or_0(tormented.settled_ms, 1),
        "server_exits": tormented.server_exits,
        "refused": sum(times for what, times in said.items() if what.startswith("refused")),
        "events_again": crowd.known_again(),
        "messages": sum(page.outbox.begun for page in crowd.pages),
        "kills": lives.count,
        "postgres_stops": len(tormented.settled_ms),
        "phone_kills": sum(phone.kills for phone in crowd.phones),
        "unkept": sum(len(phone.outbox.doubtful) for phone in crowd.phones),
    }


def _or_0(samples: Sequence[float], share: float) -> float:
    return quantile(samples, share) if samples else 0.0


def worse(one: dict[str, float], other: dict[str, float]) -> dict[str, float]:
    """Of each figure the larger one, but of what was done the smaller."""
    return {
        name: min(value, other[name]) if name in COUNTS[:2] else max(value, other[name])
        for name, value in one.items()
    }


def torment_on(database: str, plan: Plan) -> dict[str, float]:
    """With a folder of its own, and for Postgres a cluster of its own."""
    if database == "sqlite":
        plan = structs.replace(plan, postgres_stops=0)
    with ExitStack() as stack:
        data = stack.enter_context(tempfile.TemporaryDirectory(prefix="warmline-chaos-"))
        cluster = stack.enter_context(durable_cluster()) if database == "postgres" else None
        return asyncio.run(torment(Path(data), plan, cluster))


@click.command()
@click.option("--kills", type=int, help="SIGKILLs of the server; 200, quick: 5.")
@click.option("--messages", type=int, help="In all; 50,000, quick: 1,000.")
@click.option("--customers", type=int, default=20, show_default=True)
@click.option("--phones", type=int, default=4, show_default=True, help="Of them in node.")
@click.option("--postgres-stops", type=int, help="Immediate stops of Postgres; 20, quick: 1.")
@click.option("--database", type=click.Choice(["both", "sqlite", "postgres"]), default="both")
@click.option("--commits-fail", is_flag=True, help="1 % report an error after the commit.")
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--quick", is_flag=True, help="Within 60 s.")
@click.option("--json", "only_json", is_flag=True, help="Print the JSON line alone.")
def main(
    kills: int | None,
    messages: int | None,
    customers: int,
    phones: int,
    postgres_stops: int | None,
    database: str,
    commits_fail: bool,
    seed: int,
    quick: bool,
    only_json: bool,
) -> None:
    """Kill the server under load and look for what became of every message."""
    plan = Plan(
        kills=_given(kills, 5 if quick else 200),
        messages=_given(messages, 1000 if quick else 50_000),
        postgres_stops=_given(postgres_stops, 1 if quick else 20),
        conversations=customers,
        phones=phones,
        seed=seed,
        commits_fail=commits_fail,
    )
    kinds = ["sqlite", "postgres"] if database == "both" else [database]
    each = {kind: torment_on(kind, plan) for kind in kinds}
    for name in [] if only_json else each[kinds[0]]:
        values = "".join(f"{kind:>12}{each[kind][name]:10.1f}" for kind in kinds)
        click.echo(f"{name:<24}{values}")
    first, last = each[kinds[0]], each[kinds[-1]]
    sys.exit(report("chaos.messages", worse(first, last), GOALS))


def _given(value: int | None, otherwise: int) -> int:
    return otherwise if value is None else value


if __name__ == "__main__":
    main()
