"""What does push want from the world: a store, devices, providers, a clock?"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

import msgspec

from push.delivery import Delivery, Result
from push.device import Device
from push.message import Message
from push.notification import Notification
from push.outcome import Outcome


class Claimed(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery in the hands of one worker, with all it needs to send it.

    `device` is as it is now, not as it was when the notification was written; None once the
    device was forgotten.
    """

    delivery: Delivery
    notification: Notification
    device: Device | None

    @property
    def fence(self) -> int:
        """What proves this claim when its holder writes."""
        return self.delivery.fence


class Outbox(Protocol):
    """The worker's side of the deliveries. Each call is durable when it returns."""

    async def claim(self, limit: int, lease: timedelta, now: datetime) -> list[Claimed]:
        """Take up to `limit` claimable deliveries by (priority, due_at); no other claim gets them.

        The rules are `delivery.is_claimable` and `delivery.claim`. Expired ones are handed out
        too: the worker settles them without sending.
        """
        ...

    async def record_intent(self, delivery_id: UUID, fence: int) -> bool:
        """Write down that the wire is about to be touched; False when the claim was lost."""
        ...

    async def settle(self, delivery_id: UUID, fence: int, result: Result, now: datetime) -> bool:
        """Write down how it ended; False, and nothing written, when the claim was lost."""
        ...


class Deliveries(Protocol):
    """The company's side of the deliveries."""

    async def add(self, notification: Notification, deliveries: Sequence[Delivery]) -> None:
        """Store a notification with its deliveries; again with the same id changes nothing."""
        ...

    async def of(self, notification_id: UUID) -> list[Delivery]:
        """The deliveries of one notification, oldest first; empty for an unknown one."""
        ...

    async def received(self, delivery_id: UUID, now: datetime) -> bool:
        """The phone has it; False for an unknown delivery or one that was never sent."""
        ...


class Devices(Protocol):
    """The customers' devices."""

    async def register(self, device: Device) -> Device:
        """Remember a device, and return it as stored.

        An address already known under this kind keeps its device's id and moves to the customer
        who reports it now: whoever holds the phone is who is signed in on it.
        """
        ...

    async def of(self, customer_id: UUID) -> list[Device]:
        """The devices of one customer, oldest registration first."""
        ...

    async def forget(self, device_id: UUID, address: str, as_of: datetime) -> bool:
        """Forget a device that `device.is_stale` says is dead; False when it is not, or unknown."""
        ...


class Transport(Protocol):
    """One way to a provider."""

    async def send(self, message: Message) -> Outcome:
        """Hand one message over, once. Failures are values; only a bug raises."""
        ...


class Clock(Protocol):
    """Time, so that tests need not wait for it."""

    def now(self) -> datetime:
        """The time in UTC."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return once so many seconds have passed."""
        ...
