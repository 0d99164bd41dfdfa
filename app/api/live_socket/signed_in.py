"""Who is at the other end, as the database said when it was last asked?"""

import asyncio
from datetime import UTC, datetime, timedelta

from app.auth.caller import Caller, caller_of
from app.conversation.people import Agent
from app.conversation.timeline import Viewer
from app.store.work import Store, Work
from app.unbroken import unbroken_read

CHECK_AFTER_S = 60
"""A token that ends is told by a bell; this is for one whose time is up, or a bell that was lost.

A look costs 0.5 ms of CPU: one at each ping, every 15 s, took a third of a core of 10,000 sockets.
"""


class SignedIn:
    def __init__(self, store: Store, who: Caller, token: str) -> None:
        self.who = who
        self.viewer = Viewer.AGENT if isinstance(who, Agent) else Viewer.CUSTOMER
        self._store = store
        self._token = token
        self._clock = asyncio.get_running_loop().time
        self._looked_at = float("-inf")
        self._now = datetime.now(UTC)

    async def look(self, work: Work) -> Caller:
        """Roles and queues may be others now.

        Raises SignInRequired once the token was given up or is past its time.
        """
        self.who = await caller_of(work, self._token)
        self._now = await work.now()
        self._looked_at = self._clock()
        return self.who

    async def must_be(self) -> None:
        """As `look`, where nothing asked for so long."""
        if self._clock() - self._looked_at > CHECK_AFTER_S:
            await unbroken_read(self._store, self.look)

    async def now(self) -> datetime:
        """By the database's clock, as far as this process can tell without asking it each time."""
        await self.must_be()
        return self._now + timedelta(seconds=self._clock() - self._looked_at)
