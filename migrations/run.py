"""Which schema does a database have, and how does it get the newest one?"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib.resources import files

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.engine import open_database

LOCK = 7_262_100_811
"""Any number, but always this one: Postgres' advisory lock of Warmline's migrations."""


class BrokenReferences(Exception):
    """A migration left rows that refer to nothing; it was undone."""

    def __init__(self, tables: set[str]) -> None:
        super().__init__(f"rows refer to nothing in {', '.join(sorted(tables))}")
        self.tables = tables


async def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database to `revision`, all or nothing. Several processes may do so at once."""
    await migrate(url, lambda config: command.upgrade(config, revision))


async def downgrade(url: str, revision: str) -> None:
    """Bring the database back to `revision`; "base" leaves it empty."""
    await migrate(url, lambda config: command.downgrade(config, revision))


async def current(url: str) -> str | None:
    """The revision of the database; None where it was never migrated."""
    database = open_database(url)
    try:
        async with database.read() as db:
            return await db.run_sync(
                lambda connection: MigrationContext.configure(connection).get_current_revision()
            )
    finally:
        await database.close()


def head() -> str | None:
    """The newest revision that this program knows."""
    return ScriptDirectory.from_config(_config()).get_current_head()


async def migrate(url: str, run: Callable[[Config], object]) -> None:
    """Run one of Alembic's commands in a transaction on the database."""

    def with_connection(connection: Connection) -> None:
        config = _config()
        config.attributes["connection"] = connection
        run(config)

    async with _transaction(url) as db:
        await db.run_sync(with_connection)


@asynccontextmanager
async def _transaction(url: str) -> AsyncIterator[AsyncConnection]:
    database = open_database(url)
    try:
        async with database.schema_change() as db:
            if database.is_postgres:
                # Several processes may start at once: the others wait here and then find nothing
                # left to do. On SQLite, BEGIN IMMEDIATE has done the same.
                await db.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
            yield db
            if not database.is_postgres:
                await _check_references(db)
    finally:
        await database.close()


async def _check_references(db: AsyncConnection) -> None:
    broken = await db.execute(text("PRAGMA foreign_key_check"))
    tables = {row.table for row in broken}
    if tables:
        raise BrokenReferences(tables)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(files("migrations")))
    config.set_main_option("path_separator", "os")
    return config
