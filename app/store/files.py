"""Which files were sent, by whom, and what became of them?"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import structs
from sqlalchemy import and_, delete, func, insert, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.conversation.errors import NotFound, Stale, TooMany
from app.conversation.files import File, FileState
from app.store.tables import FILE_UNSAID, conversation
from app.store.tables import file as table

_c = table.c


class SqlFiles:
    def __init__(self, db: AsyncConnection) -> None:
        self._db = db

    async def reserve(self, file: File, limit: int, since: datetime) -> None:
        # Two uploads at once would each count without the other.
        locked = select(conversation.c.id).where(conversation.c.id == file.conversation_id)
        if await self._db.scalar(locked.with_for_update()) is None:
            raise NotFound("conversation")
        mine = and_(_c.owner_id == file.owner_id, _c.created_at >= since)
        if (await self._db.scalar(select(func.count()).where(mine)) or 0) >= limit:
            raise TooMany("files", limit, "a day")
        await self._db.execute(insert(table).values(structs.asdict(file)))

    async def of(self, ids: Sequence[UUID]) -> Sequence[File]:
        rows = await self._db.execute(select(table).where(_c.id.in_(ids)))
        return [File(**row._asdict()) for row in rows]

    async def save(self, file: File, before: FileState) -> None:
        one = update(table).where(_c.id == file.id)
        changed = await self._db.execute(
            one.where(_c.state == before).values(structs.asdict(file)),
        )
        if changed.rowcount == 0:
            raise Stale("file") if await self.of([file.id]) else NotFound("file")

    async def leftover(self, before: datetime, limit: int) -> Sequence[File]:
        lay = or_(_c.created_at < before, _c.state == FileState.REMOVED)
        statement = select(table).where(text(FILE_UNSAID.text), lay)
        oldest = statement.order_by(_c.created_at, _c.id).limit(limit)
        rows = await self._db.execute(oldest.with_for_update(skip_locked=True))
        return [File(**row._asdict()) for row in rows]

    async def forget(self, ids: Sequence[UUID]) -> None:
        await self._db.execute(delete(table).where(_c.id.in_(ids)))
