"""What is known of a customer: who said it, where, when, and is it signed?"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

FRESH = timedelta(days=30)
"""So long a fact is good where nobody says how old it may be."""


class Trust(StrEnum):
    VERIFIED = "verified"  # a signed token says it
    CLAIMED = "claimed"  # the customer or the device does


class Fact(Struct, frozen=True, kw_only=True):
    """The newest that is known under a key, once verified and once claimed."""

    customer_id: UUID
    key: str
    trust: Trust
    value: str | int | float | bool | None  # None: it is sealed
    sealed: str | None = None  # a token that only the edge can open
    source: str  # in words: "Activate card, Card digits", "The app's sign-in"
    channel: str  # where it was said: app, text, voice, video
    at: datetime


class AskedAgain(Struct, frozen=True, kw_only=True):
    """How often a key was asked for in vain."""

    key: str
    by: str
    """`flow` or `agent`."""
    source: str
    """Who had said it already, in the words of then."""
    count: int
    latest_at: datetime


def is_fresh(fact: Fact, now: datetime, max_age: timedelta = FRESH) -> bool:
    return now - fact.at <= max_age


def known(
    facts: Iterable[Fact], key: str, now: datetime, max_age: timedelta = FRESH
) -> Fact | None:
    """What need not be asked for any more; what is verified counts more than what is newer."""
    fresh = [one for one in facts if one.key == key and is_fresh(one, now, max_age)]
    return max(fresh, key=lambda one: (one.trust is Trust.VERIFIED, one.at), default=None)
