"""How did one attempt to send end?"""

from datetime import timedelta
from enum import StrEnum

import msgspec


class Failure(StrEnum):
    """Why something did not reach the phone."""

    # About the address.
    UNREGISTERED = "unregistered"
    ADDRESS_INVALID = "address_invalid"
    SENDER_MISMATCH = "sender_mismatch"
    DEVICE_GONE = "device_gone"
    KIND_UNSUPPORTED = "kind_unsupported"
    # About the message.
    MESSAGE_INVALID = "message_invalid"
    # About the provider, or the way there.
    QUOTA = "quota"
    UNAVAILABLE = "unavailable"
    INTERNAL = "internal"
    UNREACHABLE = "unreachable"
    UNAUTHENTICATED = "unauthenticated"
    MISCONFIGURED = "misconfigured"
    # The request left, no answer came: the phone may have it.
    UNCERTAIN = "uncertain"


class Accepted(msgspec.Struct, frozen=True, kw_only=True, tag="accepted"):
    """The provider took the message; `provider_id` is its name for it."""

    provider_id: str


class Refused(msgspec.Struct, frozen=True, kw_only=True, tag="refused"):
    """The provider did not take the message, or nobody knows whether it did.

    `detail` is for the operator and holds no address. `retry_after` is the provider's own wish.
    """

    failure: Failure
    detail: str
    retry_after: timedelta | None = None


Outcome = Accepted | Refused
