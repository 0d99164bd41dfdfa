"""SQLite asked where the event loop runs; only what may wait goes to a thread.

An indexed read takes some 10 us, and handing one statement to a thread and back takes 350 us, four
times over (cursor, execute, fetch, close): through aiosqlite a statement cost 440 us of CPU, here
it costs 80. What waits for the disk or for another process is COMMIT and BEGIN IMMEDIATE: these
have a thread of their own. The class stands in for aiosqlite's connection in SQLAlchemy's dialect.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Self, TypeVar

T = TypeVar("T")

MAY_WAIT = "BEGIN IMMEDIATE"


class Cursor:
    def __init__(self, connection: "Connection", cursor: sqlite3.Cursor) -> None:
        self._connection = connection
        self._cursor = cursor

    async def __aenter__(self) -> Self:
        return self

    @property
    def description(self) -> Any:
        return self._cursor.description

    @property
    def rowcount(self) -> int:
        return self._cursor.rowcount

    @property
    def lastrowid(self) -> int | None:
        return self._cursor.lastrowid

    async def execute(self, statement: str, parameters: Sequence[Any] = ()) -> None:
        if statement == MAY_WAIT:
            await self._connection.elsewhere(lambda: self._cursor.execute(statement))
        else:
            self._cursor.execute(statement, parameters)

    async def executemany(self, statement: str, parameters: Sequence[Sequence[Any]]) -> None:
        self._cursor.executemany(statement, parameters)

    async def fetchall(self) -> list[Any]:
        return self._cursor.fetchall()

    async def close(self) -> None:
        self._cursor.close()


async def connect(path: str, *, writes: bool, **options: Any) -> "Connection":
    return Connection(sqlite3.connect(path, **options), writes=writes)


class Connection:
    def __init__(self, connection: sqlite3.Connection, *, writes: bool) -> None:
        self._connection = connection  # by this name the dialect looks whether it is open
        self._writes = writes
        self._thread = ThreadPoolExecutor(1, "sqlite")  # begins with its first work

    def cursor(self) -> Cursor:
        return Cursor(self, self._connection.cursor())

    async def execute(self, statement: str) -> None:
        self._connection.execute(statement)

    async def create_function(self, *args: Any, **options: Any) -> None:
        self._connection.create_function(*args, **options)

    async def commit(self) -> None:
        if self._writes:
            await self.elsewhere(self._connection.commit)
        else:
            self._connection.commit()

    async def rollback(self) -> None:
        self._connection.rollback()

    async def close(self) -> None:
        self.stop()

    def stop(self) -> None:
        """Close at once; a commit that is under way is waited for."""
        self._thread.shutdown()
        self._connection.close()

    async def elsewhere(self, act: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, act)
