"""Runs that lie still, and runs that are in flight while a new version goes live."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import msgspec
from msgspec import structs
from sqlalchemy import Row, insert, select

from app.catalogue import Catalogue
from app.conversation.timeline import Actor, ActorKind, Entry
from app.ids import new_id
from app.publishing import Policy, Publishing
from app.runs.log import RunLog, standing
from app.store import tables
from app.store.engine import Database, open_database
from app.store.records import RunRow
from app.store.sql import SqlStore
from benchmarks import step_flow
from selfservice.definition import Definition
from selfservice.events import Event
from selfservice.texts import Catalogues
from tests.unit.selfservice.driver import START

RUNS = 100_000
IN_FLIGHT = 10_000
ANSWERED = 3
BATCH = 2_000
OWNERS = select(tables.conversation.c.customer_id, tables.conversation.c.id)


async def park(url: str) -> None:
    """So many runs wait for a time that is far away, or for an event of the company's."""
    flow = step_flow.definition()
    _, state = step_flow.log_of(flow, new_id(), ANSWERED)
    database = open_database(url)
    try:
        for first in range(0, RUNS, BATCH):
            async with database.write() as db:
                owners = (await db.execute(OWNERS)).all()
                rows = [
                    structs.replace(
                        standing(
                            _row(flow, owners[number % len(owners)], f"parked {number}"),
                            flow,
                            state,
                        ),
                        status="waiting",
                        wakes_at=datetime.now(UTC) + timedelta(days=365),
                        awaits="parcel.moved",
                    )
                    for number in range(first, first + BATCH)
                ]
                await db.execute(insert(tables.run), [structs.asdict(one) for one in rows])
    finally:
        await database.close()


def _row(flow: Definition, owner: Row[UUID, UUID], inputs_key: str) -> RunRow:
    customer_id, conversation_id = owner
    return RunRow(
        id=new_id(),
        customer_id=customer_id,
        conversation_id=conversation_id,
        flow=flow.flow,
        hash=flow.version,
        inputs_key=inputs_key,
        state=b"",
        status="",
        updated_at=START,
    )


async def published(url: str, flows: Path) -> tuple[float, float]:
    """Seconds until a new version is live that pins those in flight, and one that all follow."""
    database = open_database(url)
    store = SqlStore(database, lambda topics: None)
    try:
        async with database.write() as db:
            await db.execute(tables.run.delete())
        await _fly(store, database)
        catalogue = Catalogue()
        publishing = Publishing(store, catalogue, RunLog(catalogue, Catalogues(flows)))
        await catalogue.refresh(store)
        return (
            await _timed(publishing, "two", Policy.PIN),
            await _timed(publishing, "three", Policy.MIGRATE),
        )
    finally:
        await database.close()


async def _timed(publishing: Publishing, label: str, policy: Policy) -> float:
    began = time.perf_counter()
    flow = step_flow.definition(label)
    plan = await publishing.plan(flow, {})
    moved = await publishing.publish([(flow, step_flow.text(label))], policy)
    took = time.perf_counter() - began
    wanted = IN_FLIGHT if policy is Policy.MIGRATE else 0
    if (plan.in_flight, plan.migrate, moved) != (IN_FLIGHT, IN_FLIGHT, wanted):
        raise RuntimeError(f"{plan.in_flight} in flight, {plan.migrate} the same, {moved} moved")
    return took


async def _fly(store: SqlStore, database: Database) -> None:
    flow = step_flow.definition()
    async with database.read() as db:
        owners = (await db.execute(OWNERS)).all()
    for first in range(0, IN_FLIGHT, BATCH):
        rows: list[RunRow] = []
        entries: list[tuple[UUID, Entry]] = []
        for number in range(first, first + BATCH):
            row = _row(flow, owners[number % len(owners)], f"in flight {number}")
            log, state = step_flow.log_of(flow, row.id, ANSWERED)
            rows.append(standing(row, flow, state))
            entries += _entries(row.conversation_id, row.id, log)
        async with database.write() as db:
            await db.execute(insert(tables.run), [structs.asdict(one) for one in rows])
        async with store.write() as work:
            await work.timeline.append_all(entries)


def _entries(conversation_id: UUID, run_id: UUID, log: list[Event]) -> Iterator[tuple[UUID, Entry]]:
    actor = Actor(kind=ActorKind.CUSTOMER, name="Customer")
    for event in log:
        private = msgspec.json.encode(event)
        entry = Entry(kind="flow.answered", actor=actor, body={}, run_id=run_id, private=private)
        yield conversation_id, entry
