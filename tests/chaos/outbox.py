"""Which messages of one sender are not acknowledged yet, and in which order do they go?"""

import random
from collections import deque
from collections.abc import Iterator
from itertools import count
from uuid import UUID

from msgspec import Struct


class Message(Struct, frozen=True):
    cmid: str
    text: str


def messages_of(sender: str, rng: random.Random, size: int = 0) -> Iterator[Message]:
    """Texts of at least `size` characters that name their sender and, last, their number."""
    padded = sender.ljust(size - len(" 000001"), ".")
    for number in count(1):
        cmid = UUID(int=rng.getrandbits(128), version=4)
        yield Message(str(cmid), f"{padded} {number:06}")


WINDOW = 16
"""So many may be on their way at once."""


class Outbox:
    """First in, first out. `allowed` says how many messages may have been begun in all."""

    def __init__(self, sender: str, rng: random.Random) -> None:
        self.allowed = 0
        self.begun = 0
        self.acks: list[tuple[str, int]] = []
        """(cmid, seq) of each ack that came, repeats included."""
        self.sent: dict[str, Message] = {}
        self._unacked: dict[str, Message] = {}
        self._newest_acked: deque[Message] = deque(maxlen=2)
        self._next = messages_of(sender, rng)

    @property
    def settled(self) -> bool:
        """Everything that was allowed is begun and acknowledged."""
        return not self._unacked and self.begun >= self.allowed

    def more(self) -> Iterator[Message]:
        """Begin messages as far as the window and the allowance reach."""
        while len(self._unacked) < WINDOW and self.begun < self.allowed:
            self.begun += 1
            message = next(self._next)
            self.sent[message.cmid] = self._unacked[message.cmid] = message
            yield message

    def again(self) -> list[Message]:
        """What is sent after a reconnect: all that is unacknowledged, in order.

        Beyond what is needed also the last acknowledged one but one, and the oldest a second time:
        both must be answered with the place that they have. Not the very last: a server that had
        lost it would get it back, and the loss would be hidden.
        """
        unacked = list(self._unacked.values())
        known = list(self._newest_acked)[:-1]
        return [*known, *unacked, *unacked[:1]]

    def acked(self, cmid: str, seq: int) -> Message:
        self.acks.append((cmid, seq))
        if cmid in self._unacked:
            self._newest_acked.append(self._unacked.pop(cmid))
        return self.sent[cmid]
