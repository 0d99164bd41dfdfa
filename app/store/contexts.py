"""What was attached when a human was asked?"""

from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.conversation.context import Context
from app.conversation.errors import NotFound
from app.store import tables

_c = tables.context.c


class SqlContexts:
    def __init__(self, db: AsyncConnection) -> None:
        self._db = db

    async def add(self, context: Context) -> None:
        row = {"interaction_id": context.interaction_id, "capsule": context}
        await self._db.execute(insert(tables.context).values(row))

    async def of(self, interaction_id: UUID) -> Context:
        statement = select(_c.capsule).where(_c.interaction_id == interaction_id)
        found: Context | None = await self._db.scalar(statement)
        if found is None:
            raise NotFound("context")
        return found
