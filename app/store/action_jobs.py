"""Which backend calls are due, and who makes them?"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import structs
from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.conversation.errors import NotFound
from app.store import tables
from app.store.records import ActionJob, JobState
from app.store.tables import JOB_DUE

_c = tables.action_job.c


class SqlActionJobs:
    def __init__(self, db: AsyncConnection) -> None:
        self._db = db

    async def add(self, job: ActionJob) -> None:
        await self._db.execute(insert(tables.action_job).values(structs.asdict(job)))

    async def claim(self, now: datetime, lease_until: datetime, limit: int) -> Sequence[ActionJob]:
        # A CTE that locks is run once; as a plain subquery the planner could run it repeatedly
        # and take more than `limit`.
        free = (
            select(_c.id)
            .where(JOB_DUE, _c.due_at <= now)
            .where(or_(_c.lease_until.is_(None), _c.lease_until <= now))
            .order_by(_c.due_at, _c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
            .cte("free")
        )
        statement = (
            update(tables.action_job)
            .where(_c.id.in_(select(free.c.id)))
            .values(attempts=_c.attempts + 1, lease_until=lease_until)
            .returning(tables.action_job)
        )
        jobs = [ActionJob(**row._asdict()) for row in await self._db.execute(statement)]
        return sorted(jobs, key=lambda job: (job.due_at, job.id))

    async def done(self, id: UUID) -> None:
        await self._set(id, state=JobState.DONE, lease_until=None)

    async def forget(self, run_id: UUID) -> None:
        done = _c.state == JobState.DONE
        await self._db.execute(delete(tables.action_job).where(_c.run_id == run_id, done))

    async def again(self, id: UUID, due_at: datetime) -> None:
        await self._set(id, due_at=due_at, lease_until=None)

    async def _set(self, id: UUID, **values: Any) -> None:
        statement = update(tables.action_job).where(_c.id == id).values(values)
        if (await self._db.execute(statement)).rowcount == 0:
            raise NotFound("action job")
