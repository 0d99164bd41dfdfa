"""What was attached when a human was asked?"""

from uuid import UUID

from sqlalchemy import delete, exists, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.conversation.context import Context
from app.conversation.errors import NotFound
from app.ids import new_id
from app.store import tables

_c = tables.context.c
_later = tables.context_snapshot.c


class SqlContexts:
    def __init__(self, db: AsyncConnection) -> None:
        self._db = db

    async def add(self, context: Context) -> None:
        """The first is kept beside the interaction, the newest in a table of its own."""
        row = {"interaction_id": context.interaction_id, "capsule": context}
        first = await self._db.scalar(
            select(exists().where(_c.interaction_id == context.interaction_id))
        )
        if not first:
            await self._db.execute(insert(tables.context).values(row))
            return
        older = _later.interaction_id == context.interaction_id
        await self._db.execute(delete(tables.context_snapshot).where(older))
        row |= {"id": new_id(), "captured_at": context.captured_at}
        await self._db.execute(insert(tables.context_snapshot).values(row))

    async def of(self, interaction_id: UUID) -> Context:
        newest = (
            select(_later.capsule)
            .where(_later.interaction_id == interaction_id)
            .order_by(_later.captured_at.desc(), _later.id.desc())
            .limit(1)
        )
        first = select(_c.capsule).where(_c.interaction_id == interaction_id)
        found: Context | None = await self._db.scalar(newest) or await self._db.scalar(first)
        if found is None:
            raise NotFound("context")
        return found
