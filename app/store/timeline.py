"""What happened in a conversation, in which order?"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from msgspec import structs
from sqlalchemy import (
    DateTime,
    Enum,
    Executable,
    Row,
    Select,
    Subquery,
    Text,
    and_,
    bindparam,
    case,
    cast,
    delete,
    func,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import TypeEngine

from app.conversation.errors import NotFound
from app.conversation.timeline import (
    FOR_AGENTS,
    TAIL,
    Actor,
    ActorKind,
    Audience,
    Entry,
    Event,
    Tail,
    Viewer,
)
from app.store import plain
from app.store.clock import clock
from app.store.given import ID, NUMBER, given, rows
from app.store.tables import conversation, event, file, mark
from app.store.types import Json, PlainText, UtcDateTime
from app.store.upsert import insert_on


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


def _to_values(event: Event) -> tuple[Any, ...]:
    """In the order of the columns, as `_GIVEN_AS` says."""
    actor = event.actor
    return (
        event.conversation_id,
        event.seq,
        plain.text(event.kind),
        actor.kind.value,
        plain.text(actor.name),
        actor.id,
        plain.encode(event.body),
        event.audience.value,
        event.at,
        event.customer_prev,
        event.cmid,
        event.run_id,
        event.private,
    )


_c = conversation.c

_GIVEN_AS: dict[type, TypeEngine[Any]] = {
    PlainText: Text(),
    Enum: Text(),
    Json: Text(),
    UtcDateTime: DateTime(timezone=True),
}
"""The values of many events are made here, and not by each column's type: it is 4 times faster."""

# Made once: making a statement costs as much as running it.
_NUMBERED = {
    audience: update(conversation)
    .where(_c.id == bindparam("log"))
    .values(
        head=_c.head + 1,
        customer_prev=_c.customer_head,
        customer_head=_c.head + 1 if audience is Audience.EVERYONE else _c.customer_head,
    )
    .returning(_c.head, _c.customer_prev, clock().label("at"))
    for audience in Audience
}


_HEAD = {
    viewer: select(_c.head if viewer is Viewer.AGENT else _c.customer_head).where(
        _c.id == bindparam("log")
    )
    for viewer in Viewer
}


@cache
def _insert(dialect: str) -> Executable:
    """An event, unless its cmid is there already."""
    same = [event.c.conversation_id, event.c.cmid]
    return insert_on(dialect, event).on_conflict_do_nothing(index_elements=same)


@cache
def _insert_many(dialect: str) -> Executable:
    """Postgres: of a few hundred events, each column is one parameter."""
    kinds = {column.name: _GIVEN_AS.get(type(column.type), column.type) for column in event.c}
    columns = given(dialect, **kinds).c
    values = [cast(columns[one.name], one.type) for one in event.c]
    return event.insert().from_select(list(event.c), select(*values))


@cache
def _move_heads(dialect: str) -> Executable:
    moved = given(dialect, id=ID, head=NUMBER, customer_head=NUMBER, customer_prev=NUMBER)
    heads = {name: moved.c[name] for name in ("head", "customer_head", "customer_prev")}
    return update(conversation).where(_c.id == moved.c.id).values(heads)


@cache
def _lock(dialect: str) -> Executable:
    """The heads of the given conversations, locked in the order of their ids."""
    wanted = given(dialect, id=ID)
    return (
        select(_c.id, _c.head, _c.customer_head, clock().label("at"))
        .where(_c.id.in_(select(wanted.c.id)))
        .order_by(_c.id)
        .with_for_update()
    )


@cache
def _stored(dialect: str) -> Select[*tuple[Any, ...]]:
    """The events of the given conversations and cmids."""
    wanted = given(dialect, log=ID, cmid=ID)
    same = and_(event.c.conversation_id == wanted.c.log, event.c.cmid == wanted.c.cmid)
    return select(event).select_from(wanted.join(event, same))


@cache
def _after_each(dialect: str) -> Select[*tuple[Any, ...]]:
    """The events of the given conversations beyond a given seq."""
    wanted = given(dialect, log=ID, cursor=NUMBER)
    newer = and_(event.c.conversation_id == wanted.c.log, event.c.seq > wanted.c.cursor)
    found = select(event).select_from(wanted.join(event, newer))
    return found.order_by(event.c.conversation_id, event.c.seq)


@cache
def _heads(dialect: str, viewer: Viewer) -> Executable:
    head = _c.head if viewer is Viewer.AGENT else _c.customer_head
    wanted = select(given(dialect, id=ID).c.id)
    return select(_c.id, head.label("head")).where(_c.id.in_(wanted))


