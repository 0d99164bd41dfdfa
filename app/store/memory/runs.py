"""Where each customer stands in which flow, without a database."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from app.conversation.errors import Stale
from app.store.memory.tables import Tables, first, found
from app.store.records import RunRow

RUN_OPEN = frozenset({"active", "waiting", "with_human"})
"""Of a run, as the index uq_run_open has it."""


class MemoryRuns:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def add(self, run: RunRow) -> None:
        if run.status in RUN_OPEN and await self.open_of(run.customer_id, run.flow, run.inputs_key):
            raise Stale("run")
        self._tables.runs[run.id] = run

    async def get(self, id: UUID) -> RunRow:
        return found(self._tables.runs, id, "run")

    async def save(self, run: RunRow) -> RunRow:
        if (await self.get(run.id)).version != run.version:
            raise Stale("run")
        saved = replace(run, version=run.version + 1)
        self._tables.runs[saved.id] = saved
        return saved

    async def open_of(self, customer_id: UUID, flow: str, inputs_key: str) -> RunRow | None:
        wanted = (customer_id, flow, inputs_key)
        return first(
            run
            for run in self._tables.runs.values()
            if (run.customer_id, run.flow, run.inputs_key) == wanted and run.status in RUN_OPEN
        )

    async def of_customer(self, customer_id: UUID, limit: int) -> Sequence[RunRow]:
        mine = [run for run in self._tables.runs.values() if run.customer_id == customer_id]
        return sorted(mine, key=lambda run: (run.updated_at, run.id), reverse=True)[:limit]

    async def overdue(self, now: datetime, limit: int) -> Sequence[RunRow]:
        late = [
            (run.expires_at, run.id, run)
            for run in self._tables.runs.values()
            if run.status in RUN_OPEN and run.expires_at is not None and run.expires_at <= now
        ]
        return [run for _, _, run in sorted(late, key=lambda one: one[:2])][:limit]

    async def due(self, now: datetime, limit: int) -> Sequence[RunRow]:
        resting = [
            (run.wakes_at, run.id, run)
            for run in self._tables.runs.values()
            if run.status in RUN_OPEN and run.wakes_at is not None and run.wakes_at <= now
        ]
        return [run for _, _, run in sorted(resting, key=lambda one: one[:2])][:limit]

    async def open_of_flow(self, flow: str, after: UUID | None, limit: int) -> Sequence[RunRow]:
        found = [
            run
            for run in self._tables.runs.values()
            if run.flow == flow and run.status in RUN_OPEN and (after is None or run.id > after)
        ]
        return sorted(found, key=lambda run: run.id)[:limit]

    async def these(self, ids: Sequence[UUID]) -> Sequence[RunRow]:
        return [self._tables.runs[id] for id in sorted(ids) if id in self._tables.runs]

    async def ended_of_flow(self, flow: str, limit: int) -> Sequence[RunRow]:
        found = [
            run
            for run in self._tables.runs.values()
            if run.flow == flow and run.status not in RUN_OPEN
        ]
        return sorted(found, key=lambda run: (run.updated_at, run.id), reverse=True)[:limit]

    async def to_forget(self, now: datetime, limit: int) -> Sequence[RunRow]:
        found = [
            (run.forgets_at, run.id, run)
            for run in self._tables.runs.values()
            if run.forgets_at is not None and run.forgets_at <= now
        ]
        return [run for _, _, run in sorted(found, key=lambda one: one[:2])][:limit]

    async def awaiting(self, customer_id: UUID, event: str, limit: int) -> Sequence[RunRow]:
        found = await self.of_customer(customer_id, len(self._tables.runs))
        return [run for run in found if run.awaits == event][:limit]

    async def open_from(self, customer_id: UUID | None, limit: int) -> Sequence[RunRow]:
        found = [
            run
            for run in self._tables.runs.values()
            if run.status in RUN_OPEN and (customer_id is None or run.customer_id >= customer_id)
        ]
        return sorted(found, key=lambda run: (run.customer_id, run.flow, run.inputs_key))[:limit]
