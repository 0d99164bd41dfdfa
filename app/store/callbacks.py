"""Who is to be called, and when?"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import structs
from sqlalchemy import Row, Select, and_, bindparam, exists, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from app.conversation.callback import Callback, CallbackState
from app.conversation.errors import CallbackOpen, NotFound, Stale
from app.conversation.interaction import OPEN, State
from app.store import tables
from app.store.tables import CALLBACK_OPEN
from app.store.upsert import insert

_c = tables.callback.c
_interaction = tables.interaction.c
_TO_COME = _c.state.in_([CallbackState.SCHEDULED, CallbackState.DUE])
_OF_CUSTOMER = (
    select(tables.callback)
    .where(_c.customer_id == bindparam("id"))
    .order_by(_TO_COME.desc(), _c.due_at.desc(), _c.id.desc())
    .limit(bindparam("at_most"))
)


def _from_row(row: Row[*tuple[Any, ...]]) -> Callback:
    columns = row._asdict()
    del columns["interaction_id"]
    return Callback(**columns)


def _to_row(one: Callback) -> dict[str, Any]:
    return {**structs.asdict(one), "interaction_id": one.asked.id}


class SqlCallbacks:
    def __init__(self, db: AsyncConnection) -> None:
        self._db = db

    async def add(self, callback: Callback) -> None:
        statement = (
            insert(self._db, tables.callback)
            .values(_to_row(callback))
            .on_conflict_do_nothing(index_elements=[_c.customer_id], index_where=CALLBACK_OPEN)
            .returning(_c.id)
        )
        if (await self._db.execute(statement)).one_or_none() is None:
            raise CallbackOpen

    async def get(self, id: UUID) -> Callback:
        found = await self._all(select(tables.callback).where(_c.id == id))
        if not found:
            raise NotFound("callback")
        return found[0]

    async def save(self, callback: Callback) -> Callback:
        saved = structs.replace(callback, version=callback.version + 1)
        statement = (
            update(tables.callback)
            .where(_c.id == saved.id, _c.version == callback.version)
            .values(_to_row(saved))
        )
        try:
            changed = await self._db.execute(statement)
        except IntegrityError:
            raise CallbackOpen from None
        if changed.rowcount == 0:
            await self.get(saved.id)
            raise Stale("callback")
        return saved

    async def of_customer(self, customer_id: UUID, limit: int) -> Sequence[Callback]:
        found = await self._db.execute(_OF_CUSTOMER, {"id": customer_id, "at_most": limit})
        return [_from_row(row) for row in found]

    async def pending(self, now: datetime, limit: int) -> Sequence[UUID]:
        busy = exists().where(
            _interaction.customer_id == _c.customer_id,
            _interaction.state.in_(OPEN - {State.PAUSED}),
        )
        over = exists().where(_interaction.id == _c.interaction_id, _interaction.state.not_in(OPEN))
        either = or_(
            and_(_c.state == CallbackState.SCHEDULED, _c.due_at <= now, ~busy),
            and_(_c.state == CallbackState.DUE, over),
        )
        found = select(_c.id).where(CALLBACK_OPEN, either).order_by(_c.due_at, _c.id)
        return [row.id for row in await self._db.execute(found.limit(limit))]

    async def _all(self, statement: Select[*tuple[Any, ...]]) -> Sequence[Callback]:
        return [_from_row(row) for row in await self._db.execute(statement)]
