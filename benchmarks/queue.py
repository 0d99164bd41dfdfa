"""How long does a round of offers take, and how near to what the database could do?

    python -m benchmarks.queue [--quick] [--json] [--database both|sqlite|postgres]

A thousand wait, fifty agents are there. The round is the server's own (app.queue.offer_round), in
this process, without HTTP and sockets.

claim_ms          one agent becomes free: statements and commit of the round that gives them the
                  next one out of a thousand
round_ms          the same with the choice and everything else
claims_per_s      all agents become free at once: offers per second of those rounds
ratio_to_ceiling  those over the claims per second of one statement each: the same row is locked,
                  offered, and told in its timeline, in a transaction of its own with the same
                  durability; rounds of the two take turns
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import click
import uvloop
from msgspec import Struct
from sqlalchemy import Engine, event, text

from app.conversation.interaction import Channel, Interaction, State
from app.ids import new_id
from app.queue import offer_round
from app.store.engine import Database, open_database
from app.store.sql import SqlStore
from benchmarks.cores import SERVERS, pinned
from benchmarks.report import Goal, joined, quantile, report, table
from tests.chaos.cluster import durable_cluster
from tests.chaos.people import QUEUE, seat_agents, seat_customers

DATABASES = ("sqlite", "postgres")
ROOM = 4
GOALS = (
    *(Goal(figure=f"{name}_ratio_to_ceiling", op=">=", gate=0.5, goal=1.0) for name in DATABASES),
    Goal(figure="claim_ms_p99", op="<=", goal=50),
)
LESS_IS_WORSE = "claims_per_s"

RELEASE = """
    UPDATE interaction SET state = 'queued', offer_agent_id = NULL, offer_offered_at = NULL,
        offer_expires_at = NULL, version = version + 1
"""
RELEASE_ALL = text(f"{RELEASE} WHERE state = 'offered'")
RELEASE_ONE = text(f"""{RELEASE} WHERE id = (
    SELECT id FROM interaction WHERE state = 'offered' ORDER BY enqueued_at, id LIMIT 1
)""")  # noqa: S608 - our own words
CLAIM = """
    UPDATE interaction SET state = 'offered', offer_agent_id = :agent, offer_offered_at = {clock},
        offer_expires_at = {clock}, version = version + 1
    WHERE id = (
        SELECT id FROM interaction WHERE state IN ('queued')
        ORDER BY crisis DESC, priority DESC, enqueued_at, id LIMIT 1 {lock}
    ) RETURNING conversation_id
"""
NUMBER = """
    UPDATE conversation SET head = head + 1, customer_prev = customer_head
    WHERE id = :log RETURNING head, customer_prev
"""
TELL = """
    INSERT INTO event (conversation_id, seq, kind, actor_kind, actor_name, body, audience, at,
        customer_prev)
    VALUES (:log, :head, 'interaction.offered', 'system', 'Warmline', '{{}}', 'agents', {clock},
        :prev)
