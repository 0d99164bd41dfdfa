"""What has the shop written down: orders, and answers given?"""

from collections.abc import Iterable
from pathlib import Path
from typing import Self

import msgspec

from examples.answer_book import AnswerBook, opened
from examples.shop.orders import Order

SCHEMA = """
CREATE TABLE IF NOT EXISTS shop_order (
    id TEXT PRIMARY KEY, customer TEXT NOT NULL, body BLOB NOT NULL);
"""


class Books(AnswerBook):
    @classmethod
    def open(cls, file: Path | None, orders: Iterable[Order]) -> Self:
        """In memory where there is no file; `orders` are entered where there are none yet."""
        books = cls(opened(file, SCHEMA))
        with books._transaction():
            if not books._sql.execute("SELECT 1 FROM shop_order").fetchone():
                for order in orders:
                    books.save(order)
        return books

    def orders_of(self, customer: str) -> list[Order]:
        rows = self._sql.execute(
            "SELECT body FROM shop_order WHERE customer = ? ORDER BY id", [customer]
        )
        return [msgspec.json.decode(body, type=Order) for (body,) in rows]

    def save(self, order: Order) -> None:
        self._sql.execute(
            "INSERT INTO shop_order VALUES (?, ?, ?) "
            "ON CONFLICT (id) DO UPDATE SET body = excluded.body",
            [order.id, order.customer, msgspec.json.encode(order)],
        )
