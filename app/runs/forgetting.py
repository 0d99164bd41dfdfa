"""What becomes of answers that were kept long enough? They are forgotten, in every place."""

from uuid import UUID

import msgspec

from app.conversation.timeline import SYSTEM
from app.retry import retried
from app.runs.log import RunLog
from app.store.work import Store, Work
from selfservice.events import Event
from selfservice.forgetting import blanked, forget

AT_ONCE = 100
"""Looked up in one round; the others wait for the next."""

_event = msgspec.json.Decoder(Event).decode


async def forget_due(store: Store, runs: RunLog) -> None:
    """Forget what is due, each run in a transaction of its own."""
    async with store.read() as work:
        rows = await work.runs.to_forget(await work.now(), AT_ONCE)
    for row in rows:
        await _forget(store, runs, row.id)


@retried
async def _forget(store: Store, runs: RunLog, id: UUID) -> None:
    async with store.write() as work:
        run = await runs.get(work, id)
        event = forget(run.state, await work.now())
        if event is None:
            return
        await _blank(work, id, event.names)
        await work.action_jobs.forget(id)
        await runs.append_unattended(work, run, event, SYSTEM)


async def _blank(work: Work, id: UUID, names: tuple[str, ...]) -> None:
    """Take the answers out of the log."""
    for entry in await work.timeline.of_run(id):
        left = blanked(_event(entry.private), names) if entry.private else None
        if left is not None:
            private = msgspec.json.encode(left)
            await work.timeline.rewrite_private(entry.conversation_id, entry.seq, private)
