"""What happened in a conversation, in which order?"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from msgspec import structs
from sqlalchemy import Row, Select, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.conversation.errors import NotFound
from app.conversation.timeline import Actor, Audience, Entry, Event, Viewer
from app.store.clock import clock
from app.store.tables import conversation, event
from app.store.upsert import insert


def _from_row(row: Row[*tuple[Any, ...]]) -> Event:
    columns = row._asdict()
    actor = Actor(
        kind=columns.pop("actor_kind"),
        name=columns.pop("actor_name"),
        id=columns.pop("actor_id"),
    )
    return Event(actor=actor, **columns)


def _to_row(event: Event) -> dict[str, Any]:
    columns = structs.asdict(event)
    actor = columns.pop("actor")
    return {
        **columns,
        "actor_kind": actor.kind,
        "actor_name": actor.name,
        "actor_id": actor.id,
    }


class SqlTimeline:
    """The row of a conversation is the lock of its log: seq stays dense under any concurrency.

    An event costs two statements. A repeated cmid shows only when it is inserted, under the lock,
    where a look-up before could have missed one that was being written.
    """

    def __init__(self, db: AsyncConnection) -> None:
        self._db = db

    async def append(self, conversation_id: UUID, entry: Entry) -> Event:
        numbered = await self._number(conversation_id, entry)
        statement = (
            insert(self._db, event)
            .values(_to_row(numbered))
            .on_conflict_do_nothing(index_elements=[event.c.conversation_id, event.c.cmid])
        )
        if (await self._db.execute(statement)).rowcount == 1:
            return numbered
        await self._take_back(conversation_id)
        return await self._by_cmid(conversation_id, entry.cmid)

    async def after(
        self, conversation_id: UUID, seq: int, viewer: Viewer, limit: int
    ) -> Sequence[Event]:
        statement = (
            select(event)
            .where(event.c.conversation_id == conversation_id, event.c.seq > seq)
            .order_by(event.c.seq)
            .limit(limit)
        )
        if viewer is Viewer.CUSTOMER:
            statement = statement.where(event.c.audience == Audience.EVERYONE)
        return await self._all(statement)

    async def head(self, conversation_id: UUID, viewer: Viewer) -> int:
        columns = conversation.c
        head = columns.head if viewer is Viewer.AGENT else columns.customer_head
        found: int | None = await self._db.scalar(select(head).where(columns.id == conversation_id))
        if found is None:
            raise NotFound("conversation")
        return found

    async def of_run(self, run_id: UUID) -> Sequence[Event]:
        return await self._all(select(event).where(event.c.run_id == run_id).order_by(event.c.seq))

    async def _number(self, conversation_id: UUID, entry: Entry) -> Event:
        """The event with its number: the conversation's heads move to it."""
        columns = conversation.c
        seen = entry.audience is Audience.EVERYONE
        statement = (
            update(conversation)
            .where(columns.id == conversation_id)
            .values(
                head=columns.head + 1,
                customer_prev=columns.customer_head,
                customer_head=columns.head + 1 if seen else columns.customer_head,
            )
            .returning(columns.head, columns.customer_prev, clock().label("at"))
        )
        row = (await self._db.execute(statement)).one_or_none()
        if row is None:
            raise NotFound("conversation")
        return Event(
            conversation_id=conversation_id,
            seq=row.head,
            at=row.at,
            customer_prev=row.customer_prev,
            **structs.asdict(entry),
        )

    async def _take_back(self, conversation_id: UUID) -> None:
        """Undo the number of a repeat. Nobody saw it: the row is locked since it was given."""
        columns = conversation.c
        await self._db.execute(
            update(conversation)
            .where(columns.id == conversation_id)
            .values(head=columns.head - 1, customer_head=columns.customer_prev)
        )

    async def _by_cmid(self, conversation_id: UUID, cmid: UUID | None) -> Event:
        statement = select(event).where(
            event.c.conversation_id == conversation_id, event.c.cmid == cmid
        )
        return _from_row((await self._db.execute(statement)).one())

    async def _all(self, statement: Select[*tuple[Any, ...]]) -> Sequence[Event]:
        return [_from_row(row) for row in await self._db.execute(statement)]
