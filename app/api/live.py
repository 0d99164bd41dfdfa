"""One WebSocket per open page: the log of conversations, the caller's snapshot, typing.

Two tasks per socket: one reads frames, one waits for bells and sends what is new. What is sent
is read from the database by cursor, so a slow or lost socket costs nothing but itself.
"""

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import structlog
from litestar import WebSocket, websocket
from litestar.di import NamedDependency
from litestar.exceptions import WebSocketDisconnect
from msgspec import DecodeError, Struct

from app import topics
from app.api import frames
from app.api.errors import problem_of
from app.api.guards import NUL
from app.api.me import me_of
from app.api.permissions import frame_operation, must_be_allowed
from app.api.wire import event_view
from app.auth.caller import Caller, SignInRequired, WrongRole, caller_of
from app.bus.memory import Bells, Bus, Heard
from app.calls import Calls
from app.conversation.errors import NotAllowed, NotFound, Stale
from app.conversation.messages import must_see, say
from app.conversation.people import Agent
from app.conversation.timeline import Actor, ActorKind, Event, Viewer
from app.ids import new_id
from app.retry import retried
from app.runs.self_service import SelfService
from app.store.work import Store
from app.unbroken import unbroken

HELLO_WITHIN_S = 5
DEAD_AFTER_S = 25  # clients ping every 15 s
SLOW_AFTER_S = 10  # a frame that cannot be handed to the socket for so long ends it
LEASE = timedelta(seconds=45)  # an agent's device is reachable so long after its last frame
RENEW_AFTER_S = 10
PAGE = 500
LONGEST_REASON = 123  # bytes that a close frame has room for (RFC 6455, 5.5)

BAD_FRAME, SIGN_IN, ORIGIN, HELLO_LATE, SLOW = 4400, 4401, 4403, 4408, 4008

log = structlog.get_logger()


class Live(Struct, frozen=True):
    """What a connection needs of the application."""

    store: Store
    bus: Bus
    calls: Calls
    self_service: SelfService
    origins: frozenset[str]


