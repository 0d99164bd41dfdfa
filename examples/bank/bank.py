"""What do the handlers of the bank share?"""

from collections.abc import Callable
from datetime import UTC, date, datetime

import msgspec

from examples.bank.books import Books
from examples.bank.faults import Faults
from examples.bank.keys import HostKey
from examples.bank.people import PEOPLE, Person


class UnknownCustomer(Exception):
    """Nobody of this id banks here."""


def utc_now() -> datetime:
    return datetime.now(UTC)


class Bank(msgspec.Struct, frozen=True, kw_only=True):
    books: Books
    key: HostKey
    secret: bytes
    faults: Faults = msgspec.field(default_factory=Faults)
    now: Callable[[], datetime] = utc_now

    def today(self) -> date:
        return self.now().date()

    def customer(self, id: str) -> Person:
        """Raises UnknownCustomer."""
        try:
            return PEOPLE[id]
        except KeyError:
            raise UnknownCustomer(id) from None
