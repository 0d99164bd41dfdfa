"""What does the page say? It is read frame by frame, and nothing is sent here.

What is answered goes by way of `Unanswered` to whoever sends.
"""

import asyncio
from functools import partial
from typing import Any
from uuid import UUID

from litestar import WebSocket
from msgspec import DecodeError

from app import topics
from app.api import frames
from app.api.errors import problem_of
from app.api.guards import NUL
from app.api.live_context import LARGEST as MAX_CHANGE
from app.api.live_socket.close_codes import BAD_FRAME, SILENT, Closed
from app.api.live_socket.connection import Connection
from app.api.permissions import frame_operation, must_be_allowed
from app.auth.caller import WrongRole
from app.conversation.messages import Saying
from app.conversation.people import Agent
from app.conversation.redaction import TooLarge
from app.conversation.timeline import Actor, ActorKind, Event
from app.messages import Answer

DEAD_AFTER_S = 25  # clients ping every 15 s


def decoded(text: str) -> frames.ClientFrame:
    """The frame; raises Closed where it is none."""
    if ("\\u0000" in text or "\x00" in text) and NUL.search(text.encode()):
        raise Closed(BAD_FRAME, "text must not contain NUL")
    try:
        return frames.decode(text)
    except (DecodeError, RecursionError) as error:
        raise Closed(BAD_FRAME, str(error)) from None


class Reader:
    def __init__(self, socket: WebSocket[Any, Any, Any], connection: Connection) -> None:
        self._socket = socket
        self._connection = connection
        self._unanswered = connection.unanswered
        self._clock = asyncio.get_running_loop().time
        self._heard_at = self._clock()

    def must_speak(self) -> None:
        """Raises Closed where the other side does not."""
        if self._clock() - self._heard_at > DEAD_AFTER_S:
            raise Closed(SILENT, f"nothing heard for {DEAD_AFTER_S} s")

    async def read(self) -> None:
        while True:
            text = await self._socket.receive_text()
            self._heard_at = self._clock()
            frame = decoded(text)
            if isinstance(frame, frames.Context) and len(text) > MAX_CHANGE:
                await self._refuse(TooLarge("", f"more than {MAX_CHANGE // 1024} KiB"))
            else:
                await self._take(frame)

    async def _refuse(self, error: Exception) -> None:
        await self._unanswered.enter()
        self._unanswered.answer(frames.ErrorFrame(problem=problem_of(error)))

    async def _take(self, frame: frames.ClientFrame) -> None:
        try:
            must_be_allowed(self._connection.signed_in.who, frame_operation(type(frame)))
        except WrongRole as error:
            await self._refuse(error)
        else:
            await self._handle(frame)

    async def _handle(self, frame: frames.ClientFrame) -> None:
        match frame:
            case frames.Send():
                await self._say(frame)
            case (
                frames.Watch()
                | frames.Unwatch()
                | frames.Sync()
                | frames.Got()
                | frames.Seen()
                | frames.Context()
            ):
                await self._unanswered.enter()
                self._unanswered.ask(frame)
            case frames.Typing(conversation_id=conversation):
                self._whisper_typing(conversation)
            case frames.Ping():
                await self._pong()
            case frames.Hello():
                raise Closed(BAD_FRAME, "hello comes once")

    async def _say(self, frame: frames.Send) -> None:
        """Hand it to the writer, and read on: others of this socket may be stored with it."""
        await self._unanswered.enter()
        saying = Saying(
            who=self._connection.signed_in.who,
            conversation_id=frame.conversation_id,
            cmid=frame.cmid,
            text=frame.text,
            files=frame.files,
        )
        self._unanswered.say(frame.cmid)
        self._connection.live.messages.put(saying, partial(self._said, frame.cmid))

    def _said(self, cmid: UUID, answer: Answer) -> None:
        if isinstance(answer, Event):
            self._unanswered.store(answer)
        else:
            self._unanswered.refuse(frames.Refused(cmid=cmid, problem=problem_of(answer)))

    def _whisper_typing(self, conversation: UUID) -> None:
        who, live = self._connection.signed_in.who, self._connection.live
        if not self._connection.following.talks_in(conversation):
            return
        kind = ActorKind.AGENT if isinstance(who, Agent) else ActorKind.CUSTOMER
        actor = Actor(kind=kind, id=who.id, name=who.name)
        frame = frames.TypingFrame(conversation_id=conversation, actor=actor)
        topic = topics.conversation(conversation)
        live.bus.whisper(topic, frames.encode(frame), self._connection.bells)

    async def _pong(self) -> None:
        """Tells that nothing before it is left to answer; now and then the token is looked at."""
        await self._connection.lease.renew()
        await self._unanswered.all_answered()
        pong = frames.Pong(now=await self._connection.signed_in.now())
        await self._unanswered.enter()
        self._unanswered.answer(pong)
