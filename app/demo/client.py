"""How does a program follow a conversation? A live socket that comes back by itself.

The rules of the live protocol are those of web/sdk: an event is taken when its `prev` is the
cursor, what is known is dropped, a hole is asked for; an unacknowledged message is sent again
after a reconnect, under the same id.
"""

import asyncio
import random
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar
from uuid import UUID, uuid4

import aiohttp
import msgspec
from msgspec import Struct, structs

from app.api import frames
from app.api.me import AgentMe, CustomerMe
from app.demo.http import Http, Refused

PING_S = 15
DEAD_AFTER_S = 25
PAUSES_S = (0.1, 0.25, 0.5, 1.0, 2.0, 5.0)
"""Before the n-th reconnect in a row, give or take half."""

PATIENCE_S = 10.0
"""How long anything may take that somebody waits for."""

T = TypeVar("T")
ServerFrame = (
    frames.Welcome
    | frames.EventFrame
    | frames.Tail
    | frames.Ack
    | frames.Refused
    | frames.MeFrame
    | frames.PlaceFrame
    | frames.TeamFrame
    | frames.TypingFrame
    | frames.Pong
    | frames.GoAway
    | frames.ErrorFrame
)
_frame: msgspec.json.Decoder[ServerFrame] = msgspec.json.Decoder(ServerFrame)


class NotSeen(Exception):
    """Something that was waited for did not happen in time."""

    def __init__(self, what: str, within_s: float, seen: str) -> None:
        super().__init__(f"not within {within_s:.0f} s: {what}; seen: {seen}")


class Log:
    """A conversation as far as it was read here: each event once, in order."""

    def __init__(self) -> None:
        self.events: list[frames.EventFrame] = []
        self.cursor = 0

    def take(self, event: frames.EventFrame) -> bool:
        """Keep the next event and drop a known one; False where one before it is missing."""
        if event.seq <= self.cursor:
            return True
        if event.prev != self.cursor:
            return False
        self.events.append(event)
        self.cursor = event.seq
        return True


