"""Where can a customer be reached when the app is closed?"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec


class DeviceKind(StrEnum):
    """The kind of address, which decides the provider that understands it."""

    FCM_TOKEN = "fcm_token"  # noqa: S105  the name of a kind of address, not a secret
    FID = "fid"
    APNS = "apns"
    APNS_VOIP = "apns_voip"
    WEBPUSH = "webpush"


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """One app installation of one customer.

    `address` is what the provider knows it by; it changes when the app is installed again.
    `registered_at` is the last time the app itself reported this address.
    """

    id: UUID
    customer_id: UUID
    kind: DeviceKind
    address: str
    app: str
    locale: str = "en"
    registered_at: datetime


def is_stale(device: Device, address: str, as_of: datetime) -> bool:
    """Whether news from `as_of` that `address` is dead still holds for this device.

    The app may have registered again while the provider was answering; such a device stays.
    """
    return device.address == address and device.registered_at <= as_of