def _tails(log: Subquery) -> Select[*tuple[Any, ...]]:
    """The newest events of these conversations, counted beside what their heads say."""
    newest = and_(event.c.conversation_id == log.c.id, event.c.seq > log.c.head - TAIL)
    shown = event.c.audience == Audience.EVERYONE
    wrongly = and_(shown, event.c.kind.in_(FOR_AGENTS))
    return (
        select(
            log.c.id.label("conversation_id"),
            log.c.head,
            log.c.customer_head,
            func.count(event.c.seq).label("stored"),
            func.coalesce(func.max(event.c.seq), 0).label("last"),
            func.max(case((shown, event.c.seq))).label("last_shown"),
            func.count(case((wrongly, 1))).label("wrongly_shown"),
        )
        .select_from(log.outerjoin(event, newest))
        .group_by(log.c.id, log.c.head, log.c.customer_head)
        .order_by(log.c.id)
    )


class _Log:
    """The heads of one conversation while its row is locked."""

    def __init__(self, row: Row[*tuple[Any, ...]]) -> None:
        self._id: UUID = row.id
        self._at: datetime = row.at
        self._head: int = row.head
        self._customer_head: int = row.customer_head
        self._customer_prev: int = row.customer_head

    def next(self, entry: Entry) -> Event:
        """The event with its number."""
        self._head += 1
        self._customer_prev = self._customer_head
        if entry.audience is Audience.EVERYONE:
            self._customer_head = self._head
        return Event(
            conversation_id=self._id,
            seq=self._head,
            at=self._at,
            customer_prev=self._customer_prev,
            **structs.asdict(entry),
        )

    def heads(self) -> tuple[UUID, int, int, int]:
        return self._id, self._head, self._customer_head, self._customer_prev


def _log(logs: Mapping[UUID, _Log], id: UUID) -> _Log:
    try:
        return logs[id]
    except KeyError:
        raise NotFound("conversation") from None


