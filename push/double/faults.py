"""What should go wrong at the double, for whom, and how often?"""

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated

import msgspec


class FaultKind(StrEnum):
    """How an answer goes wrong."""

    QUOTA = "quota"  # 429 with Retry-After
    UNAVAILABLE = "unavailable"  # 503
    INTERNAL = "internal"  # 500
    HTML = "html"  # taken, then 200 with a page instead of JSON
    CUT = "cut"  # taken, then the connection is cut
    HANG = "hang"  # taken, then no answer for `seconds`
    SLOW = "slow"  # taken and answered after `seconds`
    SLOW_TOKEN = "slow_token"  # noqa: S105  the token endpoint answers after `seconds`
    TOKEN_REFUSED = "token_refused"  # noqa: S105  the token endpoint says invalid_grant
    REVOKE = "revoke"  # at once: every access token so far is refused with 401


class Fault(msgspec.Struct, kw_only=True):
    """One switched-on fault, for the next `times` requests; `token` limits it to one device."""

    kind: FaultKind
    times: Annotated[int, msgspec.Meta(ge=1)] = 1
    token: str | None = None
    seconds: Annotated[float, msgspec.Meta(ge=0)] = 0.0
    retry_after: str | None = None


OF_TOKEN_ENDPOINT = frozenset({FaultKind.SLOW_TOKEN, FaultKind.TOKEN_REFUSED})


class Faults:
    """The faults that are on, oldest first."""

    def __init__(self) -> None:
        self.on: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Switch a fault on."""
        self.on.append(fault)

    def clear(self) -> None:
        """Switch all off."""
        self.on.clear()

    def for_send(self, token: str) -> Fault | None:
        """The fault that hits a message to this device now, counted down."""
        return self._take(
            f for f in self.on if f.kind not in OF_TOKEN_ENDPOINT and f.token in {None, token}
        )

    def for_token_endpoint(self) -> Fault | None:
        """The fault that hits a request for an access token now, counted down."""
        return self._take(f for f in self.on if f.kind in OF_TOKEN_ENDPOINT)

    def _take(self, matching: Iterator[Fault]) -> Fault | None:
        fault = next(matching, None)
        if fault is None:
            return None
        fault.times -= 1
        if fault.times == 0:
            self.on.remove(fault)
        return fault
