"""What happened in a conversation, without a database."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec.structs import asdict, replace

from app.conversation.errors import NotFound
from app.conversation.timeline import (
    FOR_AGENTS,
    TAIL,
    ActorKind,
    Audience,
    Entry,
    Event,
    Tail,
    Viewer,
)
from app.store import plain
from app.store.memory.tables import Tables, first, found


class MemoryTimeline:
    def __init__(self, tables: Tables, clock: Callable[[], datetime]) -> None:
        self._tables = tables
        self._clock = clock

    async def append(self, conversation_id: UUID, entry: Entry) -> Event:
        log = found(self._tables.events, conversation_id, "conversation")
        known = first(event for event in log if entry.cmid and event.cmid == entry.cmid)
        if known is not None:
            return known
        body = plain.decode(plain.encode(msgspec.to_builtins(entry.body)))
        event = Event(
            conversation_id=conversation_id,
            seq=len(log) + 1,
            at=self._clock(),
            customer_prev=_head(log, Viewer.CUSTOMER),
            **{**asdict(entry), "kind": plain.text(entry.kind), "body": body},
        )
        self._tables.events[conversation_id] = (*log, event)
        return event

    async def append_all(self, entries: Sequence[tuple[UUID, Entry]]) -> Sequence[Event]:
        return [await self.append(id, entry) for id, entry in entries]

    async def stored(self, cmids: Sequence[tuple[UUID, UUID]]) -> Sequence[Event]:
        logs = {id: self._tables.events.get(id, ()) for id, _ in cmids}
        return [one for id, cmid in cmids for one in logs[id] if one.cmid == cmid]

    async def after(
        self, conversation_id: UUID, seq: int, viewer: Viewer, limit: int
    ) -> Sequence[Event]:
        log = self._tables.events.get(conversation_id, ())
        return [event for event in log[max(seq, 0) :] if _visible(event, viewer)][:limit]

    async def after_each(self, cursors: Mapping[UUID, int]) -> Mapping[UUID, list[Event]]:
        logs = self._tables.events
        found = {id: list(logs.get(id, ())[max(seq, 0) :]) for id, seq in cursors.items()}
        return {id: events for id, events in found.items() if events}

    async def heads(self, conversations: Collection[UUID], viewer: Viewer) -> Mapping[UUID, int]:
        logs = self._tables.events
        return {id: _head(logs[id], viewer) for id in conversations if id in logs}

    async def head(self, conversation_id: UUID, viewer: Viewer) -> int:
        return _head(found(self._tables.events, conversation_id, "conversation"), viewer)

    async def last_word(self, conversation_id: UUID) -> Event | None:
        log = self._tables.events.get(conversation_id, ())
        said = (one for one in reversed(log) if one.actor.kind is not ActorKind.SYSTEM)
        return first(one for one in said if one.audience is Audience.EVERYONE)

    async def rewrite(self, conversation_id: UUID, seq: int, body: dict[str, Any]) -> None:
        log = self._tables.events.get(conversation_id, ())
        if not 0 < seq <= len(log):
            raise NotFound("message")
        kept = plain.decode(plain.encode(msgspec.to_builtins(body)))
        changed = (*log[: seq - 1], replace(log[seq - 1], body=kept), *log[seq:])
        self._tables.events[conversation_id] = changed

    async def rewrite_private(self, conversation_id: UUID, seq: int, private: bytes) -> None:
        log = self._tables.events.get(conversation_id, ())
        if not 0 < seq <= len(log):
            raise NotFound("event")
        changed = (*log[: seq - 1], replace(log[seq - 1], private=private), *log[seq:])
        self._tables.events[conversation_id] = changed

    async def of_run(self, run_id: UUID) -> Sequence[Event]:
        found = [e for log in self._tables.events.values() for e in log if e.run_id == run_id]
        return sorted(found, key=lambda event: (event.at, event.seq))

    async def logs_of(self, run_ids: Sequence[UUID]) -> Mapping[UUID, Sequence[bytes]]:
        logs = {id: await self.of_run(id) for id in run_ids}
        return {
            id: [one.private for one in log if one.private is not None]
            for id, log in logs.items()
            if log
        }

    async def move(self, conversation_id: UUID, to: UUID) -> bool:
        logs = self._tables.events
        moving = found(logs, conversation_id, "conversation")
        if found(logs, to, "conversation"):
            return False
        logs[to] = tuple(replace(event, conversation_id=to) for event in moving)
        logs[conversation_id] = ()
        for side in Viewer:
            mark = self._tables.marks.pop((conversation_id, side), None)
            if mark is not None:
                self._tables.marks[to, side] = replace(mark, conversation_id=to)
        for file in list(self._tables.files.values()):
            if file.conversation_id == conversation_id:
                self._tables.files[file.id] = replace(file, conversation_id=to)
        return True

    async def tails_from(self, conversation_id: UUID | None, limit: int) -> Sequence[Tail]:
        logs = sorted(self._tables.events.items())
        some = [one for one in logs if conversation_id is None or one[0] >= conversation_id]
        return [_tail(id, log) for id, log in some[:limit]]


def _visible(event: Event, viewer: Viewer) -> bool:
    return viewer is Viewer.AGENT or event.audience is Audience.EVERYONE


def _head(log: Sequence[Event], viewer: Viewer) -> int:
    return next((event.seq for event in reversed(log) if _visible(event, viewer)), 0)


def _tail(id: UUID, log: Sequence[Event]) -> Tail:
    """Without a database the heads are those of the log itself."""
    head = _head(log, Viewer.AGENT)
    newest = [one for one in log if one.seq > head - TAIL]
    shown = [one for one in newest if one.audience is Audience.EVERYONE]
    return Tail(
        conversation_id=id,
        head=head,
        customer_head=_head(log, Viewer.CUSTOMER),
        stored=len(newest),
        last=head,
        last_shown=shown[-1].seq if shown else None,
        wrongly_shown=sum(one.kind in FOR_AGENTS for one in shown),
    )
