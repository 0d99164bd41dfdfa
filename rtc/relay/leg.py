"""What does the relay know of one peer's connection?

The server is ICE-lite (RFC 8445 section 2.5): it answers the peer's checks and sends to the
pair the peer nominated. Only addresses that passed a check become routes, and only what comes
by a route reaches DTLS and SRTP.
"""

import asyncio
import logging
import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from uuid import UUID

from rtc.engine import BadDescription, LegLost, LegStats, LegUp, Side
from rtc.relay.srtp import Certificate, Handshake, HandshakeFailed, Keys
from rtc.sdp import Description, Fingerprint

if TYPE_CHECKING:
    from rtc.relay.mux import Mux

logger = logging.getLogger(__name__)

CONSENT_S = 30.0
"""A peer that stops checking has lost its network or its page (RFC 7675 section 5.1)."""
ARRIVAL_S = 120.0
"""How long a leg waits for its peer's first check: a ring, a permission prompt."""
MAX_ROUTES = 32
MAX_DTLS_QUEUE = 64

Address = Any  # a socket address: (host, port) or (host, port, flow, scope)
Tell = Callable[[LegUp | LegLost], None]


class Leg:
    """One peer's connection to the relay, and the other leg that its media go to."""

    peer: "Leg"

    def __init__(
        self,
        call: UUID,
        gen: int,
        side: Side,
        certificate: Certificate,
        by_ufrag: dict[str, "Leg"],
        tell: Tell,
    ) -> None:
        self.call, self.gen, self.side = call, gen, side
        self.keys: Keys | None = None
        self.address: Address = None
        self.send: Callable[[bytes | memoryview, Address], object] | None = None
        self.packets = self.octets = self.refused = self.moves = 0
        self.sources: set[tuple[int, ...]] = set()
        self.ended = False
        self._by_ufrag = by_ufrag
        self._tell = tell
        self._pwds: dict[str, str] = {}
        self._routes: dict[tuple[Mux, Address], None] = {}
        self._remote_ufrag: str | None = None
        self._fingerprints: tuple[Fingerprint, ...] = ()
        self._dtls_queue: asyncio.Queue[bytes] = asyncio.Queue(MAX_DTLS_QUEUE)
        self._handshake = Handshake(
            certificate,
            self._dtls_queue.get,
            self._transmit,
            lambda: self.lose("closed by the peer"),
        )
        self._shaking: asyncio.Task[None] | None = None
        self._closing: asyncio.Task[None] | None = None
        self._born = asyncio.get_running_loop().time()
        self._heard: float | None = None
        self._renew()

    @property
    def credentials(self) -> tuple[str, str]:
        """The newest ICE user fragment and password for this leg's peer."""
        return next(reversed(self._pwds.items()))

    def described(self, description: Description) -> None:
        """Take the peer's own description.

        A new user fragment restarts ICE: new credentials, same DTLS and SRTP (RFC 8839 section
        4.4.1.1.1). Another certificate is another peer connection and needs a new gen. Raises
        BadDescription.
        """
        if self._shaking is None:
            self._remote_ufrag, self._fingerprints = description.ufrag, description.fingerprints
            self._shaking = asyncio.create_task(self._shake())
            return
        if description.fingerprints != self._fingerprints:
            raise BadDescription(0, "another certificate than before needs a new gen")
        if description.ufrag != self._remote_ufrag:
            self._remote_ufrag = description.ufrag
            self._renew()

    def pwd(self, ufrag: str) -> str | None:
        return self._pwds.get(ufrag)

    def checked(self, mux: "Mux", source: Address, ufrag: str, nominated: bool) -> None:
        """An authenticated connectivity check came from `source`."""
        self._heard = asyncio.get_running_loop().time()
        if ufrag == self.credentials[0]:
            self._forget_older_credentials()
        self._add_route(mux, source)
        if self.address is None or (nominated and (self.send, self.address) != (mux.send, source)):
            if self.address is not None:
                self.moves += 1
                logger.info("leg moved call=%s side=%s", self.call, self.side)
            self.send, self.address = mux.send, source

    def dtls(self, data: bytes) -> None:
        """A DTLS datagram by a route; a flood of them is dropped, DTLS repeats itself."""
        if not self._dtls_queue.full():
            self._dtls_queue.put_nowait(data)

    def silent(self, now: float) -> bool:
        """Whether the peer has been away for longer than a leg may wait."""
        if self._heard is None:
            return now - self._born > ARRIVAL_S
        return now - self._heard > CONSENT_S

    def stats(self) -> LegStats:
        return LegStats(
            side=self.side,
            up=self.keys is not None and not self.ended,
            packets=self.packets,
            octets=self.octets,
            refused=self.refused,
            moves=self.moves,
        )

    def lose(self, reason: str) -> None:
        """The peer is gone: close and say so."""
        if self.ended:
            return
        logger.info("leg lost call=%s gen=%d side=%s: %s", self.call, self.gen, self.side, reason)
        self.close(goodbye=True)
        self._tell(LegLost(call=self.call, gen=self.gen, side=self.side, reason=reason))

    def close(self, *, goodbye: bool) -> None:
        """Give back every route. Repeating it does nothing.

        A replaced leg leaves without a goodbye: to its page that would look like a failure, and
        the page would ask for yet another replacement.
        """
        if self.ended:
            return
        self.ended = True
        if not goodbye:
            self.send = None
        self._closing = asyncio.create_task(self._close())

    async def _close(self) -> None:
        if self._shaking is not None:
            self._shaking.cancel()
        await self._handshake.stop()
        self.keys = self.address = self.send = None
        for route in list(self._routes):
            self._drop_route(*route)
        for ufrag in self._pwds:
            self._by_ufrag.pop(ufrag, None)

    async def _shake(self) -> None:
        try:
            self.keys = await self._handshake.run(self._fingerprints)
        except HandshakeFailed as failed:
            self.lose(str(failed))
            return
        self._tell(LegUp(call=self.call, gen=self.gen, side=self.side))

    def _transmit(self, data: bytes) -> None:
        if self.send is None:
            return
        try:
            self.send(data, self.address)
        except OSError:
            logger.debug("DTLS datagram not sent call=%s side=%s", self.call, self.side)

    def _renew(self) -> None:
        """New credentials; those before stay valid until the peer uses the new ones."""
        ufrag = secrets.token_hex(4)
        self._pwds[ufrag] = secrets.token_hex(16)
        self._by_ufrag[ufrag] = self

    def _forget_older_credentials(self) -> None:
        for ufrag in list(self._pwds)[:-1]:
            del self._pwds[ufrag]
            self._by_ufrag.pop(ufrag, None)

    def _add_route(self, mux: "Mux", source: Address) -> None:
        key = (mux, source)
        self._routes.pop(key, None)
        self._routes[key] = None
        mux.routes[source] = self
        if len(self._routes) > MAX_ROUTES:
            oldest = next(k for k in self._routes if k[1] != self.address)
            self._drop_route(*oldest)

    def _drop_route(self, mux: "Mux", source: Address) -> None:
        del self._routes[mux, source]
        if mux.routes.get(source) is self:  # a page's next leg may come from the same address
            del mux.routes[source]
