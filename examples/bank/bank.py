"""What do the handlers of the bank share?"""

from examples.acting import BackEnd
from examples.bank.books import Books
from examples.bank.keys import HostKey
from examples.bank.people import PEOPLE, Person


class UnknownCustomer(Exception):
    """Nobody of this id banks here."""


class Bank(BackEnd, frozen=True, kw_only=True):
    books: Books
    key: HostKey

    def customer(self, id: str) -> Person:
        """Raises UnknownCustomer."""
        try:
            return PEOPLE[id]
        except KeyError:
            raise UnknownCustomer(id) from None
