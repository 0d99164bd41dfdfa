"""Where does a back end keep its first answer to a request, so that it gives it for ever?

One SQLite file. A change and the answer to it are one transaction, so a repeated request gets the
first answer whatever happens in between, also after a kill.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

ANSWERS = """
CREATE TABLE IF NOT EXISTS answer (
    key TEXT PRIMARY KEY, request BLOB NOT NULL, status INTEGER NOT NULL, body BLOB NOT NULL);
"""


class Answer(msgspec.Struct, frozen=True):
    status: int
    body: bytes


class KeyUsedTwice(Exception):
    """The idempotency key has been used for another request."""


def opened(file: Path | None, schema: str) -> sqlite3.Connection:
    """A database with these tables and that of the answers; in memory where there is no file."""
    connection = sqlite3.connect(file or ":memory:", isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.executescript(ANSWERS + schema)
    return connection


class AnswerBook:
    """What the books of every back end can do; each adds its own tables and questions."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._sql = connection

    def close(self) -> None:
        self._sql.close()

    def once(self, key: str, request: bytes, act: Callable[[], Answer]) -> Answer:
        """The answer of the first time, for ever. Raises KeyUsedTwice for another request."""
        with self._transaction():
            row = self._sql.execute(
                "SELECT request, status, body FROM answer WHERE key = ?", [key]
            ).fetchone()
            if row is None:
                answer = act()
                self._sql.execute(
                    "INSERT INTO answer VALUES (?, ?, ?, ?)",
                    [key, request, answer.status, answer.body],
                )
                return answer
        if row[0] != request:
            raise KeyUsedTwice(key)
        return Answer(row[1], row[2])

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._sql.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._sql.execute("ROLLBACK")
            raise
        self._sql.execute("COMMIT")
