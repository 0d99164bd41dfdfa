"""What may Warmline ask this bank to do?"""

from collections.abc import Callable
from datetime import date
from typing import Any

import msgspec

from examples.bank.books import Books
from examples.bank.cards import Card


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """The body of POST /actions/{name}."""

    name: str
    input: dict[str, Any]
    customer: str
    run_id: str


class UnknownCard(Exception):
    """This customer has no such card; somebody else's card is no different."""


class CardInput(msgspec.Struct, frozen=True, kw_only=True):
    card: str


class ActivationInput(CardInput, frozen=True, kw_only=True):
    last4: str
    expiry: str


def get_card(books: Books, request: Request, today: date) -> dict[str, Any]:
    card = _card(books, request.customer, msgspec.convert(request.input, CardInput).card)
    return shown(card, today)


def activate_card(books: Books, request: Request, today: date) -> dict[str, Any]:
    wanted = msgspec.convert(request.input, ActivationInput)
    card = _card(books, request.customer, wanted.card)
    afterwards, what_happened = card.activated(wanted.last4, wanted.expiry, today)
    books.save(afterwards)
    return {"code": what_happened}


def shown(card: Card, today: date) -> dict[str, Any]:
    """What the customer's app and an agent may see of a card."""
    return {
        "id": card.id,
        "label": card.label,
        "status": card.state_on(today),
        "last4_hint": card.last4_hint,
        "sent_on": card.sent_on,
    }


def _card(books: Books, customer: str, id: str) -> Card:
    for card in books.cards_of(customer):
        if card.id == id:
            return card
    raise UnknownCard(id)


Act = Callable[[Books, Request, date], dict[str, Any]]
READS: dict[str, Act] = {"cards.get": get_card}
WRITES: dict[str, Act] = {"cards.activate": activate_card}
