"""What becomes of runs that nobody goes on with: past their flow's `expires` they are over."""

from uuid import UUID

from app.conversation.timeline import SYSTEM
from app.retry import retried
from app.runs.log import RunLog
from app.store.work import Store
from selfservice.events import Actor, Expired
from selfservice.state import FINAL

AT_ONCE = 100
"""Looked up in one round; the others wait for the next."""


async def expire_overdue(store: Store, runs: RunLog) -> None:
    """End what is past its time, each run in a transaction of its own."""
    async with store.read() as work:
        overdue = await work.runs.overdue(await work.now(), AT_ONCE)
    for row in overdue:
        await _expire(store, runs, row.id)


@retried
async def _expire(store: Store, runs: RunLog, id: UUID) -> None:
    async with store.write() as work:
        run, now = await runs.get(work, id), await work.now()
        gone_on = run.row.expires_at is None or run.row.expires_at > now
        if gone_on or run.state.status in FINAL:
            return
        event = Expired(at=now, actor=Actor(kind="system"))
        await runs.append_unattended(work, run, event, SYSTEM)
