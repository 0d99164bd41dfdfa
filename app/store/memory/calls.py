"""Calls and their descriptions, without a database."""

from collections.abc import Sequence
from uuid import UUID

from msgspec.structs import replace

from app.conversation.errors import Stale
from app.store.memory.tables import Tables, first, found
from app.store.records import CallRow, DescriptionRow


class MemoryCalls:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def add(self, call: CallRow) -> None:
        if call.state != "ended" and await self.open_of(call.interaction_id):
            raise Stale("call")
        self._tables.calls[call.id] = call

    async def get(self, id: UUID) -> CallRow:
        return found(self._tables.calls, id, "call")

    async def save(self, call: CallRow) -> CallRow:
        if (await self.get(call.id)).version != call.version:
            raise Stale("call")
        saved = replace(call, version=call.version + 1)
        self._tables.calls[saved.id] = saved
        return saved

    async def open_of(self, interaction_id: UUID) -> CallRow | None:
        calls = await self.open_calls()
        return first(call for call in calls if call.interaction_id == interaction_id)

    async def open_calls(self) -> Sequence[CallRow]:
        calls = [call for call in self._tables.calls.values() if call.state != "ended"]
        return sorted(calls, key=lambda call: (call.created_at, call.id))

    async def describe(self, description: DescriptionRow) -> None:
        one = description
        self._tables.descriptions[one.call_id, one.kind, one.gen, one.rev] = one

    async def description(self, call_id: UUID, kind: str) -> DescriptionRow | None:
        every = self._tables.descriptions.values()
        mine = [one for one in every if (one.call_id, one.kind) == (call_id, kind)]
        return max(mine, key=lambda one: (one.gen, one.rev), default=None)
