"""What was read from the socket and is not answered yet: so much, then it is read no further.

A place is taken before a frame is dealt with, and given back once its answer was handed to the
socket. So whoever sends and does not read comes to a halt, and costs a bounded amount of memory.
"""

import asyncio
from collections.abc import Callable, Iterator
from typing import TypeVar
from uuid import UUID

from msgspec import Struct

from app.api import frames
from app.conversation.timeline import Event

IN_FLIGHT = 64  # frames

Asked = frames.Watch | frames.Unwatch | frames.Sync | frames.Got | frames.Seen | frames.Context
"""Frames that are served in their order by whoever sends, as they are about what was sent."""

T = TypeVar("T")


class Unanswered:
    """`wake` lets whoever sends look here."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._room = asyncio.Semaphore(IN_FLIGHT)
        self._taken = 0
        # Never more than fit in: an empty deque takes 624 bytes of each socket, a list 56.
        self._answers: list[bytes] = []
        self._stored: list[Event] = []
        self._asked: list[Asked] = []
        self._unacked: set[UUID] = set()  # sent here, and neither event nor ack went back

    async def enter(self) -> None:
        """Before whatever will be answered."""
        await self._room.acquire()
        self._taken += 1

    async def all_answered(self) -> None:
        if self._taken:
            for _ in range(IN_FLIGHT):
                await self._room.acquire()
            for _ in range(IN_FLIGHT):
                self._room.release()

    def answer(self, frame: Struct) -> None:
        self._answers.append(frames.encode(frame))
        self._wake()

    def ask(self, frame: Asked) -> None:
        self._asked.append(frame)
        self._wake()

    def say(self, cmid: UUID) -> None:
        """A message is about to be stored, or refused."""
        self._unacked.add(cmid)

    def store(self, event: Event) -> None:
        self._stored.append(event)
        self._wake()

    def refuse(self, frame: frames.Refused) -> None:
        self._unacked.discard(frame.cmid)
        self.answer(frame)

    def told(self, event: Event) -> None:
        """Whoever sent it here has it now, as it is kept."""
        if event.cmid is not None:
            self._unacked.discard(event.cmid)

    def answers(self) -> Iterator[bytes]:
        return self._each(self._answers)

    def asked(self) -> Iterator[Asked]:
        return self._each(self._asked)

    def unacked(self) -> Iterator[tuple[UUID, Event]]:
        """Unless the event itself told it: one frame less, of three for each message."""
        for event in self._each(self._stored):
            if event.cmid is not None and event.cmid in self._unacked:
                self._unacked.discard(event.cmid)
                yield event.cmid, event

    def _each(self, waiting: list[T]) -> Iterator[T]:
        """One has its answer when the next is asked for."""
        while waiting:
            yield waiting.pop(0)
            self._taken -= 1
            self._room.release()
