"""How the databases are opened: durable, strict, and clear about what they are not."""

import asyncio
from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlalchemy import text

from app.conversation.errors import Stale
from app.conversation.interaction import Interaction
from app.store.engine import Database, open_database
from app.store.sql import SqlStore
from tests.contract.people import asked, customers


async def _ask(database: Database, question: str, *, write: bool) -> object:
    async with database.write() if write else database.read() as db:
        return (await db.execute(text(question))).scalar_one()


@pytest.mark.parametrize("url", ["mysql://x/y", "sqlite://", "sqlite:///:memory:"])
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(ValueError, match="sqlite"):
        open_database(url)


@pytest.mark.parametrize("write", [True, False])
async def test_sqlite_is_durable_and_checks_references(tmp_path: Path, write: bool) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'a.db'}")
    try:
        assert await _ask(database, "PRAGMA journal_mode", write=write) == "wal"
        assert await _ask(database, "PRAGMA synchronous", write=write) == 2  # FULL
        assert await _ask(database, "PRAGMA foreign_keys", write=write) == 1
        assert await _ask(database, "PRAGMA busy_timeout", write=write) == 5000
    finally:
        await database.close()


async def test_postgres_is_durable_though_its_server_is_set_otherwise(postgres_url: str) -> None:
    database = open_database(postgres_url)
    try:
        assert database.is_postgres
        assert await _ask(database, "SHOW synchronous_commit", write=True) == "on"
        assert await _ask(database, "SHOW transaction_isolation", write=True) == "read committed"
        assert await _ask(database, "SHOW transaction_isolation", write=False) == "repeatable read"
        assert await _ask(database, "SHOW transaction_read_only", write=False) == "on"
        assert await _ask(database, "SHOW transaction_read_only", write=True) == "off"
    finally:
        await database.close()


async def test_a_writer_waits_for_another_process_of_sqlite(migrated_sqlite_url: str) -> None:
    ours, theirs = (open_database(migrated_sqlite_url) for _ in range(2))
    order = []

    async def write_after() -> None:
        async with ours.write():
            order.append("ours")

    try:
        async with theirs.write():
            waiting = asyncio.create_task(write_after())
            await asyncio.sleep(0.05)
            order.append("theirs")
        await waiting
    finally:
        await ours.close()
        await theirs.close()
    assert order == ["theirs", "ours"]


async def test_of_two_that_wait_for_each_other_one_is_told_stale(
    migrated_postgres_url: str,
) -> None:
    store = SqlStore(open_database(migrated_postgres_url), on_commit=lambda topics: None)
    try:
        first, second = [await asked(store, who) for who in await customers(store, 2)]
        both_hold_one = asyncio.Barrier(2)

        async def change(mine: Interaction, other: Interaction) -> None:
            async with store.write() as work:
                await work.interactions.save(replace(mine, priority=8))
                await both_hold_one.wait()
                await work.interactions.save(replace(other, priority=8))

        done = await asyncio.gather(
            change(first, second), change(second, first), return_exceptions=True
        )
    finally:
        await store.close()
    assert {type(one) for one in done} == {Stale, type(None)}
