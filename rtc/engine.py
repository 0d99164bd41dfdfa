"""What does the application want of whatever carries a call's media?

Errors:
    BadDescription  the text is not a description that this engine can carry
    UnknownCall     no such call, or that gen of it was replaced
    WorkerLost      the media worker is away; try again shortly
"""

from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from msgspec import Struct


class Side(StrEnum):
    CUSTOMER = "customer"
    AGENT = "agent"

    @property
    def other(self) -> "Side":
        return Side.AGENT if self is Side.CUSTOMER else Side.CUSTOMER


class BadDescription(Exception):
    """`line` counts from 1; 0 means the description as a whole."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}" if line else reason)
        self.line = line
        self.reason = reason


class UnknownCall(Exception):
    def __init__(self, call: UUID, gen: int | None = None) -> None:
        super().__init__(f"no call {call}" + ("" if gen is None else f" of gen {gen}"))
        self.call = call
        self.gen = gen


class WorkerLost(Exception):
    pass


class Capabilities(Struct, frozen=True, kw_only=True):
    """What this engine can do; the desk hides the rest."""

    parties: int
    record: bool = False
    prewarm: bool = False
    listen: bool = False


class LegStats(Struct, frozen=True, kw_only=True):
    """One leg, as its worker sees it."""

    side: Side
    up: bool
    packets: int
    """RTP and RTCP packets of this peer passed on to the other."""
    octets: int
    refused: int
    """Packets that failed SRTP's check or found nobody to go to."""
    moves: int
    """How often the peer's address changed (NAT rebinding, change of network)."""


class CallStats(Struct, frozen=True, kw_only=True):
    call: UUID
    gen: int
    legs: tuple[LegStats, ...]


class LegUp(Struct, frozen=True, kw_only=True, tag="leg_up"):
    """DTLS with this peer is done; its media flow."""

    call: UUID
    gen: int
    side: Side


class LegLost(Struct, frozen=True, kw_only=True, tag="leg_lost"):
    """This peer is gone and will not come back on this gen."""

    call: UUID
    gen: int
    side: Side
    reason: str


class WorkerDied(Struct, frozen=True, kw_only=True, tag="worker_died"):
    """Whatever carried the calls was away. `carried` tells which of them live on, often none."""


EngineEvent = LegUp | LegLost | WorkerDied
Events = Callable[[EngineEvent], Awaitable[None]]


async def ignore(_: EngineEvent) -> None:
    """The handler of an engine to which nobody listens yet."""


class Engine(Protocol):
    """Carries the media of calls between a customer and an agent.

    `gen` counts a call's peer connections: a higher one replaces both legs, a lower one is
    refused. Repeating a description of the same gen is safe and is how media are added or
    ICE is restarted (RFC 8829 section 5.2.2).
    """

    events: Events
    """Set by the application; called in order, never concurrently."""

    @property
    def capabilities(self) -> Capabilities: ...

    @property
    def place(self) -> str:
        """Where the legs are: the same over restarts, and no other engine's."""
        ...

    async def offer(self, call: UUID, gen: int, sdp: str) -> str:
        """Take the customer's offer; the description to give to the agent.

        Raises BadDescription, UnknownCall (the gen was replaced), WorkerLost.
        """
        ...

    async def answer(self, call: UUID, gen: int, sdp: str) -> str:
        """Take the agent's answer; the description to give to the customer.

        Raises BadDescription, UnknownCall, WorkerLost.
        """
        ...

    async def end(self, call: UUID) -> None:
        """Close both legs and forget the call; an unknown call is no error."""
        ...

    async def stats(self, call: UUID) -> CallStats:
        """Raises UnknownCall, WorkerLost."""
        ...

    async def carried(self) -> frozenset[UUID]:
        """Calls whose two legs are up, or may still come up. Raises WorkerLost."""
        ...
