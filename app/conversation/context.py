"""What is attached when a human is asked: app state, recent actions, the flow run."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta, Struct

from app.conversation.facts import Trust
from app.conversation.people import Customer

MAX_ACTIONS = 50

Name = Annotated[str, Meta(max_length=200)]


class AppState(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the app showed. Everything here is claimed by the device, nothing is verified."""

    screen: Name = ""
    fields: dict[Name, Any] = {}
    errors: Annotated[tuple[str, ...], Meta(max_length=50)] = ()
    device: dict[Name, Any] = {}
    network: dict[Name, Any] = {}


class Action(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing the customer did in the app."""

    at: datetime
    name: Name
    detail: dict[Name, Any] = {}


class Claim(Struct, frozen=True, kw_only=True):
    """A fact about the customer. Only what came in a signed token is verified."""

    name: str
    value: str
    trust: str  # "verified" or "claimed"


def claims_of(customer: Customer) -> tuple[Claim, ...]:
    """What the company's signed token said is verified; without one, nothing is."""
    trust = Trust.CLAIMED if customer.anonymous else Trust.VERIFIED
    given = {"name": customer.name, "language": customer.language, **customer.claims}
    return tuple(
        Claim(name=name, value=value, trust=trust.value) for name, value in sorted(given.items())
    )


class Context(Struct, frozen=True, kw_only=True):
    """The capsule as stored: redacted, never changed afterwards."""

    interaction_id: UUID
    app_state: AppState
    actions: tuple[Action, ...]
    claims: tuple[Claim, ...]
    removed: tuple[str, ...]  # places that the redactor cleared
    captured_at: datetime
    reason: str = "help"  # what it was captured at: help, step, failure, accept, change
    shared: bool = True  # the customer lets the agent see it; otherwise there is nothing in it
    version: int = 1
