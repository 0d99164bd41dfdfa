"""Takes over back-end calls whose request died before they were done."""

from app.flows import LEASE, Flows
from app.store.work import Store

BATCH = 20


async def take_over(store: Store, flows: Flows) -> None:
    """Claim what nobody holds any more and perform it."""
    async with store.write() as work:
        now = await work.now()
        jobs = await work.action_jobs.claim(now, now + LEASE, BATCH)
    for job in jobs:
        await flows.perform(job)
