"""Devices, notifications and deliveries to test with."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

from push.delivery import Delivery, plan
from push.device import Device, DeviceKind
from push.notification import Notification, NotificationClass

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def a_device(
    *,
    customer_id: UUID | None = None,
    kind: DeviceKind = DeviceKind.FCM_TOKEN,
    address: str = "address-1",
    at: datetime = NOON,
) -> Device:
    return Device(
        id=uuid4(),
        customer_id=customer_id or uuid4(),
        kind=kind,
        address=address,
        app="bank-phone",
        registered_at=at,
    )


def a_notification(
    *,
    customer_id: UUID | None = None,
    class_: NotificationClass = NotificationClass.REPLY,
    link: str = "/conversation",
    at: datetime = NOON,
) -> Notification:
    return Notification(
        id=uuid4(),
        customer_id=customer_id or uuid4(),
        class_=class_,
        title="Zoe answered",
        body="Your card ending 4242 is active",
        link=link,
        created_at=at,
    )


def a_delivery(class_: NotificationClass = NotificationClass.REPLY) -> Delivery:
    (delivery,) = plan(a_notification(class_=class_), [a_device()], uuid4)
    return delivery
