"""Customers and their conversations, without a database."""

from collections.abc import Collection, Mapping
from uuid import UUID

from app.conversation.errors import NotFound
from app.conversation.people import ANONYMOUS, Customer
from app.ids import new_id
from app.store.memory.tables import Tables, first, found


class MemoryCustomers:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def signed_in(
        self, subject: str, name: str, language: str, claims: dict[str, str]
    ) -> Customer:
        everybody = self._tables.customers.values()
        known = first(one for one in everybody if one.subject == subject)
        customer = Customer(
            id=known.id if known else new_id(),
            conversation_id=known.conversation_id if known else new_id(),
            subject=subject,
            name=name,
            language=language,
            claims=claims,
        )
        self._tables.customers[customer.id] = customer
        self._tables.events.setdefault(customer.conversation_id, ())
        return customer

    async def anonymous(self, name: str, language: str) -> Customer:
        id = new_id()
        customer = Customer(
            id=id,
            conversation_id=new_id(),
            subject=f"{ANONYMOUS}{id}",
            name=name,
            language=language,
            anonymous=True,
        )
        self._tables.customers[id] = customer
        self._tables.events[customer.conversation_id] = ()
        return customer

    async def get(self, id: UUID) -> Customer:
        return found(self._tables.customers, id, "customer")

    async def names(self, ids: Collection[UUID]) -> Mapping[UUID, str]:
        known = self._tables.customers
        return {id: known[id].name for id in ids if id in known}

    async def of_conversation(self, conversation_id: UUID) -> Customer:
        everybody = self._tables.customers.values()
        found = first(one for one in everybody if one.conversation_id == conversation_id)
        if found is None:
            raise NotFound("customer")
        return found
