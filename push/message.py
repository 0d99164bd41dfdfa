"""What leaves for the provider? Ids, never words about the customer."""

from datetime import datetime
from uuid import UUID

import msgspec

from push.delivery import Delivery
from push.device import Device, DeviceKind
from push.notification import Collapse, Notification, NotificationClass


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """One push message for one address.

    `data` is the same on every attempt, and `notification_id` in it is what the app drops
    doubles by. `ttl`, whole seconds until `expires_at`, is how long the provider may keep it
    for a phone that is off.
    """

    delivery_id: UUID
    notification_id: UUID
    class_: NotificationClass
    kind: DeviceKind
    address: str
    data: dict[str, str]
    wakes: bool
    ttl: int
    expires_at: datetime
    collapse_key: str | None = None


def compose(
    delivery: Delivery, notification: Notification, device: Device, now: datetime
) -> Message:
    """The message for this delivery at this time: the later, the shorter its ttl."""
    rule = notification.rule
    return Message(
        delivery_id=delivery.id,
        notification_id=notification.id,
        class_=notification.class_,
        kind=device.kind,
        address=device.address,
        data=payload(delivery, notification),
        wakes=rule.wakes,
        ttl=max(0, int((delivery.expires_at - now).total_seconds())),
        expires_at=delivery.expires_at,
        # A provider keeps few keys per device (FCM: 4), so the class is the key.
        collapse_key=notification.class_ if rule.collapse is Collapse.LATEST else None,
    )


def payload(delivery: Delivery, notification: Notification) -> dict[str, str]:
    """Ids for the app to fetch the text by; the deadline lets it not ring for an ended call."""
    return {
        "notification_id": str(notification.id),
        "delivery_id": str(delivery.id),
        "class": notification.class_,
        "link": notification.link,
        "expires_at": delivery.expires_at.isoformat().replace("+00:00", "Z"),
    }
