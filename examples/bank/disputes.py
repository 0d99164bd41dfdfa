"""What is a charge, and what is it to dispute one?"""

from datetime import date, timedelta
from enum import StrEnum

import msgspec

Amount = int | float
"""In the currency's own unit, not in cents."""


class Charge(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    customer: str
    card: str
    merchant: str
    amount: Amount
    currency: str = "EUR"
    days_ago: int
    """Before the day that the customer looks: an example that never grows old."""

    def date_on(self, today: date) -> date:
        return today - timedelta(days=self.days_ago)


class Reason(StrEnum):
    NOT_MINE = "not_mine"
    DUPLICATE = "duplicate"
    WRONG_AMOUNT = "wrong_amount"
    NOT_RECEIVED = "not_received"
    CANCELLED_SUB = "cancelled_sub"


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """A file that the customer sent; `url` ends soon, so it is fetched at once."""

    name: str
    url: str
    type: str
    size: int


class Case(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    customer: str
    charge: str
    reason: Reason
    amount: Amount | None
    """The right one, where the wrong one was taken."""
    story: str
    proofs: list[Proof] | str | None
    """A text where the customer told what the files would show."""
    opened_on: date
