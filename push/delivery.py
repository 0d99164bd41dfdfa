"""What may happen to a delivery, one notification on its way to one device?

    queued -> leased -> sending -> accepted -> delivered
       retry <-'----------'  '-> dead, expired

A lease that ran out is claimed again under a higher fence; the device drops the double by the
notification's id.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

import msgspec

from push.device import Device, DeviceKind
from push.notification import Notification, NotificationClass
from push.outcome import Accepted, Failure


class DeliveryState(StrEnum):
    """Where a delivery stands."""

    QUEUED = "queued"
    LEASED = "leased"
    SENDING = "sending"
    RETRY = "retry"
    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    DEAD = "dead"
    EXPIRED = "expired"


class DeliveryEvent(StrEnum):
    """What happens to a delivery."""

    CLAIM = "claim"
    INTEND = "intend"
    ACCEPT = "accept"
    POSTPONE = "postpone"
    BURY = "bury"
    EXPIRE = "expire"
    RECEIVE = "receive"


_S, _E = DeliveryState, DeliveryEvent

TRANSITIONS: Mapping[tuple[DeliveryState, DeliveryEvent], DeliveryState] = MappingProxyType(
    {
        (_S.QUEUED, _E.CLAIM): _S.LEASED,
        (_S.RETRY, _E.CLAIM): _S.LEASED,
        (_S.LEASED, _E.CLAIM): _S.LEASED,
        (_S.SENDING, _E.CLAIM): _S.LEASED,
        (_S.LEASED, _E.INTEND): _S.SENDING,
        (_S.SENDING, _E.ACCEPT): _S.ACCEPTED,
        (_S.LEASED, _E.POSTPONE): _S.RETRY,
        (_S.SENDING, _E.POSTPONE): _S.RETRY,
        (_S.LEASED, _E.BURY): _S.DEAD,
        (_S.SENDING, _E.BURY): _S.DEAD,
        (_S.LEASED, _E.EXPIRE): _S.EXPIRED,
        (_S.SENDING, _E.EXPIRE): _S.EXPIRED,
        # The phone's word beats ours: an attempt without an answer may have arrived.
        (_S.LEASED, _E.RECEIVE): _S.DELIVERED,
        (_S.SENDING, _E.RECEIVE): _S.DELIVERED,
        (_S.RETRY, _E.RECEIVE): _S.DELIVERED,
        (_S.ACCEPTED, _E.RECEIVE): _S.DELIVERED,
        (_S.DELIVERED, _E.RECEIVE): _S.DELIVERED,
        (_S.DEAD, _E.RECEIVE): _S.DELIVERED,
        (_S.EXPIRED, _E.RECEIVE): _S.DELIVERED,
    }
)

WAITING = frozenset({_S.QUEUED, _S.RETRY})
HELD = frozenset({_S.LEASED, _S.SENDING})


class NotAllowed(Exception):
    """A delivery in `state` knows no `event`."""

    def __init__(self, state: DeliveryState, event: DeliveryEvent) -> None:
        super().__init__(f"a delivery that is {state} cannot {event}")
        self.state = state
        self.event = event


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """One notification on its way to one device.

    `fence` counts claims: whoever holds an older one may no longer write. `attempts` counts
    intents, so it also counts attempts whose end nobody saw. `failure` and `detail` are of the
    last attempt that failed.
    """

    id: UUID
    notification_id: UUID
    device_id: UUID
    priority: int
    created_at: datetime
    due_at: datetime
    expires_at: datetime
    state: DeliveryState = DeliveryState.QUEUED
    attempts: int = 0
    fence: int = 0
    lease_until: datetime | None = None
    failure: Failure | None = None
    detail: str = ""
    provider_id: str | None = None
    accepted_at: datetime | None = None
    received_at: datetime | None = None


class Retry(msgspec.Struct, frozen=True, kw_only=True, tag="retry"):
    """Send again, not before `at`."""

    at: datetime
    failure: Failure
    detail: str


class Dead(msgspec.Struct, frozen=True, kw_only=True, tag="dead"):
    """Sending again would end the same way."""

    failure: Failure
    detail: str


class Expired(msgspec.Struct, frozen=True, kw_only=True, tag="expired"):
    """The news is too old to be sent; `failure` is what kept it, where something did."""

    failure: Failure | None = None
    detail: str = ""


Result = Accepted | Retry | Dead | Expired


def plan(
    notification: Notification, devices: Iterable[Device], new_id: Callable[[], UUID]
) -> list[Delivery]:
    """One delivery of the notification for each device that may show it."""
    return [
        Delivery(
            id=new_id(),
            notification_id=notification.id,
            device_id=device.id,
            priority=notification.rule.priority,
            created_at=notification.created_at,
            due_at=notification.created_at,
            expires_at=notification.expires_at,
        )
        for device in devices
        if _may_show(device, notification)
    ]


def is_claimable(delivery: Delivery, now: datetime) -> bool:
    """Whether it waits and is due, or its holder let the lease run out."""
    if delivery.state in WAITING:
        return delivery.due_at <= now
    return delivery.lease_until is not None and delivery.lease_until <= now


def is_held(delivery: Delivery, fence: int) -> bool:
    """Whether the claim that got this fence still owns the delivery."""
    return delivery.state in HELD and delivery.fence == fence


def claim(delivery: Delivery, lease: timedelta, now: datetime) -> Delivery:
    """The delivery in the hands of a worker until the lease ends."""
    moved = _move(delivery, DeliveryEvent.CLAIM)
    return msgspec.structs.replace(moved, fence=delivery.fence + 1, lease_until=now + lease)


def intend(delivery: Delivery) -> Delivery:
    """The delivery about to touch the wire: from here on it may have arrived."""
    moved = _move(delivery, DeliveryEvent.INTEND)
    return msgspec.structs.replace(moved, attempts=delivery.attempts + 1)


def settle(delivery: Delivery, result: Result, now: datetime) -> Delivery:
    """The delivery after its attempt, in nobody's hands."""
    free = msgspec.structs.replace(delivery, lease_until=None)
    match result:
        case Accepted(provider_id=name):
            moved = _move(free, DeliveryEvent.ACCEPT)
            return msgspec.structs.replace(moved, provider_id=name, accepted_at=now)
        case Retry(at=at, failure=failure, detail=detail):
            moved = _move(free, DeliveryEvent.POSTPONE)
            return msgspec.structs.replace(moved, due_at=at, failure=failure, detail=detail)
        case Dead(failure=failure, detail=detail):
            moved = _move(free, DeliveryEvent.BURY)
            return msgspec.structs.replace(moved, failure=failure, detail=detail)
        case Expired(failure=None):
            return _move(free, DeliveryEvent.EXPIRE)
        case Expired(failure=failure, detail=detail):
            moved = _move(free, DeliveryEvent.EXPIRE)
            return msgspec.structs.replace(moved, failure=failure, detail=detail)


def receive(delivery: Delivery, now: datetime) -> Delivery:
    """The delivery that the phone says it has; the first receipt's time stays.

    Raises NotAllowed for a delivery that was never claimed.
    """
    moved = _move(delivery, DeliveryEvent.RECEIVE)
    return msgspec.structs.replace(moved, received_at=delivery.received_at or now, lease_until=None)


def _move(delivery: Delivery, event: DeliveryEvent) -> Delivery:
    target = TRANSITIONS.get((delivery.state, event))
    if target is None:
        raise NotAllowed(delivery.state, event)
    return msgspec.structs.replace(delivery, state=target)


def _may_show(device: Device, notification: Notification) -> bool:
    """iOS stops a VoIP address for good that brings anything but calls."""
    return device.kind is not DeviceKind.APNS_VOIP or notification.class_ is NotificationClass.CALL
