"""How far each side of a conversation has come: what reached it, and what it has read.

Two numbers a side, not events: they only ever grow, and only their last value is of use.
"""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from app.conversation.timeline import Viewer


class Mark(Struct, frozen=True, kw_only=True):
    """One side of one conversation. All its agents are one side."""

    conversation_id: UUID
    side: Viewer
    delivered: int = 0  # the newest seq that reached an app of theirs
    seen: int = 0  # the newest seq that was before their eyes
    seen_at: datetime | None = None  # when `seen` grew last

    def raised(self, other: "Mark") -> "Mark":
        """As far as either of the two; who has read something has received it."""
        newest = max(self, other, key=lambda one: one.seen)
        return Mark(
            conversation_id=self.conversation_id,
            side=self.side,
            delivered=max(self.delivered, self.seen, other.delivered, other.seen),
            seen=newest.seen,
            seen_at=newest.seen_at,
        )
