"""The versions lead from nothing to the tables of the program, and back."""

import asyncio
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

from app.store.engine import open_database
from app.store.sql import SqlStore
from app.store.tables import metadata
from migrations import run
from tests.migrations.catalogue import catalogue, create_all


def _differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(
        connection, opts={"compare_type": True, "compare_server_default": True}
    )
    return list(compare_metadata(context, metadata))


async def _epoch(url: str) -> str:
    store = SqlStore(open_database(url), on_commit=lambda topics: None)
    try:
        return str(await store.epoch())
    finally:
        await store.close()


async def test_an_upgrade_from_nothing_makes_the_tables_of_the_program(empty_url: str) -> None:
    assert await run.current(empty_url) is None
    await run.upgrade(empty_url)
    assert await run.current(empty_url) == run.head()
    database = open_database(empty_url)
    try:
        async with database.read() as db:
            assert await db.run_sync(_differences) == []
    finally:
        await database.close()


async def test_upgraded_on_sqlite_is_as_created(tmp_path: Path) -> None:
    upgraded, created = (f"sqlite:///{tmp_path / name}" for name in ("a.db", "b.db"))
    await run.upgrade(upgraded)
    await create_all(created)
    assert await catalogue(upgraded) == await catalogue(created)


async def test_upgraded_on_postgres_is_as_created(postgres_url: str) -> None:
    await run.upgrade(postgres_url)
    upgraded = await catalogue(postgres_url)
    await run.downgrade(postgres_url, "base")
    await create_all(postgres_url)
    assert upgraded == await catalogue(postgres_url)
    assert upgraded["index uq_interaction_open"].endswith(
        "WHERE ((state)::text = ANY ((ARRAY['live'::character varying, "
        "'offered'::character varying, 'paused'::character varying, "
        "'queued'::character varying])::text[]))"
    )


async def test_a_second_upgrade_does_nothing(empty_url: str) -> None:
    await run.upgrade(empty_url)
    before, epoch = await catalogue(empty_url), await _epoch(empty_url)
    await run.upgrade(empty_url)
    assert await catalogue(empty_url) == before
    assert await _epoch(empty_url) == epoch


async def test_four_upgrades_at_once_are_one(empty_url: str) -> None:
    await asyncio.gather(*(run.upgrade(empty_url) for _ in range(4)))
    assert await run.current(empty_url) == run.head()
    await _epoch(empty_url)


async def test_a_downgrade_leaves_nothing_and_can_be_taken_back(empty_url: str) -> None:
    await run.upgrade(empty_url)
    await run.downgrade(empty_url, "base")
    assert await catalogue(empty_url) == {}
    assert await run.current(empty_url) is None
    await run.upgrade(empty_url)
    assert await run.current(empty_url) == run.head()


async def test_every_database_has_an_epoch_of_its_own(tmp_path: Path) -> None:
    urls = [f"sqlite:///{tmp_path / name}" for name in ("a.db", "b.db")]
    for url in urls:
        await run.upgrade(url)
    assert await _epoch(urls[0]) != await _epoch(urls[1])


class Broken(Exception):
    pass


async def test_a_migration_that_breaks_leaves_nothing(empty_url: str) -> None:
    def create_and_break(config: Config) -> None:
        command.upgrade(config, "head")
        raise Broken

    with pytest.raises(Broken):
        await run.migrate(empty_url, create_and_break)
    assert await catalogue(empty_url) == {}
    assert await run.current(empty_url) is None


async def test_a_migration_that_leaves_dangling_rows_on_sqlite_is_undone(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'dangling.db'}"
    await run.upgrade(url)

    def forget_customers(config: Config) -> None:
        connection: Connection = config.attributes["connection"]
        connection.execute(
            text("INSERT INTO conversation (id, customer_id) VALUES ('c', 'nobody')")
        )

    with pytest.raises(run.BrokenReferences) as broken:
        await run.migrate(url, forget_customers)
    assert broken.value.tables == {"conversation"}
    database = open_database(url)
    try:
        async with database.read() as db:
            assert (await db.execute(text("SELECT count(*) FROM conversation"))).scalar() == 0
    finally:
        await database.close()
