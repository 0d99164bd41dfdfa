"""How does an open page talk through a server that is killed again and again?

It follows docs/reference/live.md: cursor, sync, outbox, back-off with jitter, ping.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress

from tests.chaos import wire
from tests.chaos.lives import Lives
from tests.chaos.outbox import Outbox
from tests.chaos.people import Seat
from tests.chaos.view import View
from tests.chaos.web_socket import WebSocket, connect

LIVE = "/v1/live"
PING_S = 15.0
DEAD_AFTER_S = 25.0
PAUSES_S = (0.1, 0.25, 0.5, 1.0, 2.0, 5.0)
"""Before the n-th reconnect in a row, give or take half."""

SHORT_PAUSES_S = PAUSES_S[:3]
"""For whoever kills the server often, lest most of the run be waiting."""

PING = wire.encode(wire.Ping())


class Page:
    """One page of a customer or an agent, over all its connections."""

    def __init__(
        self,
        seat: Seat,
        port: int,
        lives: Lives,
        rng: random.Random,
        pauses_s: Sequence[float] = SHORT_PAUSES_S,
    ) -> None:
        self.seat = seat
        self.view = View()
        self.outbox = Outbox(seat.name, rng)
        self.said: Counter[str] = Counter()
        """Refusals, errors and close codes, by what the server said."""
        self._port = port
        self._lives = lives
        self._rng = rng
        self._pauses_s = pauses_s
        self._socket: WebSocket | None = None
        self._welcomed = False

    def allow(self, messages: int) -> None:
        """So many messages may have been begun in all."""
        self.outbox.allowed = messages
        self._send_more()

    async def run(self) -> None:
        """Stay connected until cancelled."""
        failures = 0
        while True:
            self._welcomed = False
            with suppress(OSError):  # a server that is away is what reconnecting is for
                await self._connected()
            failures = 0 if self._welcomed else failures + 1
            pause = self._pauses_s[min(failures, len(self._pauses_s) - 1)]
            await asyncio.sleep(pause * self._rng.uniform(0.5, 1.5))

    async def _connected(self) -> None:
        self._lives.trying(self.seat.name)
        socket = await connect(self._port, LIVE, self._hear)
        self._socket = socket
        try:
            self._tell(self._hello())
            await stay(socket)
            self.said[f"closed {socket.closed.result()}"] += 1
        finally:
            self._socket = None
            socket.abort()

    def _hello(self) -> wire.Hello:
        known = {} if self.seat.agent else {self.seat.conversation_id: self.view.cursor}
        return wire.Hello(token=self.seat.token, cursors=known)

    def _hear(self, text: bytes) -> None:
        match wire.decode(text):
            case wire.Event() as event:
                self._take(event)
            case wire.Ack() as ack:
                message = self.outbox.acked(ack.cmid, ack.seq)
                self.view.acked(ack, message.text)
                self._send_more()
            case wire.Welcome():
                self._greeted()
            case wire.Refused(problem=problem):
                self._refused(problem)
            case wire.Error(problem=problem):
                self.said[f"error {problem.status} {problem.title}"] += 1

    def _greeted(self) -> None:
        self._welcomed = True
        self.view.reconnected()
        self._lives.welcomed(self.seat.name)
        if self.seat.agent:
            place = self.seat.conversation_id
            self._tell(wire.Watch(conversation_id=place, after=self.view.cursor))
        for message in self.outbox.again():
            self._send(message.cmid, message.text)
        self._send_more()

    def _take(self, event: wire.Event) -> None:
        if event.cmid in self.outbox.sent:
            self.outbox.acked(event.cmid, event.seq)
            self._send_more()
        if self.view.take(event):
            place = event.conversation_id
            self._tell(wire.Sync(conversation_id=place, after=self.view.cursor))

    def _refused(self, problem: wire.Problem) -> None:
        """Come back later and send everything again in its order."""
        self.said[f"refused {problem.status} {problem.title}"] += 1
        if self._socket is not None:
            self._socket.abort()

    def _send_more(self) -> None:
        if not self._welcomed or self._socket is None:
            return  # the next welcome sends it
        for message in self.outbox.more():
            self._send(message.cmid, message.text)

    def _send(self, cmid: str, text: str) -> None:
        self._tell(wire.Send(cmid=cmid, conversation_id=self.seat.conversation_id, text=text))

    def _tell(self, frame: object) -> None:
        if self._socket is not None:
            self._socket.send(wire.encode(frame))


async def stay(socket: WebSocket) -> None:
    """Ping until the connection is over, or nothing was heard for too long."""
    clock = asyncio.get_running_loop().time
    while not socket.closed.done():
        await asyncio.wait([socket.closed], timeout=PING_S)
        if clock() - socket.heard_at > DEAD_AFTER_S:
            socket.abort()
        socket.send(PING)
