"""The people: customers with their conversation, agents with intent and reachability."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from app.conversation.interaction import Channel
from app.conversation.queues import Skills

ANONYMOUS = "anonymous:"
"""How the subject of a customer begins who did not sign in; no host token may name one."""


class Customer(Struct, frozen=True, kw_only=True):
    """One person. `subject` is the host's id of them; the conversation is never closed.

    An anonymous one is whoever holds a device that nobody signed in on.
    """

    id: UUID
    subject: str
    name: str
    conversation_id: UUID
    language: str = "en"
    claims: dict[str, str] = {}  # further claims of the last verified host token
    anonymous: bool = False  # nothing is verified: neither name nor language


class DeviceIdentity(Struct, frozen=True, kw_only=True):
    """What a device comes back with to the conversation that it began without signing in."""

    secret_hash: bytes  # SHA-256 of the secret, which only the device has
    customer_id: UUID  # the anonymous customer
    created_at: datetime
    linked_to: UUID | None = None  # the customer who signed in on it; once set, for ever
    linked_at: datetime | None = None


class Intent(StrEnum):
    """What the agent wants; only the agent sets it, and it survives a refresh."""

    AVAILABLE = "available"
    BREAK = "break"
    OFFLINE = "offline"


class Capacity(Struct, frozen=True, kw_only=True):
    """How much one agent takes at once: calls (voice and video), or texts beside them."""

    calls: int = 1
    texts: int = 4


SUPERVISOR = "supervisor"
ROLES = ("agent", SUPERVISOR, "admin")
"""What an agent can be; who may what stands in app/api/permissions.py."""

NO_PASSWORD = ""
"""Of an agent who has not chosen one, or may not come in any more. Nothing fits it."""


class Agent(Struct, frozen=True, kw_only=True):
    id: UUID
    email: str
    name: str
    password_hash: str
    queues: tuple[str, ...]
    roles: tuple[str, ...] = ("agent",)
    intent: Intent = Intent.OFFLINE
    intent_since: datetime | None = None
    capacity: Capacity = Capacity()
    skills: Skills = {}
    languages: tuple[str, ...] = ()  # none known: taken to speak the company's
    active: bool = True  # else kept for the history alone: no access, no offers

    @property
    def is_supervisor(self) -> bool:
        """Whether they may see and take over what others have in hand."""
        return SUPERVISOR in self.roles


class Workload(Struct, frozen=True, kw_only=True):
    """An agent and what they have in hand. "Busy" is this count, never a stored flag."""

    agent: Agent
    reachable: bool  # a live device lease by the database's clock
    calls: int = 0  # offered, live or in wrap-up on voice or video
    texts: int = 0  # and as a participant in what others have, be it a call
    offered_calls: int = 0  # so many of them only ring yet
    offered_texts: int = 0

    @property
    def is_there(self) -> bool:
        return self.agent.intent is Intent.AVAILABLE and self.reachable

    def capacity(self, channel: Channel) -> int:
        """How many of this channel at once. Calls take nothing from texts, nor texts from calls."""
        capacity = self.agent.capacity
        return capacity.texts if channel is Channel.TEXT else capacity.calls

    def held(self, channel: Channel) -> int:
        return self.texts if channel is Channel.TEXT else self.calls

    def can_take(self, channel: Channel) -> bool:
        """Asked of everybody in every round, hence in one go."""
        agent = self.agent
        if not self.reachable or agent.intent is not Intent.AVAILABLE:
            return False
        if channel is Channel.TEXT:
            return self.texts < agent.capacity.texts
        return self.calls < agent.capacity.calls

    def with_one_more(self, channel: Channel) -> "Workload":
        if channel is Channel.TEXT:
            return replace(self, texts=self.texts + 1)
        return replace(self, calls=self.calls + 1)