"""
WORDS = {
    True: {"clock": "clock_timestamp()", "lock": "FOR UPDATE SKIP LOCKED"},
    False: {"clock": "strftime('%Y-%m-%d %H:%M:%f000', 'now')", "lock": ""},
}


class Plan(Struct, frozen=True, kw_only=True):
    waiting: int = 1000
    agents: int = 50
    bursts: int
    singles: int


QUICK, FULL = Plan(bursts=5, singles=100), Plan(bursts=30, singles=1000)


class Statements:
    """Time that this process waits for answers of the database."""

    def __init__(self) -> None:
        self.took_s = 0.0
        self._began = self.ended = 0.0

    def before(self, *_: Any) -> None:
        self._began = time.perf_counter()

    def after(self, *_: Any) -> None:
        self.ended = time.perf_counter()
        self.took_s += self.ended - self._began


@contextmanager
def measured() -> Iterator[Statements]:
    statements = Statements()
    events = {"before_cursor_execute": statements.before, "after_cursor_execute": statements.after}
    for name, act in events.items():
        event.listen(Engine, name, act)
    try:
        yield statements
    finally:
        for name, act in events.items():
            event.remove(Engine, name, act)


class Bench:
    """A long line, and agents who are there."""

    def __init__(self, plan: Plan, database: Database, agents: list[UUID]) -> None:
        self._plan = plan
        self._database = database
        self._store = SqlStore(database, lambda topics: None)
        self._agents = agents
        words = WORDS[database.is_postgres]
        self._claim, self._tell = text(CLAIM.format(**words)), text(TELL.format(**words))

    async def burst(self) -> tuple[float, float]:
        """Claims per second: of one round for all, and of one statement each."""
        await self._run(RELEASE_ALL)
        began = time.perf_counter()
        made = await offer_round(self._store)
        ours = made / (time.perf_counter() - began)
        assert made == len(self._agents) * ROOM
        await self._run(RELEASE_ALL)
        began = time.perf_counter()
        for number in range(made):
            await self._alone(self._agents[number % len(self._agents)])
        return ours, made / (time.perf_counter() - began)

    async def single(self) -> tuple[float, float]:
        """Milliseconds of one round that has room for one: in the database, and in all."""
        await self._run(RELEASE_ONE)
        with measured() as statements:
            began = time.perf_counter()
            assert await offer_round(self._store) == 1
            ended = time.perf_counter()
        commit_s = ended - statements.ended
        return (statements.took_s + commit_s) * 1000, (ended - began) * 1000

    async def _alone(self, agent: UUID) -> None:
        async with self._database.write() as db:
            given = agent if self._database.is_postgres else agent.hex
            log = (await db.execute(self._claim, {"agent": given})).scalar_one()
            head, prev = (await db.execute(text(NUMBER), {"log": log})).one()
            await db.execute(self._tell, {"log": log, "head": head, "prev": prev})

    async def _run(self, statement: Any) -> None:
        async with self._database.write() as db:
            await db.execute(statement)


@asynccontextmanager
async def bench(url: str, plan: Plan) -> AsyncIterator[Bench]:
    seats = await seat_customers(url, plan.waiting)
    desks = await seat_agents(url, [ROOM] * plan.agents, offer_ttl_s=600)
    database = open_database(url)
    store = SqlStore(database, lambda topics: None)
    try:
        async with store.write() as work:
            now = await work.now()
            for desk in desks:
                until = now + timedelta(hours=1)
                await work.agents.reachable_until(UUID(desk.agent_id), uuid4(), until)
            for number, seat in enumerate(seats):
                customer = await work.customers.of_conversation(UUID(seat.conversation_id))
                waiting = Interaction(
                    id=new_id(),
                    conversation_id=customer.conversation_id,
                    customer_id=customer.id,
                    state=State.QUEUED,
                    channel=Channel.TEXT,
                    queue=QUEUE,
                    reason="help",
                    priority=1,
                    why_now="asks by text",
                    enqueued_at=now + timedelta(milliseconds=number),
                )
                await work.interactions.add(waiting)
        yield Bench(plan, database, [UUID(desk.agent_id) for desk in desks])
    finally:
        await database.close()


async def figures_of(url: str, plan: Plan) -> dict[str, float]:
    async with bench(url, plan) as one:
        await one.burst()  # statements are made, pages are in memory
        bursts = [await one.burst() for _ in range(plan.bursts)]
        await offer_round(one._store)
        singles = [await one.single() for _ in range(plan.singles)]
    ours, ceiling = (sum(column) / len(bursts) for column in zip(*bursts, strict=True))
    claims, rounds = zip(*singles, strict=True)
    return {
        "ratio_to_ceiling": ours / ceiling,
        "claims_per_s": ours,
        "ceiling_per_s": ceiling,
        "claim_ms_p50": quantile(claims, 0.5),
        "claim_ms_p99": quantile(claims, 0.99),
        "round_ms_p50": quantile(rounds, 0.5),
        "round_ms_p99": quantile(rounds, 0.99),
    }


def bench_on(database: str, plan: Plan) -> dict[str, float]:
    """With a folder of its own, and for Postgres a cluster of its own."""
    with ExitStack() as stack:
        data = stack.enter_context(tempfile.TemporaryDirectory(prefix="warmline-bench-"))
        url = f"sqlite:///{Path(data) / 'queue.db'}"
        if database == "postgres":
            with pinned(SERVERS):
                url = stack.enter_context(durable_cluster()).url
        runner = stack.enter_context(asyncio.Runner(loop_factory=uvloop.new_event_loop))
        return runner.run(figures_of(url, plan))


@click.command()
@click.option("--quick", is_flag=True, help="Within 60 s: fewer rounds.")
@click.option("--json", "only_json", is_flag=True, help="Print the JSON line alone.")
@click.option("--database", type=click.Choice(["both", *DATABASES]), default="both")
def main(quick: bool, only_json: bool, database: str) -> None:
    """Measure rounds of offers with databases of their own in temporary folders."""
    kinds = DATABASES if database == "both" else (database,)
    each = {kind: bench_on(kind, QUICK if quick else FULL) for kind in kinds}
    for line in () if only_json else table(each):
        click.echo(line)
    figures = joined(each, LESS_IS_WORSE)
    sys.exit(report("queue", figures, [goal for goal in GOALS if goal.figure in figures]))


if __name__ == "__main__":
    main()
