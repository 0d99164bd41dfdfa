"""Ends conversations whose announced time is over, and notices customers who fell silent.

One transaction each: whatever is wrong with one is logged, and the others go on.
"""

from uuid import UUID

from app.calls import hang_up
from app.conversation import closing, consult, desk
from app.conversation.interaction import Interaction, State
from app.conversation.people import Agent, Customer
from app.conversation.telling import actor_of
from app.conversation.timeline import SYSTEM, Actor, ActorKind
from app.each import each
from app.retry import retried
from app.runs.handover import Handover
from app.store.work import Store, Work


class Closings:
    def __init__(self, store: Store, handover: Handover) -> None:
        self._store = store
        self._handover = handover

    async def end(self, work: Work, id: UUID, who: Agent | Customer) -> Interaction:
        """One side ends it at once."""
        return await self._let_go(work, await desk.end(work, id, who), actor_of(who))

    async def sweep(self) -> None:
        """End what is due, announce what will be."""
        async with self._store.read() as work:
            now = await work.now()
            due = await work.interactions.closing_due(now)
            queues = await work.queues.all()
            listening = [name for name, queue in queues.items() if queue.silence_s]
            silent = await work.interactions.maybe_silent(now, listening) if listening else []
        await each("closing.failed", [one.id for one in due], self._run_out)
        await each("silence.failed", [one.id for one in silent], self._listen)

    @retried
    async def _run_out(self, id: UUID) -> None:
        async with self._store.write() as work:
            interaction = await work.interactions.get(id)
            if interaction.closing is None or await work.now() < interaction.closing.until:
                return  # somebody was faster
            after = await closing.run_out(work, interaction)
            if after.state is not State.LIVE:
                await self._let_go(work, after, SYSTEM)

    @retried
    async def _listen(self, id: UUID) -> None:
        async with self._store.write() as work:
            interaction = await work.interactions.get(id)
            if interaction.state is State.LIVE and interaction.closing is None:
                await closing.listen(work, interaction)

    async def _let_go(self, work: Work, interaction: Interaction, by: Actor) -> Interaction:
        """Its call ends, colleagues are free, and its run goes back to the customer."""
        await consult.over(work, interaction, by)
        alone = await hang_up(work, interaction, by_customer=by.kind is ActorKind.CUSTOMER)
        await self._handover.released(work, alone)
        return alone
