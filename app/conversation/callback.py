"""The life of a callback: somebody wants to be called, now or at a time, and is.

scheduled -> due -> done
   ^----------|  (nobody answered: called again a little later)
due -> missed  (nobody answered the last time) -> scheduled  (the customer asks once more)
scheduled, due -> cancelled
"""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from app.conversation.context import Context
from app.conversation.errors import NotAllowed
from app.conversation.interaction import Interaction

TRIES = 3
"""So often a customer is rung before a callback counts as missed."""

AGAIN_AFTER = timedelta(minutes=5)
"""Between two tries; meanwhile the place is kept."""

WITHIN = timedelta(days=30)
"""Further ahead nobody can promise to be there."""


class CallbackState(StrEnum):
    SCHEDULED = "scheduled"
    DUE = "due"
    DONE = "done"
    MISSED = "missed"
    CANCELLED = "cancelled"


class CallbackEvent(StrEnum):
    MOVE = "move"
    FALL_DUE = "fall due"
    RETRY = "retry"
    ANSWER = "answer"
    MISS = "miss"
    CANCEL = "cancel"
    AGAIN = "ask again"


_S, _E = CallbackState, CallbackEvent

TRANSITIONS: dict[CallbackState, dict[CallbackEvent, CallbackState]] = {
    _S.SCHEDULED: {
        _E.MOVE: _S.SCHEDULED,
        _E.FALL_DUE: _S.DUE,
        _E.ANSWER: _S.DONE,  # between two tries the customer came back alone
        _E.CANCEL: _S.CANCELLED,
    },
    _S.DUE: {
        _E.RETRY: _S.SCHEDULED,
        _E.ANSWER: _S.DONE,
        _E.MISS: _S.MISSED,
        _E.CANCEL: _S.CANCELLED,
    },
    _S.MISSED: {_E.AGAIN: _S.SCHEDULED},
    _S.DONE: {},
    _S.CANCELLED: {},
}

CALLBACK_OPEN = frozenset({_S.SCHEDULED, _S.DUE})
"""States of which a customer has at most one callback."""


class Callback(Struct, frozen=True, kw_only=True):
    """An interaction that begins later.

    `asked` is that interaction, with its id and the place that it will have; once it is there, it
    is kept among the others and goes its own way.
    """

    id: UUID
    conversation_id: UUID
    customer_id: UUID
    state: CallbackState
    due_at: datetime
    zone: str  # the customer's, an IANA name: they see their own clock wherever they are by then
    asked: Interaction
    context: Context | None = None  # None: it is kept with the interaction already
    tries: int = 0  # how often it fell due; the interaction is there from the first on
    version: int = 0

    def after(self, event: CallbackEvent) -> "Callback":
        """The same callback once `event` happened; raises NotAllowed where it cannot."""
        try:
            return replace(self, state=TRANSITIONS[self.state][event])
        except KeyError:
            raise NotAllowed(event.value, self.state.value) from None
