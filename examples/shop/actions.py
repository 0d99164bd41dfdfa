"""What may Warmline ask this shop to do?"""

from collections.abc import Callable
from datetime import date
from typing import Any

import msgspec

from examples.acting import Request
from examples.shop.books import Books
from examples.shop.orders import Order, Remedy


class UnknownOrder(Exception):
    """This customer has no such order; somebody else's is no different."""


class OpenInput(msgspec.Struct, frozen=True, kw_only=True):
    order: str | None = None


class NumberInput(msgspec.Struct, frozen=True, kw_only=True):
    number: str


class OrderInput(msgspec.Struct, frozen=True, kw_only=True):
    order: str


class RemedyInput(OrderInput, frozen=True, kw_only=True):
    kind: Remedy


def open_orders(books: Books, today: date, request: Request) -> dict[str, Any]:
    """The one that the app shows, or else all that are still to come."""
    wanted = msgspec.convert(request.input, OpenInput).order
    found = books.orders_of(request.customer)
    chosen = [one for one in found if (one.id == wanted if wanted else one.is_open())]
    return {"items": [shown(one) for one in chosen]}


def find_order(books: Books, today: date, request: Request) -> dict[str, Any]:
    """By the number in the mail; nothing where this customer has no such order."""
    number = msgspec.convert(request.input, NumberInput).number
    found = [one for one in books.orders_of(request.customer) if one.number == number]
    return shown(found[0]) if found else {}


def track_order(books: Books, today: date, request: Request) -> dict[str, Any]:
    order = _order(books, request)
    return {
        "state": order.state,
        "late_days": order.late_days(),
        "remedy": order.remedy,
        "summary": order.summary(today),
        "events": order.events_on(today),
    }


def remedy_order(books: Books, today: date, request: Request) -> dict[str, Any]:
    order = _order(books, request).remedied(msgspec.convert(request.input, RemedyInput).kind)
    books.save(order)
    return {"remedy": order.remedy}


def shown(order: Order) -> dict[str, Any]:
    """What the customer's app and an agent may see of an order."""
    return {"id": order.id, "number": order.number, "name": order.name, "state": order.state}


def _order(books: Books, request: Request) -> Order:
    id = msgspec.convert(request.input, OrderInput).order
    for order in books.orders_of(request.customer):
        if order.id == id:
            return order
    raise UnknownOrder(id)


Act = Callable[[Books, date, Request], dict[str, Any]]
READS: dict[str, Act] = {
    "orders.open": open_orders,
    "orders.find": find_order,
    "orders.track": track_order,
}
WRITES: dict[str, Act] = {"orders.remedy": remedy_order}