class Closed(Exception):
    """The connection ends with this code."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


@websocket("/v1/live")
async def live(socket: WebSocket[Any, Any, Any], live: NamedDependency[Live]) -> None:
    """Serve one page until it goes away."""
    await socket.accept()
    try:
        _check_origin(socket, live.origins)
        hello = await _hello(socket)
        async with live.store.read() as work:
            who = await caller_of(work, hello.token)
        must_be_allowed(who, frame_operation(frames.Hello))
        await Connection(socket, live, who, hello).serve()
    except* WebSocketDisconnect:
        pass
    except* Closed as closed:
        error = closed.exceptions[0]
        code, reason = (error.code, error.reason) if isinstance(error, Closed) else (1011, "")
        await _close(socket, code, reason)
    except* (SignInRequired, WrongRole):
        await _close(socket, SIGN_IN, "sign in first")


async def _close(socket: WebSocket[Any, Any, Any], code: int, reason: str) -> None:
    """Nothing is left to do where uvicorn closed it meanwhile (1007, 1009), which it then says."""
    with suppress(RuntimeError):
        fitting = reason.encode()[:LONGEST_REASON].decode(errors="ignore")
        await socket.close(code=code, reason=fitting)


def _check_origin(socket: WebSocket[Any, Any, Any], allowed: frozenset[str]) -> None:
    """Browsers always send an Origin; neither CORS nor CSRF protection covers WebSockets."""
    origin = socket.headers.get("origin")
    if origin is None or origin in allowed:
        return
    if urlsplit(origin).netloc != socket.headers.get("host"):
        raise Closed(ORIGIN, "this origin may not connect")


async def _hello(socket: WebSocket[Any, Any, Any]) -> frames.Hello:
    try:
        async with asyncio.timeout(HELLO_WITHIN_S):
            frame = _decoded(await socket.receive_text())
    except TimeoutError:
        raise Closed(HELLO_LATE, "no hello within 5 s") from None
    if not isinstance(frame, frames.Hello):
        raise Closed(BAD_FRAME, "the first frame is hello")
    return frame


def _decoded(text: str) -> frames.ClientFrame:
    if NUL.search(text.encode()):
        raise Closed(BAD_FRAME, "text must not contain NUL")
    try:
        return frames.decode(text)
    except (DecodeError, RecursionError) as error:
        raise Closed(BAD_FRAME, str(error)) from None


class Connection:
    """One socket of one caller."""

    def __init__(
        self, socket: WebSocket[Any, Any, Any], live: Live, who: Caller, hello: frames.Hello
    ) -> None:
        self._hello = hello
        self._socket = socket
        self._live = live
        self._who = who
        self._device = new_id()
        self._cursors: dict[UUID, int] = {}
        self._viewer = Viewer.AGENT if isinstance(who, Agent) else Viewer.CUSTOMER
        self._renewed_at: float | None = None
        self._sending = asyncio.Lock()
        self._tailing = asyncio.Lock()

    async def serve(self) -> None:
        """Greet, then read and send until one of the two ends."""
        seen = [topics.me(self._who.id)]
        if isinstance(self._who, Agent):
            seen.append(topics.TEAM)
        with self._live.bus.listening(*seen) as bells:
            try:
                await self._renew_lease()
                await self._greet(bells)
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(self._read(bells))
                    tasks.create_task(self._pump(bells))
            finally:
                await self._give_up_lease()

    async def _greet(self, bells: Bells) -> None:
        wanted = dict(self._hello.cursors)
        if not isinstance(self._who, Agent):
            own = self._who.conversation_id
            wanted = {own: wanted.get(own, 0)}
        async with self._live.store.read() as work:
            heads = {}
            for conversation in list(wanted):
                try:
                    await must_see(work, self._who, conversation)
                except NotFound:
                    del wanted[conversation]
                    continue
                heads[conversation] = await work.timeline.head(conversation, self._viewer)
            me = await me_of(work, self._who, self._live.calls, self._live.self_service)
            now = await work.now()
        epoch = await self._live.store.epoch()
        await self._send(frames.Welcome(epoch=epoch, now=now, heads=heads, me=me))
        for conversation, cursor in wanted.items():
            await self._follow(conversation, bells, cursor)

    async def _read(self, bells: Bells) -> None:
        while True:
            try:
                async with asyncio.timeout(DEAD_AFTER_S):
                    text = await self._socket.receive_text()
            except TimeoutError:
                raise Closed(1001, "nothing heard for 25 s") from None
            await unbroken(self._take(_decoded(text), bells))

    async def _take(self, frame: frames.ClientFrame, bells: Bells) -> None:
        await self._renew_lease()
        try:
            must_be_allowed(self._who, frame_operation(type(frame)))
        except WrongRole as error:
            await self._send(frames.ErrorFrame(problem=problem_of(error)))
            return
        await self._handle(frame, bells)

    async def _handle(self, frame: frames.ClientFrame, bells: Bells) -> None:
        match frame:
            case frames.Send():
                await self._say(frame)
            case frames.Watch(conversation_id=conversation, after=after):
                await self._watch(conversation, after, bells)
            case frames.Unwatch(conversation_id=conversation):
                async with self._tailing:
                    self._leave(conversation, bells)
            case frames.Sync(conversation_id=conversation, after=after):
                if conversation in self._cursors:
                    await self._follow(conversation, bells, after)
            case frames.Typing(conversation_id=conversation):
                self._whisper_typing(conversation, bells)
            case frames.Ping():
                await self._pong()
            case frames.Hello():
                raise Closed(BAD_FRAME, "hello comes once")

    async def _say(self, frame: frames.Send) -> None:
        try:
            event = await self._said(frame)
        except (NotFound, NotAllowed, Stale) as error:
            await self._send(frames.Refused(cmid=frame.cmid, problem=problem_of(error)))
            return
        await self._send(
            frames.Ack(
                cmid=frame.cmid,
                conversation_id=event.conversation_id,
                seq=event.seq,
                prev=event.prev(self._viewer),
                at=event.at,
            )
        )

    @retried
    async def _said(self, frame: frames.Send) -> Event:
        async with self._live.store.write() as work:
            return await say(work, self._who, frame.conversation_id, frame.cmid, frame.text)

    async def _watch(self, conversation: UUID, after: int, bells: Bells) -> None:
        try:
            async with self._live.store.read() as work:
                await must_see(work, self._who, conversation)
        except NotFound as error:
            await self._send(frames.ErrorFrame(problem=problem_of(error)))
            return
        await self._follow(conversation, bells, after)

    async def _pong(self) -> None:
        """Raises SignInRequired once the token was given up or is past its time."""
        async with self._live.store.read() as work:
            await caller_of(work, self._hello.token)
            now = await work.now()
        await self._send(frames.Pong(now=now))

    def _whisper_typing(self, conversation: UUID, bells: Bells) -> None:
        if conversation not in self._cursors:
            return
        kind = ActorKind.AGENT if isinstance(self._who, Agent) else ActorKind.CUSTOMER
        actor = Actor(kind=kind, id=self._who.id, name=self._who.name)
        frame = frames.TypingFrame(conversation_id=conversation, actor=actor)
        self._live.bus.whisper(topics.conversation(conversation), frames.encode(frame), bells)

    async def _pump(self, bells: Bells) -> None:
        while True:
            await unbroken(self._pass_on(await bells.heard(), bells))

    async def _pass_on(self, heard: Heard, bells: Bells) -> None:
        for frame in heard.whispers:
            await self._send_bytes(frame)
        for conversation in list(self._cursors):
            if topics.conversation(conversation) in heard.topics:
                await self._follow(conversation, bells)
        if heard.topics & {topics.me(self._who.id), topics.TEAM}:
            await self._send_me()

    async def _follow(self, conversation: UUID, bells: Bells, after: int | None = None) -> None:
        """Send what is new, and hear what will be; None goes on where the last one ended.

        A conversation that left this agent's hands is followed no more.
        """
        async with self._tailing:
            if after is None and conversation not in self._cursors:
                return  # left meanwhile
            self._live.bus.join(topics.conversation(conversation), bells)
            try:
                await self._tail(conversation, after)
            except NotFound:
                self._leave(conversation, bells)

    def _leave(self, conversation: UUID, bells: Bells) -> None:
        self._live.bus.leave(topics.conversation(conversation), bells)
        self._cursors.pop(conversation, None)

    async def _tail(self, conversation: UUID, after: int | None) -> None:
        """Send what this viewer may see beyond the cursor, then up to where that was all."""
        cursor = self._cursors[conversation] if after is None else after
        while True:
            async with self._live.store.read() as work:
                await must_see(work, self._who, conversation)
                if cursor > await work.timeline.head(conversation, self._viewer):
                    cursor = 0  # of another life of the database: start again
                events = await work.timeline.after(conversation, cursor, self._viewer, PAGE)
            for event in events:
                await self._send(frames.event_frame(event_view(event, self._viewer)))
                cursor = event.seq
            self._cursors[conversation] = cursor
            if len(events) < PAGE:
                break
        await self._send(frames.Tail(conversation_id=conversation, upto=cursor))

    async def _send_me(self) -> None:
        async with self._live.store.read() as work:
            me = await me_of(work, self._who, self._live.calls, self._live.self_service)
        await self._send(frames.MeFrame(me=me))

    async def _renew_lease(self) -> None:
        if not isinstance(self._who, Agent):
            return
        clock, before = asyncio.get_running_loop().time(), self._renewed_at
        if before is not None and clock - before < RENEW_AFTER_S:
            return
        self._renewed_at = clock
        await self._lease(LEASE, tell=before is None)

    async def _give_up_lease(self) -> None:
        if isinstance(self._who, Agent):
            await asyncio.shield(self._lease(timedelta(0), tell=True))

    async def _lease(self, length: timedelta, *, tell: bool) -> None:
        async with self._live.store.write() as work:
            until = await work.now() + length
            await work.agents.reachable_until(self._who.id, self._device, until)
            if tell:
                for topic in (topics.me(self._who.id), topics.TEAM, topics.QUEUE):
                    work.ring(topic)

    async def _send(self, frame: Struct) -> None:
        await self._send_bytes(frames.encode(frame))

    async def _send_bytes(self, frame: bytes) -> None:
        try:
            async with self._sending, asyncio.timeout(SLOW_AFTER_S):
                await self._socket.send_data(frame, mode="text")
        except TimeoutError:
            raise Closed(SLOW, "reading too slowly") from None
