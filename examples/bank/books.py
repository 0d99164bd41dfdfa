"""What has the bank written down: cards, charges, cases, answers given, text messages sent?"""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

import msgspec

from examples.answer_book import AnswerBook, opened
from examples.bank.cards import Card
from examples.bank.disputes import Case, Charge, Proof

SCHEMA = """
CREATE TABLE IF NOT EXISTS card (id TEXT PRIMARY KEY, customer TEXT NOT NULL, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS charge (id TEXT PRIMARY KEY, customer TEXT NOT NULL, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS dispute (id TEXT PRIMARY KEY, charge TEXT NOT NULL, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS proof (
    dispute TEXT NOT NULL, url TEXT NOT NULL, content BLOB NOT NULL, PRIMARY KEY (dispute, url));
CREATE TABLE IF NOT EXISTS message (
    id TEXT PRIMARY KEY, customer TEXT NOT NULL, text TEXT NOT NULL, code TEXT NOT NULL,
    at TEXT NOT NULL);
"""


MESSAGES_SHOWN = 50


class Message(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    text: str
    code: str
    at: datetime


class Books(AnswerBook):
    @classmethod
    def open(cls, file: Path | None, cards: Iterable[Card], charges: Iterable[Charge] = ()) -> Self:
        """In memory where there is no file; cards and charges are entered where there are none."""
        books = cls(opened(file, SCHEMA))
        with books._transaction():
            if not books._has("card"):
                for card in cards:
                    books.save(card)
            if not books._has("charge"):
                for charge in charges:
                    books.enter(charge)
        return books

    def cards_of(self, customer: str) -> list[Card]:
        rows = self._sql.execute("SELECT body FROM card WHERE customer = ?", [customer])
        return [msgspec.json.decode(body, type=Card) for (body,) in rows]

    def save(self, card: Card) -> None:
        self._sql.execute(
            "INSERT INTO card VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body",
            [card.id, card.customer, msgspec.json.encode(card)],
        )

    def enter(self, charge: Charge) -> None:
        self._sql.execute(
            "INSERT INTO charge VALUES (?, ?, ?)",
            [charge.id, charge.customer, msgspec.json.encode(charge)],
        )

    def charges_of(self, customer: str) -> list[Charge]:
        """The newest first."""
        rows = self._sql.execute("SELECT body FROM charge WHERE customer = ?", [customer])
        found = [msgspec.json.decode(body, type=Charge) for (body,) in rows]
        return sorted(found, key=lambda one: (one.days_ago, one.id))

    def open_case(self, case: Case) -> None:
        self._sql.execute(
            "INSERT INTO dispute VALUES (?, ?, ?)",
            [case.id, case.charge, msgspec.json.encode(case)],
        )

    def cases_of(self, charge: str) -> list[Case]:
        rows = self._sql.execute("SELECT body FROM dispute WHERE charge = ? ORDER BY id", [charge])
        return [msgspec.json.decode(body, type=Case) for (body,) in rows]

    def forget_cases(self) -> None:
        """As on the first day."""
        self._sql.execute("DELETE FROM proof")
        self._sql.execute("DELETE FROM dispute")

    def proofs_missing(self) -> list[tuple[str, Proof]]:
        """The id of its case with each."""
        cases = [
            msgspec.json.decode(body, type=Case)
            for (body,) in self._sql.execute("SELECT body FROM dispute").fetchall()
        ]
        here = set(self._sql.execute("SELECT dispute, url FROM proof").fetchall())
        return [
            (case.id, proof)
            for case in cases
            if isinstance(case.proofs, list)
            for proof in case.proofs
            if (case.id, proof.url) not in here
        ]

    def keep_proof(self, case: str, proof: Proof, content: bytes) -> None:
        self._sql.execute(
            "INSERT OR IGNORE INTO proof VALUES (?, ?, ?)", [case, proof.url, content]
        )

    def proofs_of(self, case: str) -> list[bytes]:
        rows = self._sql.execute("SELECT content FROM proof WHERE dispute = ?", [case])
        return [content for (content,) in rows]

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

    def _has(self, table: str) -> bool:
        return bool(self._sql.execute(f"SELECT 1 FROM {table}").fetchone())  # noqa: S608 - ours
