"""The one timeline of a conversation: dense, numbered events over all channels and days."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from msgspec import Struct


class Audience(StrEnum):
    """Who may see an event."""

    EVERYONE = "everyone"
    AGENTS = "agents"


class Viewer(StrEnum):
    """Whose view of the timeline is asked for: agents see all, customers what is for everyone."""

    CUSTOMER = "customer"
    AGENT = "agent"


class ActorKind(StrEnum):
    CUSTOMER = "customer"
    AGENT = "agent"
    SYSTEM = "system"


class Actor(Struct, frozen=True, kw_only=True):
    """Who did it. The system has no id."""

    kind: ActorKind
    name: str
    id: UUID | None = None


FOR_AGENTS = frozenset(
    {
        "note",
        "interaction.offered",
        "interaction.declined",
        "interaction.expired",
        "interaction.wrapped_up",
        "consult.asked",
        "consult.accepted",
        "consult.ended",
    }
)
"""Kinds of events that no customer may ever see."""

TAIL = 200
"""So many of its newest events are looked at when a timeline is checked."""

SYSTEM = Actor(kind=ActorKind.SYSTEM, name="Warmline")


class Entry(Struct, frozen=True, kw_only=True):
    """What is to be appended."""

    kind: str
    actor: Actor
    body: dict[str, Any]
    audience: Audience = Audience.EVERYONE
    cmid: UUID | None = None  # the client's message id: a repeat is the same event
    run_id: UUID | None = None
    private: bytes | None = None  # for the part that wrote it; never sent to a client


class Event(Struct, frozen=True, kw_only=True):
    """One event as stored. `seq` is dense from 1 in its conversation."""

    conversation_id: UUID
    seq: int
    kind: str
    actor: Actor
    body: dict[str, Any]
    audience: Audience
    at: datetime
    customer_prev: int  # the last seq before this one that the customer may see
    cmid: UUID | None = None
    run_id: UUID | None = None
    private: bytes | None = None

    def prev(self, viewer: Viewer) -> int:
        """The last seq before this one that `viewer` could see."""
        return self.seq - 1 if viewer is Viewer.AGENT else self.customer_prev


class Tail(Struct, frozen=True, kw_only=True):
    """The end of a timeline, counted: what its heads say, and which events there really are."""

    conversation_id: UUID
    head: int
    customer_head: int
    stored: int  # events with a seq beyond head - TAIL
    last: int  # the greatest seq of them, 0 where there is none
    last_shown: int | None  # of those for everyone
    wrongly_shown: int  # those for everyone that are of a kind for agents
