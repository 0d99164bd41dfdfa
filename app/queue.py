"""The queue as seen by those in it: place, expected wait, and the round that makes offers."""

from collections.abc import Sequence

from app.conversation import desk
from app.conversation.interaction import Channel, Interaction, State
from app.conversation.routing import assign, in_order
from app.conversation.waiting import Wait, estimate
from app.retry import retried
from app.store.work import Store, Work

BATCH = 1000
"""Interactions looked at in one round. Those whom nobody can take must not hide the others."""

HISTORY = 50
"""Interactions of a queue whose length the estimate rests on."""


@retried
async def offer_round(store: Store) -> int:
    """Take back what is overdue, then offer what waits to those who can take it."""
    async with store.write() as work:
        for interaction in await work.interactions.overdue(await work.now()):
            await desk.expire(work, interaction)
    async with store.write() as work:
        waiting = await work.interactions.claim_queued(BATCH)
        if not waiting:
            return 0
        now = await work.now()
        queues = await work.queues.all()
        matches = assign(waiting, await work.agents.workloads(now, lock=True), queues, now)
        for match in matches:
            await desk.offer(work, match)
        return len(matches)


async def place_of(work: Work, interaction: Interaction) -> int | None:
    """1 for the next one to be offered; None once somebody answers."""
    if interaction.state not in {State.QUEUED, State.OFFERED}:
        return None
    waiting = await _of_queue(work, interaction.queue)
    ordered = in_order(waiting, await work.queues.all(), await work.now())
    queue = [one.id for one in ordered]
    return queue.index(interaction.id) + 1 if interaction.id in queue else None


async def wait_for(work: Work, queue: str, channel: Channel, place: int | None) -> Wait | None:
    """How long somebody in this place will wait; without a place: at the end of the queue."""
    agents = await work.agents.workloads(await work.now())
    staff = [load for load in agents if queue in load.agent.queues and load.is_there]
    ahead = len(await _of_queue(work, queue)) if place is None else place - 1
    return estimate(
        ahead=ahead,
        free=sum(load.can_take(channel) for load in staff),
        staffed=len(staff),
        handled_s=await work.interactions.handled_s(queue, HISTORY),
    )


async def _of_queue(work: Work, queue: str) -> Sequence[Interaction]:
    return [one for one in await work.interactions.waiting() if one.queue == queue]
