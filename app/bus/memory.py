"""Bells inside one process: a topic rings, everyone who listens to it wakes.

A bell carries nothing but its topic, so a missed or doubled one is harmless: whoever wakes
reads what is new from the database.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager


class Bells:
    """The topics one listener waits for. Rings that pile up are one ring."""

    def __init__(self) -> None:
        self._rung: set[str] = set()
        self._waker = asyncio.Event()

    def ring(self, topic: str) -> None:
        self._rung.add(topic)
        self._waker.set()

    async def rung(self) -> set[str]:
        """Wait for at least one ring and take all there are."""
        await self._waker.wait()
        self._waker.clear()
        rung, self._rung = self._rung, set()
        return rung


class Bus:
    """Who listens to which topic in this process."""

    def __init__(self) -> None:
        self._listeners: dict[str, set[Bells]] = defaultdict(set)

    def ring(self, topics: Iterable[str]) -> None:
        for topic in topics:
            for bells in self._listeners.get(topic, ()):
                bells.ring(topic)

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
        """Bells that hear these topics until the block ends."""
        bells = Bells()
        for topic in topics:
            self.join(topic, bells)
        try:
            yield bells
        finally:
            for topic in [t for t, who in self._listeners.items() if bells in who]:
                self.leave(topic, bells)
