"""Who are the customers, and which conversation is theirs?"""

from collections.abc import Collection, Mapping
from functools import cache
from uuid import UUID

from sqlalchemy import Executable, Select, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.conversation.errors import NotFound
from app.conversation.people import ANONYMOUS, Customer
from app.ids import new_id
from app.store.given import ID, given, rows
from app.store.tables import conversation, customer
from app.store.upsert import insert

_CUSTOMERS = select(customer, conversation.c.id.label("conversation_id")).join(conversation)
_BY_ID = _CUSTOMERS.where(customer.c.id == bindparam("id"))
_BY_CONVERSATION = _CUSTOMERS.where(conversation.c.id == bindparam("id"))


@cache
def _names(dialect: str) -> Executable:
    wanted = given(dialect, id=ID)
    return select(customer.c.id, customer.c.name).join(wanted, wanted.c.id == customer.c.id)


class SqlCustomers:
    def __init__(self, db: AsyncConnection) -> None:
        self._db = db

    async def signed_in(
        self, subject: str, name: str, language: str, claims: dict[str, str]
    ) -> Customer:
        known = {"name": name, "language": language, "claims": claims}
        # Of several first sign-ins at once one inserts; the others wait for it and then update.
        statement = (
            insert(self._db, customer)
            .values(id=new_id(), subject=subject, **known)
            .on_conflict_do_update(index_elements=[customer.c.subject], set_=known)
            .returning(customer.c.id)
        )
        id = (await self._db.execute(statement)).scalar_one()
        await self._db.execute(
            insert(self._db, conversation)
            .values(id=new_id(), customer_id=id)
            .on_conflict_do_nothing(index_elements=[conversation.c.customer_id])
        )
        return await self.get(id)

    async def anonymous(self, name: str, language: str) -> Customer:
        id = new_id()
        new = {"id": id, "subject": f"{ANONYMOUS}{id}", "name": name, "language": language}
        await self._db.execute(customer.insert().values(**new, claims={}, anonymous=True))
        await self._db.execute(conversation.insert().values(id=new_id(), customer_id=id))
        return await self.get(id)

    async def get(self, id: UUID) -> Customer:
        return await self._one(_BY_ID, id)

    async def names(self, ids: Collection[UUID]) -> Mapping[UUID, str]:
        dialect = self._db.dialect.name
        found = await self._db.execute(_names(dialect), rows(dialect, [(id,) for id in ids]))
        return {row.id: row.name for row in found}

    async def of_conversation(self, conversation_id: UUID) -> Customer:
        return await self._one(_BY_CONVERSATION, conversation_id)

    async def _one(self, statement: Select[*tuple[object, ...]], id: UUID) -> Customer:
        row = (await self._db.execute(statement, {"id": id})).one_or_none()
        if row is None:
            raise NotFound("customer")
        return Customer(**row._asdict())
