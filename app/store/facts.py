"""What is known of a customer?"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import structs
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.conversation.facts import AskedAgain, Fact
from app.store import tables
from app.store.upsert import insert

_c = tables.fact.c
_e = tables.event.c
KEY = [_c.customer_id, _c.key, _c.trust]

_TOLD = [_e.body[name].as_string().label(name) for name in ("key", "by", "source")]
_COUNTED = [func.count().label("count"), func.max(_e.at).label("latest_at")]


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

    async def asked_again(self, since: datetime) -> Sequence[AskedAgain]:
        # By their names: the members' own would be other parameters than those that are selected.
        statement = (
            select(*_TOLD, *_COUNTED)
            .where(tables.QUESTION_REPEATED, _e.at >= since)
            .group_by(*(one.name for one in _TOLD))
            .order_by(*(one.desc() for one in _COUNTED))
        )
        return [AskedAgain(**row._asdict()) for row in await self._db.execute(statement)]
