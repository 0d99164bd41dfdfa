"""Which queues has the company described, and by which rules do they go?"""

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.conversation.queues import Queue
from app.store import tables
from app.store.upsert import insert

_c = tables.queue.c


class SqlQueues:
    def __init__(self, db: AsyncConnection) -> None:
        self._db = db

    async def put(self, queue: Queue) -> None:
        await self._db.execute(
            insert(self._db, tables.queue)
            .values(name=queue.name, rules=queue)
            .on_conflict_do_update(index_elements=[_c.name], set_={"rules": queue})
        )

    async def all(self) -> dict[str, Queue]:
        rows = await self._db.execute(select(_c.name, _c.rules).order_by(_c.name))
        return {row.name: row.rules for row in rows}

    async def remove(self, name: str) -> None:
        await self._db.execute(delete(tables.queue).where(_c.name == name))
