"""What are customers asked to approve?"""

from uuid import UUID

from msgspec import structs
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.conversation.approval import Approval
from app.conversation.errors import NotFound, Stale
from app.store import tables

_c = tables.approval.c


class SqlApprovals:
    def __init__(self, db: AsyncConnection) -> None:
        self._db = db

    async def add(self, approval: Approval) -> None:
        await self._db.execute(tables.approval.insert().values(structs.asdict(approval)))

    async def get(self, id: UUID, *, lock: bool = False) -> Approval:
        statement = select(tables.approval).where(_c.id == id)
        statement = statement.with_for_update() if lock else statement
        row = (await self._db.execute(statement)).one_or_none()
        if row is None:
            raise NotFound("approval")
        return Approval(**row._asdict())

    async def save(self, approval: Approval) -> Approval:
        saved = structs.replace(approval, version=approval.version + 1)
        same = (_c.id == saved.id, _c.version == approval.version)
        changed = await self._db.execute(
            update(tables.approval).where(*same).values(structs.asdict(saved))
        )
        if changed.rowcount == 0:
            await self.get(saved.id)
            raise Stale("approval")
        return saved
