"""Does this request come from Warmline, and just now?

Standard Webhooks 1.0: HMAC-SHA256 over id, time and body, the secret written as whsec_<base64>.
"""

import hashlib
import hmac
from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta

TOLERANCE = timedelta(minutes=5)
PREFIX = "whsec_"


class BadSecret(Exception):
    """The configured secret is not whsec_ and at least 24 bytes in base64."""


class BadSignature(Exception):
    """Not from Warmline, not for this body, or too old."""


def read_secret(text: str) -> bytes:
    """Raises BadSecret."""
    try:
        secret = b64decode(text.removeprefix(PREFIX), validate=True)
    except ValueError as error:
        raise BadSecret(str(error)) from error
    if not text.startswith(PREFIX) or len(secret) < 24:
        raise BadSecret
    return secret


def verify(secret: bytes, headers: Mapping[str, str], body: bytes, now: datetime) -> str:
    """The webhook-id, now known to be Warmline's. Raises BadSignature."""
    id, time, signatures = (
        headers.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature")
    )
    if not id or not time.isascii() or not time.isdigit():
        raise BadSignature("webhook-id or webhook-timestamp is missing")
    signed = hmac.new(secret, f"{id}.{time}.".encode() + body, hashlib.sha256).digest()
    expected = f"v1,{b64encode(signed).decode()}".encode()
    if not any(hmac.compare_digest(expected, one.encode()) for one in signatures.split(" ")):
        raise BadSignature("webhook-signature does not match")
    if abs(int(time[:12]) - now.timestamp()) > TOLERANCE.total_seconds():
        raise BadSignature("webhook-timestamp is too far off")
    return id
