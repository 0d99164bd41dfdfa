"""Who changed what of the set-up? Rows are added and read; nothing here changes or removes one."""

from collections.abc import Sequence

from msgspec.structs import asdict
from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store import tables
from app.store.records import AuditEntry

_c = tables.audit.c


class SqlAudit:
    def __init__(self, db: AsyncConnection) -> None:
        self._db = db

    async def add(self, entry: AuditEntry) -> AuditEntry:
        # Whoever adds holds the lock of the set-up: two cannot read the same last number.
        newest = (await self._db.execute(select(func.max(_c.seq)))).scalar_one()
        added = AuditEntry(**{**asdict(entry), "seq": (newest or 0) + 1})
        await self._db.execute(insert(tables.audit).values(asdict(added)))
        return added

    async def after(self, seq: int, limit: int) -> Sequence[AuditEntry]:
        statement = select(tables.audit).where(_c.seq > seq).order_by(_c.seq).limit(limit)
        return [AuditEntry(**row._asdict()) for row in await self._db.execute(statement)]
