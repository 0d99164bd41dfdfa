"""What may Warmline ask this bank to do?"""

from collections.abc import Callable
from datetime import date
from typing import Any

import msgspec

from examples.acting import Request
from examples.bank.books import Books
from examples.bank.cards import Card
from examples.bank.disputes import Amount, Case, Charge, Proof, Reason


class UnknownCard(Exception):
    """This customer has no such card; somebody else's card is no different."""


class UnknownCharge(Exception):
    """This customer's cards were never charged so."""


class CardInput(msgspec.Struct, frozen=True, kw_only=True):
    card: str


class ActivationInput(CardInput, frozen=True, kw_only=True):
    last4: str
    expiry: str


class RecentInput(msgspec.Struct, frozen=True, kw_only=True):
    days: int


class ChargeInput(msgspec.Struct, frozen=True, kw_only=True):
    tx: str


class DisputeInput(ChargeInput, frozen=True, kw_only=True):
    reason: Reason
    story: str
    amount: Amount | None = None
    files: list[Proof] | str | None = None


def get_card(books: Books, today: date, request: Request) -> dict[str, Any]:
    card = _card(books, request.customer, msgspec.convert(request.input, CardInput).card)
    return shown(card, today)


def activate_card(books: Books, today: date, request: Request) -> dict[str, Any]:
    wanted = msgspec.convert(request.input, ActivationInput)
    card = _card(books, request.customer, wanted.card)
    afterwards, what_happened = card.activated(wanted.last4, wanted.expiry, today)
    books.save(afterwards)
    return {"code": what_happened}


def freeze_card(books: Books, today: date, request: Request) -> dict[str, Any]:
    card = _card(books, request.customer, msgspec.convert(request.input, CardInput).card)
    afterwards = card.frozen(today)
    books.save(afterwards)
    return {"status": afterwards.state_on(today)}


def recent_charges(books: Books, today: date, request: Request) -> dict[str, Any]:
    days = msgspec.convert(request.input, RecentInput).days
    found = [one for one in books.charges_of(request.customer) if one.days_ago <= days]
    return {"items": [_shown_charge(one, today) for one in found]}


def open_dispute(books: Books, today: date, request: Request) -> dict[str, Any]:
    """Each call with a key of its own opens a case; the key is what makes it one."""
    wanted = msgspec.convert(request.input, DisputeInput)
    charge = _charge(books, request.customer, wanted.tx)
    number = len(books.cases_of(charge.id)) + 1
    case = Case(
        id=f"case-{charge.id}-{number}",
        customer=request.customer,
        charge=charge.id,
        reason=wanted.reason,
        amount=wanted.amount,
        story=wanted.story,
        proofs=wanted.files,
        opened_on=today,
    )
    books.open_case(case)
    return {"case": case.id}


def find_dispute(books: Books, today: date, request: Request) -> dict[str, Any]:
    charge = _charge(books, request.customer, msgspec.convert(request.input, ChargeInput).tx)
    cases = books.cases_of(charge.id)
    return {"case": cases[-1].id} if cases else {}


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


def _charge(books: Books, customer: str, id: str) -> Charge:
    for charge in books.charges_of(customer):
        if charge.id == id:
            return charge
    raise UnknownCharge(id)


def _shown_charge(charge: Charge, today: date) -> dict[str, Any]:
    return {
        "id": charge.id,
        "merchant": charge.merchant,
        "amount": charge.amount,
        "currency": charge.currency,
        "date": charge.date_on(today),
        "card": charge.card,
    }


Act = Callable[[Books, date, Request], dict[str, Any]]
READS: dict[str, Act] = {
    "cards.get": get_card,
    "tx.recent": recent_charges,
    "disputes.find": find_dispute,
}
WRITES: dict[str, Act] = {
    "cards.activate": activate_card,
    "cards.freeze": freeze_card,
    "disputes.open": open_dispute,
}
