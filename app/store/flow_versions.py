"""Which definition does a run follow?"""

from msgspec import structs
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.conversation.errors import NotFound
from app.store import tables
from app.store.records import FlowVersion
from app.store.upsert import insert

_c = tables.flow_version.c


class SqlFlowVersions:
    def __init__(self, db: AsyncConnection) -> None:
        self._db = db

    async def publish(self, version: FlowVersion) -> None:
        await self._db.execute(
            insert(self._db, tables.flow_version)
            .values(structs.asdict(version))
            .on_conflict_do_nothing(index_elements=[_c.hash])
        )

    async def get(self, hash: str) -> FlowVersion:
        row = (
            await self._db.execute(select(tables.flow_version).where(_c.hash == hash))
        ).one_or_none()
        if row is None:
            raise NotFound("flow version")
        return FlowVersion(**row._asdict())
