"""What does an engine without media do? It checks, rewrites and remembers descriptions.

For the application's own tests and for a demonstration without a network: `connect`, `lose`
and `die` stand for what happens on the path.
"""

from uuid import UUID

from msgspec import Struct

from rtc.engine import (
    CallStats,
    Capabilities,
    Events,
    LegLost,
    LegStats,
    LegUp,
    Side,
    UnknownCall,
    WorkerDied,
    ignore,
)
from rtc.sdp import Fingerprint, Kind, Transport, parse, render


class Remembered(Struct):
    gen: int
    up: set[Side]
    lost: set[Side]


class MemoryEngine:
    """An Engine whose descriptions lead nowhere (the address is of RFC 5737)."""

    def __init__(self, events: Events = ignore) -> None:
        self.events = events
        self._calls: dict[UUID, Remembered] = {}

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(parties=2)

    @property
    def place(self) -> str:
        return "memory"

    async def offer(self, call: UUID, gen: int, sdp: str) -> str:
        description = parse(sdp, Kind.OFFER)
        known = self._calls.get(call)
        if known is None or known.gen < gen:
            self._calls[call] = Remembered(gen, set(), set())
        self._at(call, gen)
        return render(description, _transport(call, gen, Side.AGENT))

    async def answer(self, call: UUID, gen: int, sdp: str) -> str:
        description = parse(sdp, Kind.ANSWER)
        self._at(call, gen)
        return render(description, _transport(call, gen, Side.CUSTOMER))

    async def end(self, call: UUID) -> None:
        self._calls.pop(call, None)

    async def stats(self, call: UUID) -> CallStats:
        known = self._known(call)
        legs = tuple(
            LegStats(side=side, up=side in known.up, packets=0, octets=0, refused=0, moves=0)
            for side in Side
        )
        return CallStats(call=call, gen=known.gen, legs=legs)

    async def carried(self) -> frozenset[UUID]:
        return frozenset(call for call, known in self._calls.items() if not known.lost)

    async def connect(self, call: UUID) -> None:
        """Both peers reach the relay. Raises UnknownCall."""
        known = self._known(call)
        known.up.update(Side)
        for side in Side:
            await self.events(LegUp(call=call, gen=known.gen, side=side))

    async def lose(self, call: UUID, side: Side) -> None:
        """This peer's network is gone. Raises UnknownCall."""
        known = self._known(call)
        known.up.discard(side)
        known.lost.add(side)
        await self.events(
            LegLost(call=call, gen=known.gen, side=side, reason="no sign of the peer")
        )

    async def die(self) -> None:
        """All calls are gone, as after the death of a worker."""
        self._calls.clear()
        await self.events(WorkerDied())

    def _known(self, call: UUID) -> Remembered:
        if call not in self._calls:
            raise UnknownCall(call)
        return self._calls[call]

    def _at(self, call: UUID, gen: int) -> None:
        known = self._calls.get(call)
        if known is None or known.gen != gen or known.lost:
            raise UnknownCall(call, gen)


def _transport(call: UUID, gen: int, side: Side) -> Transport:
    return Transport(
        ufrag=f"{side[:1]}{gen:07d}",
        pwd=f"{call.hex}{gen}",
        fingerprint=Fingerprint("sha-256", ":".join(["00"] * 32)),
        addresses=("192.0.2.1",),
        port=9,
    )