class Client:
    """`run` keeps the live socket; everything else may be called while it is away."""

    def __init__(self, http: Http) -> None:
        self.me: CustomerMe | AgentMe | None = None
        self.logs: dict[UUID, Log] = {}
        self.welcomes = 0
        self.syncs = 0
        self._http = http
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._unacked: dict[UUID, tuple[frames.Send, asyncio.Future[int]]] = {}
        self._change = asyncio.Event()

    # --- what is known here -------------------------------------------------------------------

    async def until(
        self, what: str, look: Callable[[], T | None], within_s: float = PATIENCE_S
    ) -> T:
        """Wait until `look` finds something; looked at on every change. Raises NotSeen."""
        try:
            async with asyncio.timeout(within_s):
                while not (found := look()):
                    await self.next_change().wait()
        except TimeoutError:
            raise NotSeen(what, within_s, self._seen()) from None
        return found

    def _seen(self) -> str:
        """What somebody has to know who asks why nothing came."""
        kinds = [event.kind for log in self.logs.values() for event in log.events[-6:]]
        link = "connected" if self._socket else "not connected"
        return f"{link}, {_me_seen(self.me)}, last events: {' '.join(kinds) or 'none'}"

    def next_change(self) -> asyncio.Event:
        """Set at the next snapshot, event or reconnect. Ask for it before you look."""
        return self._change

    def _changed(self) -> None:
        self._change.set()
        self._change = asyncio.Event()

    # --- the live socket ----------------------------------------------------------------------

    async def say(self, conversation_id: UUID, text: str) -> int:
        """Returns the message's number once it is stored, over any number of reconnects."""
        message = frames.Send(cmid=uuid4(), conversation_id=conversation_id, text=text)
        acked: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._unacked[message.cmid] = (message, acked)
        try:
            await self._put(message)
            return await acked
        finally:
            del self._unacked[message.cmid]

    async def watch(self, conversation_id: UUID) -> None:
        """Read a conversation from its beginning and on from there; a customer does by itself."""
        log = self.logs.setdefault(conversation_id, Log())
        await self._put(frames.Watch(conversation_id=conversation_id, after=log.cursor))

    async def run(self) -> None:
        """Stay connected until cancelled."""
        failures = 0
        while True:
            welcomes = self.welcomes
            # A server that is away is what reconnecting is for.
            with suppress(aiohttp.ClientError, OSError, TimeoutError):
                await self._connected()
            failures = 0 if self.welcomes > welcomes else failures + 1
            pause = PAUSES_S[min(failures, len(PAUSES_S) - 1)]
            await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 - no secret

    async def _connected(self) -> None:
        async with self._http.socket("/v1/live") as socket:
            cursors = {id: log.cursor for id, log in self.logs.items()}
            await _send(socket, frames.Hello(token=self._http.token, cursors=cursors))
            pinging = asyncio.create_task(_ping(socket))
            try:
                while True:
                    message = await socket.receive(timeout=DEAD_AFTER_S)
                    if message.type is not aiohttp.WSMsgType.TEXT:
                        return
                    await self._hear(socket, _frame.decode(message.data))
            finally:
                self._socket = None
                pinging.cancel()

    async def _put(self, frame: frames.Incoming) -> None:
        """Say it now, or leave it to the next welcome."""
        if self._socket is not None:
            with suppress(ConnectionError):
                await _send(self._socket, frame)

    async def _hear(self, socket: aiohttp.ClientWebSocketResponse, frame: ServerFrame) -> None:
        match frame:
            case frames.Welcome():
                await self._welcomed(socket, frame)
            case frames.MeFrame(me=me):
                self.me = me
            case frames.TeamFrame() if isinstance(self.me, AgentMe):
                self.me = structs.replace(self.me, **_team(frame))
            case frames.EventFrame():
                await self._event(frame)
            case frames.Ack(cmid=cmid, seq=seq):
                self._settle(cmid, lambda acked: acked.set_result(seq))
            case frames.Refused(cmid=cmid, problem=problem):
                refused = Refused("message", problem)
                self._settle(cmid, lambda acked: acked.set_exception(refused))
            case frames.GoAway():
                await socket.close()
        self._changed()

    async def _welcomed(
        self, socket: aiohttp.ClientWebSocketResponse, welcome: frames.Welcome
    ) -> None:
        self.me = welcome.me
        self.welcomes += 1
        self._socket = socket
        for id, head in welcome.heads.items():
            if self.logs.setdefault(id, Log()).cursor > head:
                self.logs[id] = Log()  # another life of the database: it is read anew
        for message, _ in list(self._unacked.values()):
            await _send(socket, message)

    async def _event(self, event: frames.EventFrame) -> None:
        if event.cmid is not None:
            self._settle(event.cmid, lambda acked: acked.set_result(event.seq))
        log = self.logs.setdefault(event.conversation_id, Log())
        if not log.take(event):
            self.syncs += 1
            await self._put(frames.Sync(conversation_id=event.conversation_id, after=log.cursor))

    def _settle(self, cmid: UUID, settle: Callable[[asyncio.Future[int]], None]) -> None:
        if cmid in self._unacked and not self._unacked[cmid][1].done():
            settle(self._unacked[cmid][1])


def _team(frame: frames.TeamFrame) -> dict[str, object]:
    return {"queue": frame.queue, "waiting": frame.waiting, "team": frame.team}


def _me_seen(me: CustomerMe | AgentMe | None) -> str:
    if me is None:
        return "no snapshot"
    agent = isinstance(me, AgentMe)
    interactions = me.interactions if isinstance(me, AgentMe) else [me.interaction]
    calls = me.calls if isinstance(me, AgentMe) else [me.call]
    offers = len(me.offers) if isinstance(me, AgentMe) else 0
    states = [f"interaction {one.state}" for one in interactions if one]
    states += [f"call {one.state}, gen {one.gen}/{one.wanted_gen}" for one in calls if one]
    return ", ".join([*states, f"{offers} offers"] if agent else states) or "nothing open"


async def _ping(socket: aiohttp.ClientWebSocketResponse) -> None:
    with suppress(ConnectionError):  # the reader notices it, too
        while True:
            await asyncio.sleep(PING_S)
            await _send(socket, frames.Ping())


async def _send(socket: aiohttp.ClientWebSocketResponse, frame: Struct) -> None:
    await socket.send_str(msgspec.json.encode(frame).decode())
