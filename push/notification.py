"""What does the company want the customer to know, and how urgent is it?"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

import msgspec


class NotificationClass(StrEnum):
    """Why the customer is notified."""

    CALL = "call"
    REPLY = "reply"
    FOLLOWUP = "followup"
    SURVEY = "survey"
    SYNC = "sync"
    SECURITY = "security"


class Collapse(StrEnum):
    """What a newer notification does to an older one that the phone has not fetched yet."""

    NEVER = "never"
    LATEST = "latest"


class ClassRule(msgspec.Struct, frozen=True, kw_only=True):
    """How notifications of one class travel.

    `priority` orders the outbox, 0 first. `wakes` asks the provider to wake a sleeping phone;
    a phone that is woken without showing anything loses that right for days, so `sync` never asks.
    `ttl` is how long the news is worth sending; `longest_pause` bounds the wait between attempts.
    """

    priority: int
    wakes: bool
    ttl: timedelta
    collapse: Collapse
    longest_pause: timedelta


CLASSES: Mapping[NotificationClass, ClassRule] = MappingProxyType(
    {
        NotificationClass.CALL: ClassRule(
            priority=0,
            wakes=True,
            ttl=timedelta(seconds=45),
            collapse=Collapse.NEVER,
            longest_pause=timedelta(seconds=5),
        ),
        NotificationClass.SECURITY: ClassRule(
            priority=1,
            wakes=True,
            ttl=timedelta(hours=1),
            collapse=Collapse.NEVER,
            longest_pause=timedelta(seconds=30),
        ),
        NotificationClass.REPLY: ClassRule(
            priority=2,
            wakes=True,
            ttl=timedelta(hours=4),
            collapse=Collapse.NEVER,
            longest_pause=timedelta(minutes=2),
        ),
        NotificationClass.FOLLOWUP: ClassRule(
            priority=3,
            wakes=True,
            ttl=timedelta(days=3),
            collapse=Collapse.NEVER,
            longest_pause=timedelta(minutes=10),
        ),
        NotificationClass.SURVEY: ClassRule(
            priority=4,
            wakes=False,
            ttl=timedelta(days=1),
            collapse=Collapse.LATEST,
            longest_pause=timedelta(minutes=10),
        ),
        NotificationClass.SYNC: ClassRule(
            priority=5,
            wakes=False,
            ttl=timedelta(hours=1),
            collapse=Collapse.LATEST,
            longest_pause=timedelta(minutes=10),
        ),
    }
)


class Notification(msgspec.Struct, frozen=True, kw_only=True):
    """One piece of news for one customer, shown once on each of their devices.

    `title` and `body` never travel through a provider: the app fetches them by id.
    """

    id: UUID
    customer_id: UUID
    class_: NotificationClass = msgspec.field(name="class")
    title: str
    body: str
    link: str
    created_at: datetime

    @property
    def rule(self) -> ClassRule:
        """How notifications of this class travel."""
        return CLASSES[self.class_]

    @property
    def expires_at(self) -> datetime:
        """When the news is no longer worth sending."""
        return self.created_at + self.rule.ttl
