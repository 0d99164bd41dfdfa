"""How far has each side of a conversation come?"""

from collections.abc import Sequence
from functools import cache
from uuid import UUID

from msgspec import structs
from sqlalchemy import Executable, case, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.conversation.marks import Mark
from app.store.given import ID, given, rows
from app.store.tables import mark as table
from app.store.upsert import insert

_c = table.c


class SqlMarks:
    def __init__(self, db: AsyncConnection) -> None:
        self._db = db

    async def raise_to(self, marks: Sequence[Mark]) -> None:
        if not marks:
            return
        statement = insert(self._db, table)
        new = statement.excluded
        arrived, further = new.delivered > _c.delivered, new.seen > _c.seen
        raised = statement.on_conflict_do_update(
            index_elements=[_c.conversation_id, _c.side],
            set_={
                "delivered": case((arrived, new.delivered), else_=_c.delivered),
                "seen": case((further, new.seen), else_=_c.seen),
                "seen_at": case((further, new.seen_at), else_=_c.seen_at),
            },
        )
        # In one order, so that two processes never wait for each other.
        ordered = sorted(marks, key=lambda one: (one.conversation_id, one.side))
        await self._db.execute(raised, [structs.asdict(one.raised(one)) for one in ordered])

    async def of(self, conversations: Sequence[UUID]) -> Sequence[Mark]:
        dialect = self._db.dialect.name
        wanted = rows(dialect, [(id,) for id in conversations])
        return [Mark(**row._asdict()) for row in await self._db.execute(_of(dialect), wanted)]


@cache
def _of(dialect: str) -> Executable:
    """Made once: every page that is opened asks it."""
    return select(table).where(_c.conversation_id.in_(select(given(dialect, id=ID).c.id)))
