"""Bells inside one process: a topic rings, everyone who listens to it wakes.

A bell carries nothing but its topic, so a missed or doubled one is harmless: whoever wakes
reads what is new from the database. News carry a message that was just stored, so that it need
not be read again by everyone; where they pile up, a bell takes their place. Whispers carry a small
frame and may be lost.
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from msgspec import Struct

from app import topics
from app.conversation.timeline import Event

WHISPERS_KEPT = 32
"""Typing and the like: an older one nobody fetched yet is worth nothing."""


NEWS_KEPT = 256
"""Beyond that a listener is slow, and reads from the database when it gets there."""


class Heard(Struct, frozen=True):
    topics: set[str]
    news: list[Event]
    whispers: list[bytes]


class Bells:
    """The topics one listener waits for. Rings that pile up are one ring."""

    def __init__(self) -> None:
        self.topics: set[str] = set()
        self._loop = asyncio.get_running_loop()
        self._rung: set[str] = set()
        self._news: list[Event] = []
        self._whispers: deque[tuple[str, bytes]] = deque(maxlen=WHISPERS_KEPT)
        self._something = False
        self._waiter: asyncio.Future[None] | None = None

    def ring(self, topic: str) -> None:
        self._rung.add(topic)
        self.wake()

    def tell(self, topic: str, event: Event) -> None:
        if len(self._news) == NEWS_KEPT or topic in self._rung:
            self._rung.add(topic)
        else:
            self._news.append(event)
        self.wake()

    def wake(self) -> None:
        """Let the listener look around, though nothing rang."""
        self._something = True
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def whisper(self, topic: str, frame: bytes) -> None:
        self._whispers.append((topic, frame))
        self.wake()

    async def heard(self) -> Heard:
        """Wait until there is something and take all of it.

        Who joins a topic learns only afterwards whether they may listen. What was whispered
        until they left is for others.
        """
        if not self._something:
            # Not an Event: that asks for the running loop each time, which costs a system call.
            self._waiter = self._loop.create_future()
            await self._waiter
        self._something = False
        whispers = [frame for topic, frame in self._whispers if topic in self.topics]
        heard = Heard(self._rung, self._news, whispers)
        self._rung = set()
        self._news = []
        self._whispers.clear()
        return heard


class Bus:
    """Who listens to which topic in this process."""

    def __init__(self) -> None:
        self._listeners: dict[str, set[Bells]] = defaultdict(set)

    def ring(self, topics: Iterable[str]) -> None:
        """Wake everyone who listens to one of the topics."""
        self.ring_here(topics)

    def ring_here(self, topics: Iterable[str]) -> None:
        """Those in this process alone."""
        for topic in topics:
            for bells in self._listeners.get(topic, ()):
                bells.ring(topic)

    def listens(self, topic: str) -> bool:
        """Whether anybody here listens to it."""
        return topic in self._listeners

    def tell(self, event: Event) -> None:
        """Hand a stored event to everyone who listens to its conversation."""
        topic = topics.conversation(event.conversation_id)
        for bells in self._listeners.get(topic, ()):
            bells.tell(topic, event)

    def whisper(self, topic: str, frame: bytes, speaker: Bells) -> None:
        """Hand a small frame to everyone else who listens to the topic."""
        for bells in self._listeners.get(topic, ()):
            if bells is not speaker:
                bells.whisper(topic, frame)

    def join(self, topic: str, bells: Bells) -> None:
        self._listeners[topic].add(bells)
        bells.topics.add(topic)

    def leave(self, topic: str, bells: Bells) -> None:
        bells.topics.discard(topic)
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
            for topic in list(bells.topics):
                self.leave(topic, bells)
