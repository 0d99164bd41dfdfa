"""Which schema does a database have, and how does it get the newest one?

Alembic is only imported where something is to be migrated: it costs a start 0.3 s.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib.resources import files
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.engine import open_database

if TYPE_CHECKING:
    from alembic.config import Config

TABLE = "alembic_version"
LOCK = 7_262_100_811
"""Any number, but always this one: Postgres' advisory lock of Warmline's migrations."""


class BrokenReferences(Exception):
    """A migration left rows that refer to nothing; it was undone."""

    def __init__(self, tables: set[str]) -> None:
        super().__init__(f"rows refer to nothing in {', '.join(sorted(tables))}")
        self.tables = tables


async def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database to `revision`, all or nothing. Several processes may do so at once."""
    if revision == "head" and await current(url) == head():
        return
    from alembic import command

    await migrate(url, lambda config: command.upgrade(config, revision))


async def downgrade(url: str, revision: str) -> None:
    """Bring the database back to `revision`; "base" leaves it empty."""
    from alembic import command

    await migrate(url, lambda config: command.downgrade(config, revision))


async def current(url: str) -> str | None:
    """The revision of the database; None where it was never migrated."""
    database = open_database(url)
    try:
        async with database.read() as db:
            if not await db.run_sync(lambda connection: inspect(connection).has_table(TABLE)):
                return None
            revision: str | None = await db.scalar(text(f"SELECT version_num FROM {TABLE}"))  # noqa: S608 - our own
            return revision
    finally:
        await database.close()


def head() -> str:
    """The newest revision that this program knows: its files are numbered."""
    names = (one.name for one in files("migrations.versions").iterdir())
    return max(name.partition("_")[0] for name in names if name[:1].isdigit())


async def migrate(url: str, run: Callable[["Config"], object]) -> None:
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


def _config() -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(files("migrations")))
    config.set_main_option("path_separator", "os")
    return config
