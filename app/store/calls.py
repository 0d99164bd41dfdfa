"""Which calls are there, and how do their sides describe themselves?"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from msgspec import structs
from sqlalchemy import Select, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.conversation.errors import NotFound, Stale
from app.store import tables
from app.store.records import CallRow, DescriptionRow
from app.store.tables import CALL_OPEN
from app.store.upsert import insert

_c = tables.call.c
_description = tables.call_description.c


class SqlCalls:
    def __init__(self, db: AsyncConnection) -> None:
        self._db = db

    async def add(self, call: CallRow) -> None:
        statement = (
            insert(self._db, tables.call)
            .values(structs.asdict(call))
            .on_conflict_do_nothing(index_elements=[_c.interaction_id], index_where=CALL_OPEN)
            .returning(_c.id)
        )
        if (await self._db.execute(statement)).one_or_none() is None:
            raise Stale("call")

    async def get(self, id: UUID) -> CallRow:
        found = await self._all(select(tables.call).where(_c.id == id))
        if not found:
            raise NotFound("call")
        return found[0]

    async def save(self, call: CallRow) -> CallRow:
        saved = structs.replace(call, version=call.version + 1)
        statement = update(tables.call).where(_c.id == call.id, _c.version == call.version)
        changed = await self._db.execute(statement.values(structs.asdict(saved)))
        if changed.rowcount == 0:
            await self.get(call.id)
            raise Stale("call")
        return saved

    async def open_of(self, interaction_id: UUID) -> CallRow | None:
        open_one = select(tables.call).where(_c.interaction_id == interaction_id, CALL_OPEN)
        found = await self._all(open_one)
        return found[0] if found else None

    async def open_calls(self) -> Sequence[CallRow]:
        return await self._all(select(tables.call).where(CALL_OPEN).order_by(_c.created_at, _c.id))

    async def describe(self, description: DescriptionRow) -> None:
        await self._db.execute(
            insert(self._db, tables.call_description)
            .values(structs.asdict(description))
            .on_conflict_do_update(
                index_elements=list(tables.call_description.primary_key.columns),
                set_={"sdp": description.sdp},
            )
        )

    async def description(self, call_id: UUID, kind: str) -> DescriptionRow | None:
        statement = (
            select(tables.call_description)
            .where(_description.call_id == call_id, _description.kind == kind)
            .order_by(_description.gen.desc(), _description.rev.desc())
            .limit(1)
        )
        row = (await self._db.execute(statement)).one_or_none()
        return None if row is None else DescriptionRow(**row._asdict())

    async def _all(self, statement: Select[*tuple[Any, ...]]) -> Sequence[CallRow]:
        return [CallRow(**row._asdict()) for row in await self._db.execute(statement)]
