"""A database that does not answer is said to be away; a wrong question is not."""

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.store.away import DatabaseAway
from app.store.engine import open_database
from app.store.sql import SqlStore
from tests.contract.people import customer
from tests.fixtures.postgres import execute


async def test_nobody_listens_there(tmp_path: Path) -> None:
    store = SqlStore(
        open_database(f"postgresql://nobody@/none?host={tmp_path}"), lambda topics: None
    )
    for use in (store.epoch, lambda: customer(store)):
        with pytest.raises(DatabaseAway):
            await use()
    await store.close()


async def test_a_server_that_was_killed_is_away_once(migrated_postgres_url: str) -> None:
    store = SqlStore(open_database(migrated_postgres_url), lambda topics: None)
    await customer(store)
    execute(
        migrated_postgres_url,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )
    with pytest.raises(DatabaseAway):
        await customer(store)
    await customer(store)
    await store.close()


async def test_a_file_that_is_locked_is_away(
    migrated_sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.store.engine.BUSY_TIMEOUT_MS", 10)
    store = SqlStore(open_database(migrated_sqlite_url), lambda topics: None)
    other = open_database(migrated_sqlite_url)
    async with other.write():
        with pytest.raises(DatabaseAway):
            await customer(store)
    await customer(store)
    await other.close()
    await store.close()


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
async def test_a_wrong_question_is_an_error_of_ours(
    request: pytest.FixtureRequest, kind: str
) -> None:
    database = open_database(request.getfixturevalue(f"migrated_{kind}_url"))
    store = SqlStore(database, lambda topics: None)

    async def ask() -> None:
        async with store.read() as work:
            await work._db.execute(text("SELECT nothing FROM nowhere"))  # type: ignore[attr-defined]  # below the port

    with pytest.raises(DBAPIError):
        await ask()
    await store.close()
