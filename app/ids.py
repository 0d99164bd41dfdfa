"""Identifiers: UUIDs of version 7, ordered by the time they were made (RFC 9562, 5.7)."""

import secrets
import time
from uuid import UUID

_VERSION_7 = 7 << 76
_VARIANT = 0b10 << 62


def new_id() -> UUID:
    """A fresh identifier: 48 bits of milliseconds, then 74 random bits."""
    stamp = (time.time_ns() // 1_000_000) << 80
    random_a = secrets.randbits(12) << 64
    return UUID(int=stamp | _VERSION_7 | random_a | _VARIANT | secrets.randbits(62))
