"""How does a program keep its side of a call? As web/sdk does: one peer per gen, one offer per rev.

The customer's side always offers, the agent's side answers. Both only follow what the call's
snapshot wants, so a killed server, a new gen or a repeated snapshot needs nothing special.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress

import aiohttp

from app.api.wire import CallView, DescriptionView
from app.demo.client import Client, NotSeen
from app.demo.http import Http, Refused
from rtc.call import CallState
from rtc.engine import Side
from rtc.peer import Peer, PeerStats

LOOK_AGAIN_S = 1.0
"""Whatever failed is tried again after this time; nothing that is done is done twice."""

LOOK_AT_MEDIA_S = 0.005
CLEARLY_HEARD = 100.0
"""Energy of about 0.1 s of the other side's tone."""


class Talk:
    """One side's peer, kept in step with the call until cancelled."""

    def __init__(
        self, side: Side, http: Http, client: Client, present: Callable[[], CallView | None]
    ) -> None:
        self.gen, self.rev = 0, -1
        self.peer: Peer | None = None
        self._side = side
        self._http = http
        self._client = client
        self._present = present
        self._accepted = (0, -1)

    async def run(self) -> None:
        """Follow the call's snapshots."""
        try:
            while True:
                change = self._client.next_change()
                # It moved on, or the server is away: the next snapshot says what is wanted.
                with suppress(Refused, aiohttp.ClientError, OSError, TimeoutError):
                    await self._follow(self._present())
                await _set_soon(change)
        finally:
            await self._hang_up()

    async def hears(self, *, frames: int, within_s: float) -> PeerStats:
        """Wait until the other side is heard, and so many of its pictures are seen, from now on."""
        before = self._stats()
        try:
            async with asyncio.timeout(within_s):
                while not _reached(before, self._stats(), frames):  # noqa: ASYNC110 - counters
                    await asyncio.sleep(LOOK_AT_MEDIA_S)
        except TimeoutError:
            raise NotSeen(f"{frames} frames and sound", within_s, repr(self._stats())) from None
        return self._stats()

    def _stats(self) -> PeerStats:
        return self.peer.stats() if self.peer else PeerStats(frames=0, audio_energy=0.0)

    async def _follow(self, call: CallView | None) -> None:
        if call is None or call.state is CallState.ENDED:
            await self._hang_up()
        elif self._side is Side.CUSTOMER:
            await self._offer_or_accept(call)
        elif call.description is not None:
            await self._answer(call, call.description)

    async def _offer_or_accept(self, call: CallView) -> None:
        if self.peer is None or self.gen < call.wanted_gen:
            self.peer = await self._begin(call.wanted_gen)
        if self.rev < call.wanted_rev:
            await self._offer(call, self.peer)
        elif call.description and _place(call.description) == (self.gen, self.rev):
            await self._accept(call.description, self.peer)

    async def _offer(self, call: CallView, peer: Peer) -> None:
        sdp = await peer.offer(video=call.video)
        body = {"gen": self.gen, "rev": call.wanted_rev, "sdp": sdp}
        await self._http.tell(f"/v1/calls/{call.id}/offer", body)
        self.rev = call.wanted_rev

    async def _accept(self, answer: DescriptionView, peer: Peer) -> None:
        if self._accepted != _place(answer):
            self._accepted = _place(answer)
            await peer.accept(answer.sdp)

    async def _answer(self, call: CallView, offer: DescriptionView) -> None:
        if _place(offer) <= (self.gen, self.rev):
            return
        if self.peer is None or self.gen < offer.gen:
            self.peer = await self._begin(offer.gen)
        body = {"gen": offer.gen, "rev": offer.rev, "sdp": await self.peer.answer(offer.sdp)}
        await self._http.tell(f"/v1/calls/{call.id}/answer", body)
        self.rev = offer.rev

    async def _begin(self, gen: int) -> Peer:
        await self._hang_up()
        self.gen, self.rev = gen, -1
        return Peer(self._side)

    async def _hang_up(self) -> None:
        if self.peer is not None:
            peer, self.peer = self.peer, None
            await peer.close()
        self.gen, self.rev = 0, -1


async def _set_soon(change: asyncio.Event) -> None:
    try:
        async with asyncio.timeout(LOOK_AGAIN_S):
            await change.wait()
    except TimeoutError:
        return


def _place(description: DescriptionView) -> tuple[int, int]:
    return description.gen, description.rev


def _reached(before: PeerStats, now: PeerStats, frames: int) -> bool:
    return (
        now.frames - before.frames >= frames
        and now.audio_energy - before.audio_energy > CLEARLY_HEARD
    )
