"""How can this bank fail on purpose, so that tests meet what real back ends do?"""

from collections import defaultdict, deque
from enum import StrEnum
from typing import Annotated

import msgspec


class FaultKind(StrEnum):
    HANG = "hang"
    """Nothing is done, and no answer ever comes."""
    RESET = "reset"
    """It is done, and the connection is reset before the answer."""
    HTML = "html"
    """Nothing is done; something in between answers with a page and status 200."""
    BROKEN = "500"
    """Nothing is done, and the answer is a plain 500."""
    LATE = "late"
    """It is done, but the answer takes `delay_s`."""


class Fault(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body of POST /faults. `action` is an action's name, or "codes"."""

    action: str
    kind: FaultKind
    times: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 1
    delay_s: float = 10.0


class Faults:
    def __init__(self) -> None:
        self._planned: defaultdict[str, deque[Fault]] = defaultdict(deque)

    def plan(self, fault: Fault) -> None:
        """After those already planned for this action."""
        self._planned[fault.action].extend([fault] * fault.times)

    def forget(self) -> None:
        """Nothing is planned any more."""
        self._planned.clear()

    def left(self, action: str) -> int:
        """How many are still planned."""
        return len(self._planned[action])

    def next(self, action: str) -> Fault | None:
        planned = self._planned[action]
        return planned.popleft() if planned else None
