"""What has the company set up beside agents and queues?

One row for each kind: such lists are short, are read whole, and keep their order.
"""

from collections.abc import Sequence
from typing import Any, TypeVar

import msgspec
from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.conversation.setup import CannedReply, Disposition, Skill
from app.queue_file import CalendarSpec
from app.store import tables
from app.store.upsert import insert

T = TypeVar("T", bound=Struct)

KINDS: dict[type[Struct], str] = {
    Skill: "skill",
    CalendarSpec: "calendar",
    Disposition: "disposition",
    CannedReply: "canned_reply",
}

_c = tables.setup.c


class SqlSetup:
    def __init__(self, db: AsyncConnection) -> None:
        self._db = db

    async def lock(self) -> None:
        """By the one row about the database; SQLite has one writer anyway."""
        await self._db.execute(select(tables.meta.c.id).with_for_update())

    async def all(self, kind: type[T]) -> tuple[T, ...]:
        statement = select(_c.entries).where(_c.kind == KINDS[kind])
        found = (await self._db.execute(statement)).scalar_one_or_none()
        return tuple(msgspec.convert(_known(one, kind), kind) for one in found or ())

    async def put_all(self, kind: type[T], entries: Sequence[T]) -> None:
        written = tuple(entries)
        await self._db.execute(
            insert(self._db, tables.setup)
            .values(kind=KINDS[kind], entries=written)
            .on_conflict_do_update(index_elements=[_c.kind], set_={"entries": written})
        )


def _known(entry: dict[str, Any], kind: type[Struct]) -> dict[str, Any]:
    """Without what a newer version wrote that serves beside this one: the kinds are strict."""
    return {name: value for name, value in entry.items() if name in kind.__struct_fields__}
