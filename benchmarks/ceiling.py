"""How many messages a second could be stored if storing were all there is to do?

The same rows in the same schema with the same durability, one transaction each, without WebSocket,
rights and readers. Postgres: one prepared statement per message, over a pool of 10 connections.
SQLite: the same two statements between BEGIN IMMEDIATE and COMMIT, on one connection.

It runs in a process of its own, on the core that the server has otherwise.
"""

import asyncio
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import closing, contextmanager
from itertools import cycle
from multiprocessing import get_context
from uuid import UUID, uuid4

import asyncpg
import uvloop

from benchmarks.cores import pinned
from tests.chaos.people import seat_customers

CONNECTIONS = 10
CONVERSATIONS = 50
BODY = '{"text": "' + "x" * 120 + '"}'
SQLITE = "sqlite:///"
COLUMNS = (
    "conversation_id, seq, kind, actor_kind, actor_name, actor_id, body, audience, at, "
    "customer_prev, cmid"
)
ON_POSTGRES = f"""
    WITH moved AS (
        UPDATE conversation
        SET head = head + 1, customer_prev = customer_head, customer_head = head + 1
        WHERE id = $1 RETURNING head, customer_prev
    )
    INSERT INTO event ({COLUMNS})
    SELECT $1, head, 'message', 'customer', 'Customer', $2, $3, 'everyone', now(), customer_prev, $4
    FROM moved RETURNING seq, at
"""  # noqa: S608 - our own columns
MOVE = """
    UPDATE conversation
    SET head = head + 1, customer_prev = customer_head, customer_head = head + 1
    WHERE id = ? RETURNING head, customer_prev, strftime('%Y-%m-%d %H:%M:%f', 'now')
"""
APPEND = f"""
    INSERT INTO event ({COLUMNS})
    VALUES (?, ?, 'message', 'customer', 'Customer', ?, ?, 'everyone', ?, ?, ?)
"""  # noqa: S608 - our own columns


@contextmanager
def storing(core: int) -> Iterator[Executor]:
    """A process on this core, for `measure`."""
    pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
    try:
        with pinned(core):
            pool.submit(uuid4).result()  # started now, while this thread is on that core
        yield pool
    finally:
        pool.shutdown()


async def measure(pool: Executor, url: str, places: list[UUID], seconds: float) -> float:
    """Messages per second over so long a time."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(pool, _stored, url, places, seconds)


async def prepare(url: str) -> list[UUID]:
    """An empty database is given the schema, and conversations to store in."""
    seats = await seat_customers(url, CONVERSATIONS)
    return [UUID(seat.conversation_id) for seat in seats]


def _stored(url: str, places: list[UUID], seconds: float) -> float:
    if url.startswith(SQLITE):
        return _on_sqlite(url.removeprefix(SQLITE), places, seconds)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_on_postgres(url, places, seconds))


async def _on_postgres(url: str, places: list[UUID], seconds: float) -> float:
    connections = [await asyncpg.connect(url) for _ in range(CONNECTIONS)]
    try:
        statements = [await one.prepare(ON_POSTGRES) for one in connections]
        turns, began = cycle(places), time.monotonic()
        storing = [_store_until(began + seconds, one, turns) for one in statements]
        done = sum(await asyncio.gather(*storing))
        return done / (time.monotonic() - began)
    finally:
        for one in connections:
            await one.close()


async def _store_until(
    end: float, statement: asyncpg.prepared_stmt.PreparedStatement, turns: Iterator[UUID]
) -> int:
    done = 0
    while time.monotonic() < end:
        place = next(turns)
        await statement.fetchrow(place, place, BODY, uuid4())
        done += 1
    return done


def _on_sqlite(path: str, places: list[UUID], seconds: float) -> float:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
            db.execute(f"PRAGMA {pragma}")
        turns, began, done = cycle(one.hex for one in places), time.monotonic(), 0
        while time.monotonic() < began + seconds:
            _store(db, next(turns))
            done += 1
        return done / (time.monotonic() - began)


def _store(db: sqlite3.Connection, place: str) -> None:
    db.execute("BEGIN IMMEDIATE")
    ((head, prev, now),) = db.execute(MOVE, (place,)).fetchall()
    db.execute(APPEND, (place, head, place, BODY, now, prev, uuid4().hex))
    db.execute("COMMIT")
