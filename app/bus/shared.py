"""Bells between the processes of one deployment, whatever carries them.

A bell is sent after its transaction, never in it, and nothing rests on one. A bell that was lost
costs at most LOOK_AGAIN_S, in which each process compares the heads of what its pages follow. While
a process hears nobody, not even itself, its pages look by themselves.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import AbstractAsyncContextManager
from typing import Protocol
from uuid import UUID

import msgspec
import structlog
from msgspec import Struct

from app import topics
from app.bus.memory import Bells, Bus
from app.conversation.ports import Timeline
from app.conversation.timeline import Event, Viewer
from app.ids import new_id

LARGEST = 7_500
"""Bytes of one payload; Postgres takes less than 8,000."""

APART_S = 0.002
"""Bells wait so long for others to go with them."""

SIGN_OF_LIFE_S = 1.0
"""So often something is said; whoever hears nothing for DEAF_AFTER_S connects anew."""
DEAF_AFTER_S = 4.0

LOOK_AGAIN_S = 2.0
EACH_LOOKS_S = 0.01
"""What it may cost a page to look by itself: a thousand pages do so every ten seconds."""

RECONNECT_AFTER_S = 0.2
WHISPERS_KEPT = 256

log = structlog.get_logger()


class Rung(Struct, frozen=True, array_like=True, tag="r"):
    topic: str


class Told(Struct, frozen=True, array_like=True, tag="t"):
    """A message was stored under this number."""

    conversation_id: UUID
    seq: int


class Whispered(Struct, frozen=True, array_like=True, tag="w"):
    topic: str
    frame: str


Bell = Rung | Told | Whispered

decode = msgspec.json.Decoder(list[Bell]).decode


class Reading(Protocol):
    """What the bus wants of the store: one snapshot of the timelines."""

    timeline: Timeline


Read = Callable[[], AbstractAsyncContextManager[Reading]]


class Line(Protocol):
    """What carries payloads from each process to all of them, itself included."""

    def speaking(self) -> AbstractAsyncContextManager[Callable[[str], Awaitable[None]]]:
        """A connection, and how to say something on it; raises where that is broken."""
        ...

    def hearing(
        self, heard: Callable[[str], None]
    ) -> AbstractAsyncContextManager[Awaitable[object]]:
        """A connection that hears everything from now on, and what lasts as long as it does."""
        ...


class SharedBus(Bus):
    """The bus of one process, which also hears those of the others."""

    def __init__(self, line: Line) -> None:
        super().__init__()
        self._line = line
        self._name = new_id().hex
        self._rung: set[str] = set()
        self._told: dict[UUID, int] = {}
        self._whispered: deque[Whispered] = deque(maxlen=WHISPERS_KEPT)
        self._unsent: deque[str] = deque()
        self._to_say = asyncio.Event()
        self._known: dict[UUID, int] = {}
        """The newest message of each conversation that the pages here were told of."""
        self._behind: set[UUID] = set()
        self._to_read = asyncio.Event()
        self._heard_at = 0.0
        self._looked_at = 0.0

    def ring(self, topics: Iterable[str]) -> None:
        self.ring_here(topics)
        self._rung.update(topics)
        self._to_say.set()

    def tell(self, event: Event) -> None:
        super().tell(event)
        self._known[event.conversation_id] = event.seq
        self._told[event.conversation_id] = event.seq
        self._to_say.set()

    def whisper(self, topic: str, frame: bytes, speaker: Bells) -> None:
        super().whisper(topic, frame, speaker)
        self._whispered.append(Whispered(topic, frame.decode()))
        self._to_say.set()

    async def run(self, read: Read) -> None:
        """Speak to the other processes and hear them, for ever."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(_lasting("speak", self._speak))
            tasks.create_task(_lasting("listen", self._listen))
            tasks.create_task(_lasting("read", lambda: self._read(read)))
            tasks.create_task(_lasting("look", lambda: self._look(read)))

    # --- to the others ---

    async def _speak(self) -> None:
        async with self._line.speaking() as say:
            while True:
                while self._unsent:  # also what the connection before this one did not send
                    await say(self._name + self._unsent[0])
                    self._unsent.popleft()
                await asyncio.sleep(APART_S)
                try:
                    async with asyncio.timeout(SIGN_OF_LIFE_S):
                        await self._to_say.wait()
                except TimeoutError:
                    self._unsent.append("[]")
                self._to_say.clear()
                self._unsent.extend(payloads(self._take()))

    def _take(self) -> list[Bell]:
        bells: list[Bell] = [Rung(topic) for topic in self._rung]
        bells += [Told(id, seq) for id, seq in self._told.items()]
        bells += self._whispered
        self._rung, self._told = set(), {}
        self._whispered.clear()
        return bells

    # --- from the others ---

    async def _listen(self) -> None:
        async with self._line.hearing(self._heard) as lasting:
            self._heard_at = self._now()
            self.ring_here(list(self._listeners))  # what rang before this connection
            ends = asyncio.ensure_future(lasting)
            try:
                while not ends.done() and not self._is_deaf():
                    await asyncio.wait([ends], timeout=SIGN_OF_LIFE_S)
            finally:
                ends.cancel()
                await asyncio.gather(ends, return_exceptions=True)
        raise ConnectionError("the connection that listens is broken")

    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    def _is_deaf(self) -> bool:
        return self._now() - self._heard_at > DEAF_AFTER_S

    def _heard(self, payload: str) -> None:
        self._heard_at = self._now()
        name, bells = payload[: len(self._name)], payload[len(self._name) :]
        if name == self._name:
            return
        for bell in decode(bells):
            match bell:
                case Rung(topic):
                    self.ring_here([topic])
                case Told(conversation, seq):
                    self._heard_of(conversation, seq)
                case Whispered(topic, frame):
                    for one in self._listeners.get(topic, ()):
                        one.whisper(topic, frame.encode())

    def _heard_of(self, conversation: UUID, seq: int) -> None:
        """Read it for all pages here at once; each by itself where the first is not known."""
        topic = topics.conversation(conversation)
        if topic not in self._listeners:
            self._known.pop(conversation, None)
        elif conversation not in self._known:
            self._known[conversation] = seq
            self.ring_here([topic])
        elif self._known[conversation] < seq:
            self._behind.add(conversation)
            self._to_read.set()

    async def _read(self, read: Read) -> None:
        while True:
            await self._to_read.wait()
            self._to_read.clear()
            behind, self._behind = self._behind, set()
            wanted = {id: self._known[id] for id in behind if id in self._known}
            async with read() as work:
                found = await work.timeline.after_each(wanted)
            for conversation, events in found.items():
                self._pass_on(conversation, events)

    def _pass_on(self, conversation: UUID, events: list[Event]) -> None:
        self._known[conversation] = events[-1].seq
        if any(event.kind != "message" for event in events):
            # Who may see it may have changed with it: each page looks for itself.
            return self.ring_here([topics.conversation(conversation)])
        for event in events:
            super().tell(event)
        return None

    async def _look(self, read: Read) -> None:
        while True:
            await asyncio.sleep(LOOK_AGAIN_S)
            if self._is_deaf():
                self._ring_for_the_others()
            followed = [id for topic in self._listeners if (id := topics.conversation_of(topic))]
            self._known = {id: self._known[id] for id in followed if id in self._known}
            async with read() as work:
                heads = await work.timeline.heads(followed, Viewer.AGENT)
            for id, head in heads.items():
                if self._known.get(id) != head:
                    self._known[id] = head
                    self.ring_here([topics.conversation(id)])

    def _ring_for_the_others(self) -> None:
        """What they rang cannot be heard: all who listen here look, as often as can be borne."""
        if self._now() - self._looked_at > EACH_LOOKS_S * len(self._listeners):
            self._looked_at = self._now()
            self.ring_here(list(self._listeners))


def payloads(bells: Iterable[Bell]) -> Iterator[str]:
    """The bells as JSON arrays, each small enough for one payload; a larger bell is left out."""
    parts: list[bytes] = []
    size = 0
    for bell in bells:
        part = msgspec.json.encode(bell)
        if len(part) > LARGEST:
            continue
        if size + len(part) > LARGEST:
            yield f"[{b','.join(parts).decode()}]"
            parts, size = [], 0
        parts.append(part)
        size += len(part) + 1
    if parts:
        yield f"[{b','.join(parts).decode()}]"


async def _lasting(name: str, work: Callable[[], Awaitable[None]]) -> None:
    """Do it for ever: whatever ends it, the database being away most often, it begins again."""
    while True:
        try:
            await work()
        except Exception as error:
            log.warning("bus.again", part=name, error=repr(error))
        await asyncio.sleep(RECONNECT_AFTER_S)
