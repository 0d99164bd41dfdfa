"""Back-end calls that are due, without a database."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from app.store.memory.tables import Tables, found
from app.store.records import ActionJob, JobState


class MemoryActionJobs:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def add(self, job: ActionJob) -> None:
        self._tables.action_jobs[job.id] = job

    async def claim(self, now: datetime, lease_until: datetime, limit: int) -> Sequence[ActionJob]:
        free = [job for job in self._tables.action_jobs.values() if _is_free(job, now)]
        free.sort(key=lambda job: (job.due_at, job.id))
        return [self._put(_taken(job, lease_until)) for job in free[:limit]]

    async def done(self, id: UUID) -> None:
        job = found(self._tables.action_jobs, id, "action job")
        self._put(replace(job, state=JobState.DONE, lease_until=None))

    async def forget(self, run_id: UUID) -> None:
        jobs = self._tables.action_jobs
        for id, job in list(jobs.items()):
            if job.run_id == run_id and job.state is JobState.DONE:
                del jobs[id]

    async def again(self, id: UUID, due_at: datetime) -> None:
        job = found(self._tables.action_jobs, id, "action job")
        self._put(replace(job, due_at=due_at, lease_until=None))

    def _put(self, job: ActionJob) -> ActionJob:
        self._tables.action_jobs[job.id] = job
        return job


def _is_free(job: ActionJob, now: datetime) -> bool:
    held = job.lease_until is not None and job.lease_until > now
    return job.state is JobState.DUE and job.due_at <= now and not held


def _taken(job: ActionJob, lease_until: datetime) -> ActionJob:
    return replace(job, attempts=job.attempts + 1, lease_until=lease_until)
