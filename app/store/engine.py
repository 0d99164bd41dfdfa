"""How a database is opened: SQLite for one process, Postgres for several."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from sqlalchemy import URL, Connection, event, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from app.store import plain
from app.store.sqlite_connection import connect

POSTGRES_CONNECTIONS = 10
"""Kept per process; as many again are opened under load and closed afterwards."""

SQLITE_READERS = 4

BUSY_TIMEOUT_MS = 5_000
"""How long another process (a backup, `sqlite3`) may hold SQLite's lock before we give up."""


class Database:
    """One database: transactions that write, and transactions that see one snapshot."""

    def __init__(self, writer: AsyncEngine, reader: AsyncEngine) -> None:
        self._writer = writer
        self._reader = reader

    @property
    def is_postgres(self) -> bool:
        return self._writer.dialect.name == "postgresql"

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """Committed when the block ends well, undone when it raises."""
        async with self._writer.begin() as db:
            yield db

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """One snapshot; the database refuses changes."""
        async with self._reader.begin() as db:
            yield db

    @asynccontextmanager
    async def schema_change(self) -> AsyncIterator[AsyncConnection]:
        """Like `write`, but SQLite may make a table anew while others refer to it.

        Whoever uses it checks the references before the end, and closes the database after it.
        """
        async with self._writer.connect() as db:
            if not self.is_postgres:
                # Only possible outside a transaction, which SQLAlchemy's own execute would begin.
                raw = await db.get_raw_connection()
                sqlite: Any = raw.driver_connection
                await sqlite.execute("PRAGMA foreign_keys = OFF")
            async with db.begin():
                yield db

    async def close(self) -> None:
        await self._writer.dispose()
        await self._reader.dispose()


def open_database(url: str) -> Database:
    """Open `sqlite:///file` or `postgresql://...`. Raises ValueError for any other address.

    Nothing is connected to yet.
    """
    parsed = make_url(url)
    match parsed.get_backend_name():
        case "sqlite":
            return _open_sqlite(parsed)
        case "postgresql" | "postgres":
            return _open_postgres(parsed)
        case other:
            raise ValueError(f"databases are sqlite:///file or postgresql://..., not {other}")


def _open_postgres(url: URL) -> Database:
    engine = create_async_engine(
        url.set(drivername="postgresql+asyncpg"),
        pool_size=POSTGRES_CONNECTIONS,
        max_overflow=POSTGRES_CONNECTIONS,
        json_serializer=plain.encode,
        json_deserializer=plain.decode,
        hide_parameters=True,  # or an error would write what people typed into the log
        connect_args={
            "server_settings": {
                "application_name": "warmline",
                "synchronous_commit": "on",  # acknowledged means durable
                "jit": "off",  # compiling costs more than any of our short statements
            }
        },
    )
    snapshot = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return Database(engine, snapshot)


def _open_sqlite(url: URL) -> Database:
    """One connection writes, so writers queue up in order instead of polling SQLite's lock."""
    if not url.database or url.database == ":memory:":
        raise ValueError("sqlite needs a file: sqlite:///path")
    return Database(
        _sqlite_engine(url, connections=1, begin="BEGIN IMMEDIATE", query_only=False),
        _sqlite_engine(url, connections=SQLITE_READERS, begin="BEGIN", query_only=True),
    )


def _sqlite_engine(url: URL, *, connections: int, begin: str, query_only: bool) -> AsyncEngine:
    engine = create_async_engine(
        url.set(drivername="sqlite+aiosqlite"),
        pool_size=connections,
        max_overflow=0,
        json_serializer=plain.encode,
        json_deserializer=plain.decode,
        hide_parameters=True,  # or an error would write what people typed into the log
        connect_args={
            "async_creator_fn": partial(connect, writes=not query_only),
            # The driver's own transactions begin late and upgrade: two of three fail "locked".
            "isolation_level": None,
        },
    )

    @event.listens_for(engine.sync_engine, "connect")
    def _connected(connection: Any, entry: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")  # acknowledged means durable
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute(f"PRAGMA query_only = {'ON' if query_only else 'OFF'}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def _begun(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
