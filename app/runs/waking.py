"""Runs that go on by themselves: a wait whose time is over, a reminder that is due."""

from uuid import UUID

from app.conversation.timeline import SYSTEM
from app.retry import retried
from app.runs.log import RunLog
from app.store.work import Store
from selfservice.waking import due

AT_ONCE = 500
"""Looked up in one round; the others wait for the next."""


async def wake_due(store: Store, runs: RunLog) -> None:
    """Move on what is due, each run in a transaction of its own."""
    async with store.read() as work:
        rows = await work.runs.due(await work.now(), AT_ONCE)
    for row in rows:
        await _wake(store, runs, row.id)


@retried
async def _wake(store: Store, runs: RunLog, id: UUID) -> None:
    async with store.write() as work:
        run = await runs.get(work, id)
        event = due(run.definition, run.state, await work.now())
        if event is not None:
            await runs.append_unattended(work, run, event, SYSTEM)
