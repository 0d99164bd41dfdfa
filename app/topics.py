"""The names of what can ring."""

from typing import Final
from uuid import UUID

TEAM: Final = "team"
"""Queue, presence and offers of everybody: the desks' shared view."""

TEAM_READ: Final = "team-read"
"""In this process: that view is to be shown anew."""

ACTIONS: Final = "actions"
"""A backend call is due."""

DELIVERIES: Final = "deliveries"
"""A notification is due."""

FLOWS: Final = "flows"
"""Another version of a flow is live."""

CALLS: Final = "calls"
"""A call may have waited too long."""

LEAVING: Final = "leaving"
"""This process is about to stop; it only waits for calls."""

STOPPING: Final = "stopping"
"""This process stops now."""

QUEUE: Final = "queue"
"""Somebody waits, or somebody can answer: time to offer."""


def conversation(id: UUID) -> str:
    """Something was appended to the timeline of this conversation."""
    return f"conversation:{id}"


def context(id: UUID) -> str:
    """What the customer's app shows during this interaction; for agents alone."""
    return f"context:{id}"


def conversation_of(topic: str) -> UUID | None:
    """The conversation whose topic it is, if any."""
    kind, _, id = topic.partition(":")
    return UUID(id) if kind == "conversation" else None


def place(customer_id: UUID) -> str:
    """Where this customer stands in line changed; rung in each process by itself."""
    return f"place:{customer_id}"


def marks(id: UUID) -> str:
    """One side of this conversation received or read more of it."""
    return f"marks:{id}"


def me(id: UUID) -> str:
    """What this customer or agent sees of themselves changed."""
    return f"me:{id}"
