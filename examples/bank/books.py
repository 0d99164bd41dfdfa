"""What has the bank written down: cards, answers given, text messages sent?

One SQLite file. A change and the answer to it are one transaction, so a repeated request gets the
first answer whatever happens in between, also after a kill.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

import msgspec

from examples.bank.cards import Card

SCHEMA = """
CREATE TABLE IF NOT EXISTS card (id TEXT PRIMARY KEY, customer TEXT NOT NULL, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS answer (
    key TEXT PRIMARY KEY, request BLOB NOT NULL, status INTEGER NOT NULL, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS message (
    id TEXT PRIMARY KEY, customer TEXT NOT NULL, text TEXT NOT NULL, code TEXT NOT NULL,
    at TEXT NOT NULL);
"""


MESSAGES_SHOWN = 50


class Answer(msgspec.Struct, frozen=True):
    status: int
    body: bytes


class Message(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    text: str
    code: str
    at: datetime


class KeyUsedTwice(Exception):
    """The idempotency key has been used for another request."""


class Books:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._sql = connection

    @classmethod
    def open(cls, file: Path | None, cards: Iterable[Card]) -> Self:
        """In memory where there is no file; `cards` are entered where there are none yet."""
        connection = sqlite3.connect(file or ":memory:", isolation_level=None)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.executescript(SCHEMA)
        books = cls(connection)
        with books._transaction():
            if not connection.execute("SELECT 1 FROM card").fetchone():
                for card in cards:
                    books.save(card)
        return books

    def close(self) -> None:
        self._sql.close()

    def cards_of(self, customer: str) -> list[Card]:
        rows = self._sql.execute("SELECT body FROM card WHERE customer = ?", [customer])
        return [msgspec.json.decode(body, type=Card) for (body,) in rows]

    def save(self, card: Card) -> None:
        self._sql.execute(
            "INSERT INTO card VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body",
            [card.id, card.customer, msgspec.json.encode(card)],
        )

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

    def send_message(self, id: str, customer: str, text: str, code: str, now: datetime) -> None:
        """One message per id, however often it is asked for."""
        self._sql.execute(
            "INSERT OR IGNORE INTO message VALUES (?, ?, ?, ?, ?)",
            [id, customer, text, code, now.astimezone(UTC).isoformat()],
        )

    def messages_of(self, customer: str) -> list[Message]:
        """The newest first."""
        rows = self._sql.execute(
            "SELECT id, text, code, at FROM message WHERE customer = ? ORDER BY rowid DESC LIMIT ?",
            [customer, MESSAGES_SHOWN],
        )
        return [
            Message(id=id, text=text, code=code, at=datetime.fromisoformat(at))
            for id, text, code, at in rows
        ]

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._sql.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._sql.execute("ROLLBACK")
            raise
        self._sql.execute("COMMIT")
