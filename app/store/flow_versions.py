"""Which definition does a run follow, and which do new ones?"""

from collections.abc import Sequence

from msgspec import structs
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.conversation.errors import NotFound
from app.store import tables
from app.store.records import FlowVersion, LiveFlow
from app.store.upsert import insert

_c = tables.flow_version.c
_live = tables.live_flow.c


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

    async def go_live(self, version: LiveFlow) -> None:
        new = insert(self._db, tables.live_flow).values(structs.asdict(version))
        given = {name: new.excluded[name] for name in ("hash", "since")}
        await self._db.execute(
            new.on_conflict_do_update(
                index_elements=[_live.flow], set_=given, where=_live.hash != new.excluded["hash"]
            )
        )

    async def live(self) -> Sequence[LiveFlow]:
        rows = await self._db.execute(select(tables.live_flow).order_by(_live.flow))
        return [LiveFlow(**row._asdict()) for row in rows]
