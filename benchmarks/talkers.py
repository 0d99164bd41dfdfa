"""How do a hundred sockets talk without the client being what is measured?

No reconnects, no outbox: what is begun is sent at once, and its arrival at the other side is timed.
Whether all of it arrived, once and in order, is judged afterwards by tests.chaos.checker.
"""

import asyncio
import random
import time
from collections.abc import Iterator

from tests.chaos import wire
from tests.chaos.checker import Conversation
from tests.chaos.outbox import Message, messages_of
from tests.chaos.page import LIVE, stay
from tests.chaos.people import Seat
from tests.chaos.stored import Stored
from tests.chaos.view import View
from tests.chaos.web_socket import WebSocket, connect

CHARACTERS = 120
JOINED_WITHIN_S = 10.0
JOINED_AT_ONCE = 10


class Lost(Exception):
    """A socket ended while it was measured, or never came up."""


class Talker:
    """One side of a conversation."""

    def __init__(self, seat: Seat, room: "Room", rng: random.Random) -> None:
        self.seat = seat
        self.view = View()
        self.sent: dict[str, str] = {}
        self.acks: list[tuple[str, int]] = []
        self._room = room
        self._messages: Iterator[Message] = messages_of(seat.name, rng, CHARACTERS)
        self._socket: WebSocket | None = None
        self._tailed = asyncio.Event()

    async def join(self, port: int) -> None:
        """Return once everything so far was read."""
        async with asyncio.timeout(JOINED_WITHIN_S):
            self._socket = await connect(port, LIVE, self._hear)
            self._tell(wire.Hello(token=self.seat.token))
            await self._tailed.wait()

    async def stay(self) -> None:
        """Until cancelled. Raises Lost when the socket ends by itself."""
        assert self._socket is not None
        try:
            await stay(self._socket)
        finally:
            self._socket.abort()
        raise Lost(f"{self.seat.name}: closed with {self._socket.closed.result()}")

    def say(self, began: float) -> None:
        message = next(self._messages)
        self.sent[message.cmid] = message.text
        self._room.begun[message.cmid] = (began, self)
        place = self.seat.conversation_id
        self._tell(wire.Send(cmid=message.cmid, conversation_id=place, text=message.text))

    def _hear(self, text: bytes) -> None:
        match wire.decode(text):
            case wire.Event() as event:
                self._take(event)
            case wire.Ack() as ack:
                self.acks.append((ack.cmid, ack.seq))
                self.view.acked(ack, self.sent[ack.cmid])
            case wire.Tail():
                self._tailed.set()
            case wire.Welcome() if self.seat.agent:
                self._tell(wire.Watch(conversation_id=self.seat.conversation_id, after=0))
            case wire.Refused(problem=problem) | wire.Error(problem=problem):
                raise Lost(f"{self.seat.name}: {problem.status} {problem.title}")

    def _take(self, event: wire.Event) -> None:
        if event.cmid in self.sent:
            self.acks.append((event.cmid, event.seq))
        before = self.view.cursor
        if self.view.take(event):
            self._tell(wire.Sync(conversation_id=event.conversation_id, after=before))
        elif self.view.cursor > before and event.cmid not in self.sent:
            self._room.delivered(event.cmid)

    def _tell(self, frame: object) -> None:
        assert self._socket is not None
        self._socket.send(wire.encode(frame))


class Room:
    """All talkers, and what is on its way between them."""

    def __init__(self, seats: list[Seat], rng: random.Random) -> None:
        self.talkers = [Talker(seat, self, rng) for seat in seats]
        self.begun: dict[str, tuple[float, Talker]] = {}
        self.took_ms: list[float] = []
        self.arrived = 0
        self._refilled = False
        self._staying: list[asyncio.Task[None]] = []

    async def join(self, port: int, tasks: asyncio.TaskGroup) -> None:
        """All connect and stay, in `tasks`, until they leave."""
        for first in range(0, len(self.talkers), JOINED_AT_ONCE):
            some = self.talkers[first : first + JOINED_AT_ONCE]
            await asyncio.gather(*(one.join(port) for one in some))
            self._staying += [tasks.create_task(one.stay()) for one in some]

    def leave(self) -> None:
        for task in self._staying:
            task.cancel()

    def delivered(self, cmid: str | None) -> None:
        """It is at the other side; in a closed loop the next one takes its place."""
        if cmid not in self.begun:
            return  # what the server said by itself
        began, sender = self.begun.pop(cmid)
        now = time.perf_counter()
        self.took_ms.append((now - began) * 1000)
        self.arrived += 1
        if self._refilled:
            sender.say(now)

    def fill(self, each: int) -> None:
        """Keep so many messages of each talker on their way."""
        self._refilled = True
        for talker in self.talkers:
            for _ in range(each):
                talker.say(time.perf_counter())

    async def drain(self, within_s: float) -> None:
        """Begin nothing more; return when all has arrived and is acknowledged. Raises Lost."""
        self._refilled = False
        deadline = time.monotonic() + within_s
        while self.begun or any(len(one.acks) < len(one.sent) for one in self.talkers):
            if time.monotonic() > deadline:
                raise Lost(f"{len(self.begun)} messages did not arrive within {within_s:.0f} s")
            await asyncio.sleep(0.01)

    def conversations(self, stored: Stored) -> list[Conversation]:
        """What is known of each, for the judge."""
        places = {one.seat.conversation_id for one in self.talkers}
        return [_known(self._sides(place), stored, place) for place in places]

    def _sides(self, place: str) -> list[Talker]:
        return [one for one in self.talkers if one.seat.conversation_id == place]


def _known(sides: list[Talker], stored: Stored, place: str) -> Conversation:
    return Conversation(
        head=stored.heads[place],
        rows=stored.rows[place],
        views={one.seat.name: one.view.lines for one in sides},
        sent={cmid: text for one in sides for cmid, text in one.sent.items()},
        acks=[ack for one in sides for ack in one.acks],
    )
