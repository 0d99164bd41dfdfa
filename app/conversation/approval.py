"""The life of one approval: an agent asks the customer to prove that they want one very thing.

| state | give | decline | refuse, and some are left | refuse, the last one |
|-------|------|---------|---------------------------|----------------------|
| open  | given | declined | open                    | denied               |
| given, declined, denied | nothing more can happen                           |

An open one whose time is over is as good as none.
"""

import hashlib
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from app.conversation.errors import NotAllowed

LIFETIME = timedelta(minutes=10)
ATTEMPTS = 3


class ApprovalState(StrEnum):
    OPEN = "open"
    GIVEN = "given"
    DECLINED = "declined"
    DENIED = "denied"


class ApprovalEvent(StrEnum):
    GIVE = "give"
    DECLINE = "decline"
    REFUSE = "refuse"


class Approval(Struct, frozen=True, kw_only=True):
    """`what` is to the letter what the customer is shown; `level` is what must be proved."""

    id: UUID
    interaction_id: UUID
    conversation_id: UUID
    customer_id: UUID
    agent_id: UUID
    what: str
    level: int
    asked_at: datetime
    state: ApprovalState = ApprovalState.OPEN
    refusals: int = 0  # failed attempts to prove it
    code: bytes | None = None  # the one-time code that was sent for it, encoded by selfservice
    version: int = 0

    @property
    def until(self) -> datetime:
        return self.asked_at + LIFETIME

    @property
    def hash(self) -> str:
        """SHA-256 over id, level and text: a proof of this one is a proof of nothing else."""
        return hashlib.sha256(f"{self.id}\n{self.level}\n{self.what}".encode()).hexdigest()

    def must_be_open(self, now: datetime) -> None:
        """Raises NotAllowed."""
        if self.state is not ApprovalState.OPEN:
            raise NotAllowed("approve", self.state.value)
        if now >= self.until:
            raise NotAllowed("approve", "out of date")

    def after(self, event: ApprovalEvent, now: datetime) -> "Approval":
        """Raises NotAllowed where it is not open."""
        self.must_be_open(now)
        match event:
            case ApprovalEvent.GIVE:
                return replace(self, state=ApprovalState.GIVEN)
            case ApprovalEvent.DECLINE:
                return replace(self, state=ApprovalState.DECLINED)
            case ApprovalEvent.REFUSE:
                refusals = self.refusals + 1
                over = refusals >= ATTEMPTS
                state = ApprovalState.DENIED if over else ApprovalState.OPEN
                return replace(self, state=state, refusals=refusals)
