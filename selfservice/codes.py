"""May this one-time code be used? The rules of a code sent to a customer, without its sending.

| state | right entry | wrong entry | the last wrong entry | any entry after `expires_at` |
|-------|-------------|-------------|----------------------|------------------------------|
| live  | spent       | live        | locked               | expired                      |
| spent, locked, expired | unchanged: refused whatever is entered                      |

Only a keyed hash (HMAC-SHA256, RFC 2104) of the code is kept, bound to the run and step it was sent
for; a six-digit code is guessable from a plain hash.

How much a right entry proves depends on how the code came: see `strength`. Where that is too little
nothing is compared, so that such a code cannot be guessed at either.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

import msgspec
from msgspec.structs import replace

from selfservice.errors import SelfServiceError

LENGTH = 6
LIFETIME = timedelta(minutes=5)
RESEND_AFTER = timedelta(seconds=30)
ATTEMPTS = 3


class TooSoon(SelfServiceError):
    """A new code can be sent at `at`."""

    def __init__(self, at: datetime) -> None:
        super().__init__(f"a new code can be sent at {at.isoformat()}")
        self.at = at


Channel = Literal["sms", "call", "email", "post", "in_app"]
"""How the company's sender delivers a code."""

SHOWN_IN_THE_APP: Channel = "in_app"
STRONGEST = 4
"""The highest level that a step can ask for."""


class CodeState(StrEnum):
    """What a code is still good for."""

    LIVE = "live"
    SPENT = "spent"
    LOCKED = "locked"
    EXPIRED = "expired"


class Verdict(StrEnum):
    """What to tell the run: RIGHT is IdentityProved, the others are codes of IdentityRefused."""

    RIGHT = "RIGHT"
    WRONG = "WRONG"
    EXPIRED = "EXPIRED"
    USED_UP = "USED_UP"
    TOO_WEAK = "TOO_WEAK"
    UNCONFIRMED = "UNCONFIRMED"


class Code(msgspec.Struct, frozen=True, kw_only=True):
    """A code that was sent, as it is stored."""

    purpose: str
    digest: str
    sent_at: datetime
    state: CodeState = CodeState.LIVE
    attempts: int = 0
    confirmed: bool = False
    """The company said that it is on its way."""
    channel: Channel | None = None
    """How; None: by a way of its own, which is not the app."""

    @property
    def expires_at(self) -> datetime:
        """When it stops being good."""
        return self.sent_at + LIFETIME

    @property
    def resend_after(self) -> datetime:
        """When another one can be sent."""
        return self.sent_at + RESEND_AFTER


def new_code(key: bytes, purpose: str, now: datetime, previous: Code | None) -> tuple[str, Code]:
    """The digits to send and the code to store; it replaces `previous`.

    `purpose` names the run and step. Raises TooSoon within 30 s of the previous one.
    """
    if previous is not None and now < previous.resend_after:
        raise TooSoon(previous.resend_after)
    digits = f"{secrets.randbelow(10**LENGTH):0{LENGTH}}"
    return digits, Code(purpose=purpose, digest=_digest(key, purpose, digits), sent_at=now)


def delivered(code: Code, channel: Channel | None) -> Code:
    """The code once the company said how it delivers it."""
    return replace(code, confirmed=True, channel=channel)


def strength(code: Code) -> int:
    """The highest level that this code can prove.

    One that is shown in the app proves no more than the app itself does, which is 1: whoever holds
    the unlocked phone reads it. So does one of which nobody has said how it travels.
    """
    apart = code.confirmed and code.channel != SHOWN_IN_THE_APP
    return STRONGEST if apart else 1


def enter(key: bytes, code: Code, entered: str, now: datetime, level: int) -> tuple[Verdict, Code]:
    """What an entry means for `level`, and the code after it. Compared in constant time."""
    if code.state is not CodeState.LIVE:
        return _DEAD[code.state], code
    if now >= code.expires_at:
        return Verdict.EXPIRED, replace(code, state=CodeState.EXPIRED)
    if strength(code) < level:
        return (Verdict.TOO_WEAK if code.confirmed else Verdict.UNCONFIRMED), code
    digits = entered.replace(" ", "")
    if hmac.compare_digest(_digest(key, code.purpose, digits), code.digest):
        return Verdict.RIGHT, replace(code, state=CodeState.SPENT)
    attempts = code.attempts + 1
    state = CodeState.LOCKED if attempts >= ATTEMPTS else CodeState.LIVE
    return Verdict.WRONG, replace(code, attempts=attempts, state=state)


_DEAD = {
    CodeState.SPENT: Verdict.USED_UP,
    CodeState.LOCKED: Verdict.USED_UP,
    CodeState.EXPIRED: Verdict.EXPIRED,
}


def _digest(key: bytes, purpose: str, digits: str) -> str:
    message = f"{purpose}\n{digits}".encode("utf-8", "replace")
    return hmac.new(key, message, hashlib.sha256).hexdigest()
