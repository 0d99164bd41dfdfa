"""Two synthetic peers in one call, signalled by hand."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeVar
from uuid import UUID

from rtc.engine import Engine, EngineEvent, Side
from rtc.peer import Peer

T = TypeVar("T")


async def until(happened: Callable[[], bool], what: str, seconds: float = 15) -> None:
    """Wait for something that real peers or processes bring about."""
    deadline = asyncio.get_running_loop().time() + seconds
    while not happened():
        assert asyncio.get_running_loop().time() < deadline, f"not in {seconds} s: {what}"
        await asyncio.sleep(0.02)


class Heard:
    """An events handler that remembers."""

    def __init__(self) -> None:
        self.events: list[EngineEvent] = []

    async def __call__(self, event: EngineEvent) -> None:
        self.events.append(event)

    def of(self, kind: type[T]) -> list[T]:
        return [event for event in self.events if isinstance(event, kind)]


class Pair:
    """The customer's and the agent's peer of one gen."""

    def __init__(self, engine: Engine, call: UUID, gen: int) -> None:
        self.engine, self.call, self.gen = engine, call, gen
        self.customer, self.agent = Peer(Side.CUSTOMER), Peer(Side.AGENT)

    async def negotiate(self, *, video: bool) -> None:
        offer = await self.customer.offer(video=video)
        to_agent = await self.engine.offer(self.call, self.gen, offer)
        answer = await self.agent.answer(to_agent)
        await self.customer.accept(await self.engine.answer(self.call, self.gen, answer))

    async def reach(self, *, frames: int = 0, energy: float = 0.0) -> None:
        """Until both sides decoded this much more than by now."""
        peers = (self.customer, self.agent)
        before = [peer.stats() for peer in peers]

        def reached() -> bool:
            return all(
                now.frames - then.frames >= frames and now.audio_energy - then.audio_energy > energy
                for now, then in zip([peer.stats() for peer in peers], before, strict=True)
            )

        await until(reached, f"{frames} frames and energy {energy} on both sides")

    async def close(self) -> None:
        await asyncio.gather(self.customer.close(), self.agent.close())


@asynccontextmanager
async def paired(engine: Engine, call: UUID, gen: int = 1) -> AsyncIterator[Pair]:
    pair = Pair(engine, call, gen)
    try:
        yield pair
    finally:
        await pair.close()
