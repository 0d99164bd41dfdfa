"""Where does each customer stand in which flow?"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import structs
from sqlalchemy import Select, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.conversation.errors import NotFound, Stale
from app.store import tables
from app.store.records import RunRow
from app.store.tables import RUN_OPEN, RUN_OVER, RUN_RESTING
from app.store.upsert import insert

_c = tables.run.c

COLUMNS = [_c[name] for name in RunRow.__struct_fields__]
"""Those of a RunRow; what insight counts is none of its business."""

_BY_ID = select(*COLUMNS).where(_c.id == bindparam("id"))
_OF_CUSTOMER = (
    select(*COLUMNS)
    .where(_c.customer_id == bindparam("id"))
    .order_by(_c.updated_at.desc(), _c.id.desc())
    .limit(bindparam("at_most"))
)


class SqlRuns:
    def __init__(self, db: AsyncConnection) -> None:
        self._db = db

    async def add(self, run: RunRow) -> None:
        statement = (
            insert(self._db, tables.run)
            .values(structs.asdict(run))
            .on_conflict_do_nothing(
                index_elements=[_c.customer_id, _c.flow, _c.inputs_key], index_where=RUN_OPEN
            )
            .returning(_c.id)
        )
        if (await self._db.execute(statement)).one_or_none() is None:
            raise Stale("run")

    async def get(self, id: UUID) -> RunRow:
        found = await self._all(_BY_ID, {"id": id})
        if not found:
            raise NotFound("run")
        return found[0]

    async def save(self, run: RunRow) -> RunRow:
        saved = structs.replace(run, version=run.version + 1)
        statement = update(tables.run).where(_c.id == run.id, _c.version == run.version)
        changed = await self._db.execute(statement.values(structs.asdict(saved)))
        if changed.rowcount == 0:
            await self.get(run.id)
            raise Stale("run")
        return saved

    async def open_of(self, customer_id: UUID, flow: str, inputs_key: str) -> RunRow | None:
        found = await self._all(
            select(*COLUMNS).where(
                _c.customer_id == customer_id,
                _c.flow == flow,
                _c.inputs_key == inputs_key,
                RUN_OPEN,
            )
        )
        return found[0] if found else None

    async def of_customer(self, customer_id: UUID, limit: int) -> Sequence[RunRow]:
        return await self._all(_OF_CUSTOMER, {"id": customer_id, "at_most": limit})

    async def overdue(self, now: datetime, limit: int) -> Sequence[RunRow]:
        late = select(*COLUMNS).where(RUN_OPEN, _c.expires_at <= now)
        return await self._all(late.order_by(_c.expires_at, _c.id).limit(limit))

    async def due(self, now: datetime, limit: int) -> Sequence[RunRow]:
        resting = select(*COLUMNS).where(RUN_RESTING, _c.wakes_at <= now)
        return await self._all(resting.order_by(_c.wakes_at, _c.id).limit(limit))

    async def open_of_flow(self, flow: str, after: UUID | None, limit: int) -> Sequence[RunRow]:
        found = select(*COLUMNS).where(_c.flow == flow, RUN_OPEN)
        if after is not None:
            found = found.where(_c.id > after)
        return await self._all(found.order_by(_c.id).limit(limit))

    async def these(self, ids: Sequence[UUID]) -> Sequence[RunRow]:
        return await self._all(select(*COLUMNS).where(_c.id.in_(ids)).order_by(_c.id))

    async def ended_of_flow(self, flow: str, limit: int) -> Sequence[RunRow]:
        found = select(*COLUMNS).where(_c.flow == flow, RUN_OVER)
        return await self._all(found.order_by(_c.updated_at.desc(), _c.id.desc()).limit(limit))

    async def to_forget(self, now: datetime, limit: int) -> Sequence[RunRow]:
        found = select(*COLUMNS).where(_c.forgets_at.is_not(None), _c.forgets_at <= now)
        return await self._all(found.order_by(_c.forgets_at, _c.id).limit(limit))

    async def awaiting(self, customer_id: UUID, event: str, limit: int) -> Sequence[RunRow]:
        found = select(*COLUMNS).where(_c.customer_id == customer_id, _c.awaits == event)
        return await self._all(found.order_by(_c.updated_at.desc(), _c.id.desc()).limit(limit))

    async def open_from(self, customer_id: UUID | None, limit: int) -> Sequence[RunRow]:
        found = select(*COLUMNS).where(RUN_OPEN)
        if customer_id is not None:
            found = found.where(_c.customer_id >= customer_id)
        ordered = found.order_by(_c.customer_id, _c.flow, _c.inputs_key)
        return await self._all(ordered.limit(limit))

    async def _all(
        self, statement: Select[*tuple[Any, ...]], parameters: Mapping[str, Any] | None = None
    ) -> Sequence[RunRow]:
        return [RunRow(**row._asdict()) for row in await self._db.execute(statement, parameters)]
