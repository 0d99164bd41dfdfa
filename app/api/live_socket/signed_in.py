"""Who is at the other end, as the database said when it was last asked?"""

import asyncio

from app.auth.caller import Caller, caller_of
from app.conversation.people import Agent
from app.conversation.timeline import Viewer
from app.store.work import Store, Work
from app.unbroken import unbroken_read

CHECK_AFTER_S = 30  # a token that no ping had looked at; clients ping every 15 s


class SignedIn:
    def __init__(self, store: Store, who: Caller, token: str) -> None:
        self.who = who
        self.viewer = Viewer.AGENT if isinstance(who, Agent) else Viewer.CUSTOMER
        self._store = store
        self._token = token
        self._clock = asyncio.get_running_loop().time
        self._looked_at = self._clock()

    async def look(self, work: Work) -> Caller:
        """Roles and queues may be others now.

        Raises SignInRequired once the token was given up or is past its time.
        """
        self.who = await caller_of(work, self._token)
        self._looked_at = self._clock()
        return self.who

    async def must_be(self) -> None:
        """As `look`, where nothing asked for so long."""
        if self._clock() - self._looked_at > CHECK_AFTER_S:
            await unbroken_read(self._store, self.look)
