"""Bells inside one process: a topic rings, everyone who listens to it wakes.

A bell carries nothing but its topic, so a missed or doubled one is harmless: whoever wakes
reads what is new from the database. Whispers carry a small frame and may be lost.
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from msgspec import Struct

WHISPERS_KEPT = 32
"""Typing and the like: an older one nobody fetched yet is worth nothing."""


class Heard(Struct, frozen=True):
    topics: set[str]
    whispers: list[bytes]


class Bells:
    """The topics one listener waits for. Rings that pile up are one ring."""

    def __init__(self) -> None:
        self._rung: set[str] = set()
        self._whispers: deque[bytes] = deque(maxlen=WHISPERS_KEPT)
        self._waker = asyncio.Event()

    def ring(self, topic: str) -> None:
        self._rung.add(topic)
        self._waker.set()

    def whisper(self, frame: bytes) -> None:
        self._whispers.append(frame)
        self._waker.set()

    async def heard(self) -> Heard:
        """Wait for at least one ring or whisper and take all there are."""
        await self._waker.wait()
        self._waker.clear()
        heard = Heard(self._rung, list(self._whispers))
        self._rung = set()
        self._whispers.clear()
        return heard


class Bus:
    """Who listens to which topic in this process."""

    def __init__(self) -> None:
        self._listeners: dict[str, set[Bells]] = defaultdict(set)

    def ring(self, topics: Iterable[str]) -> None:
        for topic in topics:
            for bells in self._listeners.get(topic, ()):
                bells.ring(topic)

    def whisper(self, topic: str, frame: bytes, speaker: Bells) -> None:
        """Hand a small frame to everyone else who listens to the topic."""
        for bells in self._listeners.get(topic, ()):
            if bells is not speaker:
                bells.whisper(frame)

    def join(self, topic: str, bells: Bells) -> None:
        self._listeners[topic].add(bells)

    def leave(self, topic: str, bells: Bells) -> None:
        listeners = self._listeners.get(topic)
        if listeners is None:
            return
        listeners.discard(bells)
        if not listeners:
            del self._listeners[topic]

    @contextmanager
    def listening(self, *topics: str) -> Iterator[Bells]:
        """Bells that hear these topics, and those joined later, until the block ends."""
        bells = Bells()
        for topic in topics:
            self.join(topic, bells)
        try:
            yield bells
        finally:
            for topic in [topic for topic, who in self._listeners.items() if bells in who]:
                self.leave(topic, bells)
