"""Action jobs: each claimed by one worker at a time, and again when that one died."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import pytest
from msgspec.structs import replace

from app.conversation.errors import NotFound
from app.ids import new_id
from app.store.records import ActionJob
from app.store.work import Store
from tests.contract.people import NOON, customer, flow_version, started

SECOND = timedelta(seconds=1)


async def _jobs(store: Store, count: int) -> list[ActionJob]:
    """Jobs that come due one second after the other, from noon on."""
    await flow_version(store)
    run = await started(store, await customer(store))
    jobs = [
        ActionJob(id=new_id(), run_id=run.id, effect=b"\x00%d" % n, due_at=NOON + n * SECOND)
        for n in range(count)
    ]
    async with store.write() as work:
        for job in reversed(jobs):
            await work.action_jobs.add(job)
    return jobs


async def _claim(store: Store, at: timedelta, limit: int = 10) -> Sequence[ActionJob]:
    async with store.write() as work:
        return await work.action_jobs.claim(NOON + at, NOON + at + 10 * SECOND, limit)


async def test_due_jobs_are_claimed_oldest_first(store: Store) -> None:
    jobs = await _jobs(store, 4)
    taken = [replace(job, attempts=1, lease_until=NOON + 12 * SECOND) for job in jobs]
    assert await _claim(store, 2 * SECOND, limit=2) == taken[:2]
    assert await _claim(store, 2 * SECOND) == taken[2:3]
    assert await _claim(store, 2 * SECOND) == []


async def test_a_job_whose_lease_ran_out_is_claimed_again(store: Store) -> None:
    (job,) = await _jobs(store, 1)
    await _claim(store, timedelta())
    assert await _claim(store, 9 * SECOND) == []
    assert await _claim(store, 10 * SECOND) == [
        replace(job, attempts=2, lease_until=NOON + 20 * SECOND)
    ]


async def test_a_job_that_is_done_never_comes_back(store: Store) -> None:
    (job,) = await _jobs(store, 1)
    await _claim(store, timedelta())
    async with store.write() as work:
        await work.action_jobs.done(job.id)
    assert await _claim(store, timedelta(days=1)) == []


async def test_jobs_of_a_run_that_are_done_can_be_forgotten(store: Store) -> None:
    first, second = await _jobs(store, 2)
    async with store.write() as work:
        await work.action_jobs.done(first.id)
        await work.action_jobs.forget(new_id())
        await work.action_jobs.done(first.id)  # another run's are not touched
        await work.action_jobs.forget(first.run_id)
        with pytest.raises(NotFound):
            await work.action_jobs.done(first.id)
        await work.action_jobs.done(second.id)  # it was not done yet


async def test_a_job_put_off_comes_at_its_new_time(store: Store) -> None:
    (job,) = await _jobs(store, 1)
    await _claim(store, timedelta())
    async with store.write() as work:
        await work.action_jobs.again(job.id, NOON + 5 * SECOND)
    assert await _claim(store, 4 * SECOND) == []
    (again,) = await _claim(store, 5 * SECOND)
    assert (again.id, again.attempts, again.due_at) == (job.id, 2, NOON + 5 * SECOND)


async def test_an_unknown_job_is_not_found(store: Store) -> None:
    async with store.write() as work:
        with pytest.raises(NotFound, match="no such action job"):
            await work.action_jobs.done(new_id())
        with pytest.raises(NotFound, match="no such action job"):
            await work.action_jobs.again(new_id(), NOON)


async def test_claimers_at_once_never_take_the_same(store: Store) -> None:
    jobs = await _jobs(store, 20)

    async def drain() -> list[UUID]:
        taken = []
        while batch := await _claim(store, timedelta(minutes=1), limit=3):
            taken += [job.id for job in batch]
        return taken

    taken = [id for part in await asyncio.gather(*(drain() for _ in range(5))) for id in part]
    assert sorted(taken) == sorted(job.id for job in jobs)
