"""Which two legs make a call, and what do their descriptions change?"""

import asyncio
from uuid import UUID

from msgspec import Struct

from rtc.engine import CallStats, Side, UnknownCall
from rtc.relay.leg import Leg, Tell
from rtc.relay.srtp import Certificate
from rtc.sdp import Description, Kind, Transport, parse, render

SWEEP_S = 1.0


class Pair(Struct):
    gen: int
    customer: Leg
    agent: Leg

    def of(self, side: Side) -> Leg:
        return self.customer if side is Side.CUSTOMER else self.agent

    def close(self, *, goodbye: bool) -> None:
        self.customer.close(goodbye=goodbye)
        self.agent.close(goodbye=goodbye)


class Calls:
    """The calls of one worker. Every command may be repeated."""

    def __init__(
        self,
        addresses: tuple[str, ...],
        port: int,
        by_ufrag: dict[str, Leg],
        tell: Tell,
    ) -> None:
        self._addresses = addresses
        self._port = port
        self._by_ufrag = by_ufrag
        self._tell = tell
        self._certificate = Certificate.generateCertificate()
        self._fingerprint = self._certificate.fingerprint
        self._pairs: dict[UUID, Pair] = {}

    def offer(self, call: UUID, gen: int, sdp: str) -> str:
        """Raises BadDescription, UnknownCall (a newer gen took over, or this one was lost)."""
        description = parse(sdp, Kind.OFFER)
        pair = self._pairs.get(call)
        if pair is None or pair.gen < gen:
            pair = self._replace(pair, call, gen)
        return self._pass(pair, call, gen, Side.CUSTOMER, description)

    def answer(self, call: UUID, gen: int, sdp: str) -> str:
        """Raises BadDescription, UnknownCall (no offer of this gen)."""
        description = parse(sdp, Kind.ANSWER)
        pair = self._pairs.get(call)
        if pair is None:
            raise UnknownCall(call, gen)
        return self._pass(pair, call, gen, Side.AGENT, description)

    def end(self, call: UUID) -> None:
        pair = self._pairs.pop(call, None)
        if pair is not None:
            pair.close(goodbye=True)

    def stats(self, call: UUID) -> CallStats:
        """Raises UnknownCall."""
        pair = self._pairs.get(call)
        if pair is None:
            raise UnknownCall(call)
        legs = tuple(pair.of(side).stats() for side in Side)
        return CallStats(call=call, gen=pair.gen, legs=legs)

    def carried(self) -> tuple[UUID, ...]:
        """Calls whose two legs are up, or may still come up."""
        return tuple(
            call
            for call, pair in self._pairs.items()
            if not (pair.customer.ended or pair.agent.ended)
        )

    def sweep(self, now: float) -> None:
        """End the legs whose peers went silent, forget the calls that have no leg left."""
        for call, pair in list(self._pairs.items()):
            for side in Side:
                if pair.of(side).silent(now):
                    pair.of(side).lose("no sign of the peer")
            if pair.customer.ended and pair.agent.ended:
                del self._pairs[call]

    async def keep_sweeping(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_S)
            self.sweep(asyncio.get_running_loop().time())

    def _pass(self, pair: Pair, call: UUID, gen: int, side: Side, description: Description) -> str:
        """Take a side's description; what the other side gets of it."""
        if pair.gen != gen or pair.of(side).ended or pair.of(side.other).ended:
            raise UnknownCall(call, gen)
        pair.of(side).described(description)
        return render(description, self._transport(pair.of(side.other)))

    def _replace(self, old: Pair | None, call: UUID, gen: int) -> Pair:
        if old is not None:
            old.close(goodbye=False)
        customer, agent = (
            Leg(call, gen, side, self._certificate, self._by_ufrag, self._tell)
            for side in (Side.CUSTOMER, Side.AGENT)
        )
        customer.peer, agent.peer = agent, customer
        self._pairs[call] = Pair(gen, customer, agent)
        return self._pairs[call]

    def _transport(self, leg: Leg) -> Transport:
        ufrag, pwd = leg.credentials
        return Transport(
            ufrag=ufrag,
            pwd=pwd,
            fingerprint=self._fingerprint,
            addresses=self._addresses,
            port=self._port,
        )
