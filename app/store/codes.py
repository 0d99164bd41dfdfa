"""Which one-time code does a run wait for?"""

from uuid import UUID

from msgspec import structs
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store import tables
from app.store.records import CodeRow
from app.store.upsert import insert

_c = tables.code.c


class SqlCodes:
    def __init__(self, db: AsyncConnection) -> None:
        self._db = db

    async def get(self, run_id: UUID, *, lock: bool = False) -> CodeRow | None:
        statement = select(tables.code).where(_c.run_id == run_id)
        statement = statement.with_for_update() if lock else statement
        row = (await self._db.execute(statement)).one_or_none()
        return None if row is None else CodeRow(**row._asdict())

    async def put(self, code: CodeRow) -> None:
        await self._db.execute(
            insert(self._db, tables.code)
            .values(structs.asdict(code))
            .on_conflict_do_update(index_elements=[_c.run_id], set_={"state": code.state})
        )