class SqlTimeline:
    """The row of a conversation is the lock of its log: seq stays dense under any concurrency.

    One event costs two statements: a repeated cmid shows only when it is inserted, under the lock,
    where a look-up before could have missed one that was being written. Any number cost four.
    """

    def __init__(self, db: AsyncConnection) -> None:
        self._db = db
        self._dialect = db.dialect.name

    async def append(self, conversation_id: UUID, entry: Entry) -> Event:
        numbered = await self._number(conversation_id, entry)
        inserted = await self._db.execute(_insert(self._dialect), _to_row(numbered))
        if inserted.rowcount == 1:
            return numbered
        await self._take_back(conversation_id)
        return await self._by_cmid(conversation_id, entry.cmid)

    async def append_all(self, entries: Sequence[tuple[UUID, Entry]]) -> Sequence[Event]:
        if len(entries) == 1:
            return [await self.append(*entries[0])]
        logs = await self._locked({id for id, _ in entries})
        stored = await self.stored([(id, entry.cmid) for id, entry in entries if entry.cmid])
        events = {(known.conversation_id, known.cmid): known for known in stored}
        found, new = [], []
        for id, entry in entries:
            one = events.get((id, entry.cmid)) if entry.cmid else None
            if one is None:
                one = _log(logs, id).next(entry)
                new.append(one)
                events[id, entry.cmid] = one
            found.append(one)
        await self._add(new, logs)
        return found

    async def stored(self, cmids: Sequence[tuple[UUID, UUID]]) -> Sequence[Event]:
        return await self._all(_stored(self._dialect), rows(self._dialect, cmids))

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

    async def after_each(self, cursors: Mapping[UUID, int]) -> Mapping[UUID, list[Event]]:
        given_rows = rows(self._dialect, list(cursors.items()))
        found: dict[UUID, list[Event]] = defaultdict(list)
        for one in await self._all(_after_each(self._dialect), given_rows):
            found[one.conversation_id].append(one)
        return found

    async def heads(self, conversations: Collection[UUID], viewer: Viewer) -> Mapping[UUID, int]:
        wanted = rows(self._dialect, [(id,) for id in conversations])
        found = await self._db.execute(_heads(self._dialect, viewer), wanted)
        return {row.id: row.head for row in found}

    async def head(self, conversation_id: UUID, viewer: Viewer) -> int:
        found: int | None = await self._db.scalar(_HEAD[viewer], {"log": conversation_id})
        if found is None:
            raise NotFound("conversation")
        return found

    async def last_word(self, conversation_id: UUID) -> Event | None:
        mine = and_(
            event.c.conversation_id == conversation_id,
            event.c.audience == Audience.EVERYONE,
            event.c.actor_kind != ActorKind.SYSTEM,
        )
        found = await self._all(select(event).where(mine).order_by(event.c.seq.desc()).limit(1))
        return found[0] if found else None

    async def rewrite(self, conversation_id: UUID, seq: int, body: dict[str, Any]) -> None:
        one = (event.c.conversation_id == conversation_id, event.c.seq == seq)
        changed = await self._db.execute(update(event).where(*one).values(body=body))
        if changed.rowcount == 0:
            raise NotFound("message")

    async def rewrite_private(self, conversation_id: UUID, seq: int, private: bytes) -> None:
        one = (event.c.conversation_id == conversation_id, event.c.seq == seq)
        changed = await self._db.execute(update(event).where(*one).values(private=private))
        if changed.rowcount == 0:
            raise NotFound("event")

    async def of_run(self, run_id: UUID) -> Sequence[Event]:
        found = select(event).where(event.c.run_id == run_id)
        return await self._all(found.order_by(event.c.at, event.c.seq))

    async def logs_of(self, run_ids: Sequence[UUID]) -> Mapping[UUID, Sequence[bytes]]:
        found = (
            select(event.c.run_id, event.c.private)
            .where(event.c.run_id.in_(run_ids), event.c.private.is_not(None))
            .order_by(event.c.run_id, event.c.at, event.c.seq)
        )
        logs: dict[UUID, list[bytes]] = defaultdict(list)
        for run_id, private in await self._db.execute(found):
            logs[run_id].append(private)
        return logs

    async def move(self, conversation_id: UUID, to: UUID) -> bool:
        logs = await self._locked([conversation_id, to])
        if logs.keys() != {conversation_id, to}:
            raise NotFound("conversation")
        (_, *moved), (_, *empty) = logs[conversation_id].heads(), logs[to].heads()
        if any(empty):
            return False
        await self._db.execute(
            update(event)
            .where(event.c.conversation_id == conversation_id)
            .values(conversation_id=to)
        )
        await self._db.execute(delete(mark).where(mark.c.conversation_id == to))
        for table in (mark, file):
            with_it = update(table).where(table.c.conversation_id == conversation_id)
            await self._db.execute(with_it.values(conversation_id=to))
        heads = rows(self._dialect, [(to, *moved), (conversation_id, *empty)])
        await self._db.execute(_move_heads(self._dialect), heads)
        return True

    async def tails_from(self, conversation_id: UUID | None, limit: int) -> Sequence[Tail]:
        some = select(_c.id, _c.head, _c.customer_head).order_by(_c.id).limit(limit)
        if conversation_id is not None:
            some = some.where(_c.id >= conversation_id)
        found = await self._db.execute(_tails(some.subquery("log")))
        return [Tail(**row._asdict()) for row in found]

    async def _number(self, conversation_id: UUID, entry: Entry) -> Event:
        """The event with its number: the conversation's heads move to it."""
        numbered = await self._db.execute(_NUMBERED[entry.audience], {"log": conversation_id})
        row = numbered.one_or_none()
        if row is None:
            raise NotFound("conversation")
        return Event(
            conversation_id=conversation_id,
            seq=row.head,
            at=row.at,
            customer_prev=row.customer_prev,
            **structs.asdict(entry),
        )

    async def _add(self, new: Sequence[Event], logs: Mapping[UUID, _Log]) -> None:
        if not new:
            return
        if self._dialect == "postgresql":
            values = [_to_values(one) for one in new]
            await self._db.execute(_insert_many(self._dialect), rows(self._dialect, values))
        else:
            await self._db.execute(event.insert(), [_to_row(one) for one in new])
        heads = [logs[id].heads() for id in {one.conversation_id for one in new}]
        await self._db.execute(_move_heads(self._dialect), rows(self._dialect, heads))

    async def _locked(self, conversations: Collection[UUID]) -> dict[UUID, _Log]:
        """Their heads, locked until the end; in order, so that two never wait for each other."""
        wanted = rows(self._dialect, [(id,) for id in conversations])
        found = await self._db.execute(_lock(self._dialect), wanted)
        return {row.id: _Log(row) for row in found}

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

    async def _all(
        self, statement: Select[*tuple[Any, ...]], parameters: Mapping[str, Any] | None = None
    ) -> Sequence[Event]:
        return [_from_row(row) for row in await self._db.execute(statement, parameters)]
