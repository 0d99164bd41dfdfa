"""What does an agent's page do? What its snapshots ask for, with moods, breaks and lost sockets."""

import asyncio
import random
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

import msgspec
from msgspec import Struct

from tests.chaos import wire
from tests.chaos.front import Front
from tests.chaos.page import LIVE, stay
from tests.chaos.people import Desk
from tests.chaos.web_socket import WebSocket, connect

DECLINES, LETS_GO, CLICKS_TWICE = 0.12, 0.06, 0.1
TAKES_A_BREAK, LOSES_SOCKET = 0.04, 0.04
THINKS_S, TALKS_S, WRITES_S, BREAK_S = 0.4, 1.2, 0.4, 2.0
"""At most so long; half of it on average."""

BACK_S = 0.5


class Interaction(Struct, frozen=True):
    id: str
    state: str


class Offer(Struct, frozen=True):
    interaction: Interaction
    offered_at: str


class Snapshot(Struct, frozen=True):
    offers: list[Offer] = []
    interactions: list[Interaction] = []


class Frame(Struct, frozen=True):
    """`welcome` and `me` carry a snapshot; nothing else matters here."""

    type: str
    me: Snapshot | None = None


decode = msgspec.json.Decoder(Frame).decode


class AgentPage:
    """One agent's page, over all its connections."""

    def __init__(self, desk: Desk, front: Front, rng: random.Random) -> None:
        self._desk = desk
        self._front = front
        self._rng = rng
        self._seen: set[tuple[str, str]] = set()
        self._socket: WebSocket | None = None
        self._tasks = asyncio.TaskGroup()

    async def run(self) -> None:
        """Work until cancelled."""
        async with self._tasks:
            while True:
                with suppress(OSError):  # that process is away
                    await self._connected()
                await asyncio.sleep(self._rng.uniform(0, 2 * BACK_S))

    async def _connected(self) -> None:
        socket = await connect(self._front.port(), LIVE, self._hear)
        self._socket = socket
        try:
            socket.send(wire.encode(wire.Hello(token=self._desk.token)))
            await stay(socket)
        finally:
            self._socket = None
            socket.abort()

    def _hear(self, text: bytes) -> None:
        me = decode(text).me
        if me is None:
            return
        for offer in me.offers:
            self._once(
                (offer.interaction.id, offer.offered_at), self._offered(offer.interaction.id)
            )
        for one in me.interactions:
            self._once((one.id, one.state), self._goes_on(one))

    def _once(self, what: tuple[str, str], work: Coroutine[Any, Any, None]) -> None:
        if what in self._seen:
            work.close()
            return
        self._seen.add(what)
        self._tasks.create_task(work)

    async def _offered(self, id: str) -> None:
        mood = self._rng.random()
        if mood < LETS_GO:
            return
        await self._pause(THINKS_S)
        if mood < LETS_GO + DECLINES:
            await self._do(id, "decline", {})
            return
        clicks = 2 if self._rng.random() < CLICKS_TWICE else 1
        await asyncio.gather(*(self._do(id, "accept", {}) for _ in range(clicks)))

    async def _goes_on(self, one: Interaction) -> None:
        if one.state == "live":
            await self._pause(TALKS_S)
            await self._do(one.id, "end", {})
            return
        await self._pause(WRITES_S)
        await self._do(one.id, "wrap-up", {"disposition": "solved_together"})
        if self._rng.random() < TAKES_A_BREAK:
            await self._break()
        if self._rng.random() < LOSES_SOCKET and self._socket is not None:
            self._socket.abort()

    async def _break(self) -> None:
        await self._presence("break")
        await self._pause(BREAK_S)
        await self._presence("available")

    async def _presence(self, intent: str) -> None:
        await self._front.ask("PUT", "/v1/me/presence", self._desk.token, {"intent": intent})

    async def _do(self, id: str, verb: str, body: Any) -> None:
        await self._front.ask("POST", f"/v1/interactions/{id}/{verb}", self._desk.token, body)

    async def _pause(self, at_most_s: float) -> None:
        await asyncio.sleep(self._rng.uniform(0, at_most_s))
