"""How long is an agent reachable here? A lease that the agent's pages renew."""

import asyncio
from datetime import timedelta

from app import topics
from app.auth.caller import Caller
from app.conversation.people import Agent
from app.ids import new_id
from app.store.work import Store
from app.unbroken import unbroken

LEASE = timedelta(seconds=45)  # an agent's device is reachable so long after its last frame
RENEW_AFTER_S = 10


class Lease:
    """Of one page; a customer has none."""

    def __init__(self, store: Store, who: Caller) -> None:
        self._store = store
        self._who = who
        self._device = new_id()
        self._clock = asyncio.get_running_loop().time
        self._renewed_at: float | None = None

    async def renew(self) -> None:
        if not isinstance(self._who, Agent):
            return
        if self._renewed_at is not None and self._clock() - self._renewed_at < RENEW_AFTER_S:
            return
        self._renewed_at = self._clock()
        await unbroken(self._until(LEASE))

    async def give_up(self) -> None:
        if isinstance(self._who, Agent):
            await asyncio.shield(self._until(timedelta(0)))

    async def _until(self, length: timedelta) -> None:
        async with self._store.write() as work:
            until = await work.now() + length
            changed = await work.agents.reachable_until(self._who.id, self._device, until)
            # Of two pages that go at once, each may still see the other's lease.
            if changed or not length:
                for topic in (topics.me(self._who.id), topics.TEAM, topics.QUEUE):
                    work.ring(topic)
