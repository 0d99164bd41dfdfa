"""What is known of a customer?"""

from collections.abc import Sequence
from uuid import UUID

from msgspec import structs
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.conversation.facts import Fact
from app.store import tables
from app.store.upsert import insert

_c = tables.fact.c
KEY = [_c.customer_id, _c.key, _c.trust]


class SqlFacts:
    def __init__(self, db: AsyncConnection) -> None:
        self._db = db

    async def put(self, facts: Sequence[Fact]) -> None:
        for fact in facts:
            new = insert(self._db, tables.fact).values(structs.asdict(fact))
            told = {name: new.excluded[name] for name in structs.asdict(fact)}
            await self._db.execute(
                new.on_conflict_do_update(
                    index_elements=KEY, set_=told, where=new.excluded["at"] >= _c.at
                )
            )

    async def of(self, customer_id: UUID) -> Sequence[Fact]:
        statement = select(tables.fact).where(_c.customer_id == customer_id)
        rows = await self._db.execute(statement.order_by(_c.key, _c.trust.desc()))
        return [Fact(**row._asdict()) for row in rows]
