"""What was this request answered the first time?"""

from datetime import datetime
from uuid import UUID

from msgspec import structs
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store import tables
from app.store.records import KeptAnswer
from app.store.upsert import insert

_c = tables.kept_answer.c


class SqlKeptAnswers:
    def __init__(self, db: AsyncConnection) -> None:
        self._db = db

    async def find(self, owner_id: UUID, key: str) -> KeptAnswer | None:
        statement = select(tables.kept_answer).where(_c.owner_id == owner_id, _c.key == key)
        row = (await self._db.execute(statement)).one_or_none()
        return None if row is None else KeptAnswer(**row._asdict())

    async def claim(self, request: KeptAnswer) -> KeptAnswer | None:
        statement = (
            insert(self._db, tables.kept_answer)
            .values(structs.asdict(request))
            .on_conflict_do_nothing(index_elements=[_c.owner_id, _c.key])
            .returning(_c.key)
        )
        if (await self._db.execute(statement)).one_or_none() is not None:
            return None
        return await self.find(request.owner_id, request.key)

    async def answer(self, owner_id: UUID, key: str, body: bytes) -> None:
        claimed = update(tables.kept_answer).where(_c.owner_id == owner_id, _c.key == key)
        await self._db.execute(claimed.values(body=body))

    async def forget(self, before: datetime) -> None:
        await self._db.execute(delete(tables.kept_answer).where(_c.created_at < before))
