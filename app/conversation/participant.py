"""A colleague beside the agent: asked for advice, or taken into the conversation.

asked -> offered -> joined -> closed
  ^---------'  (declined, expired: the next one is asked)
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from app.conversation.errors import NotAllowed
from app.conversation.interaction import Attempt
from app.conversation.queues import Skills


class Role(StrEnum):
    CONSULT = "consult"  # sees the case and writes notes; the customer does not notice
    SPECIALIST = "specialist"  # writes to the customer as well


class State(StrEnum):
    ASKED = "asked"
    OFFERED = "offered"
    JOINED = "joined"
    CLOSED = "closed"


class Event(StrEnum):
    OFFER = "offer"
    ACCEPT = "accept"
    DECLINE = "decline"
    EXPIRE = "expire"
    CLOSE = "close"


class Outcome(StrEnum):
    """Why it is over."""

    LEFT = "left"  # the colleague went
    TAKEN_BACK = "taken_back"  # the agent needs them no more
    HANDED_OVER = "handed_over"  # the colleague has the interaction now
    DECLINED = "declined"  # the person who was asked did not want to, or did not answer
    NOBODY = "nobody"  # nobody of the queue was free in time
    OVER = "over"  # the interaction ended, or went to somebody else


TRANSITIONS: dict[State, dict[Event, State]] = {
    State.ASKED: {Event.OFFER: State.OFFERED, Event.CLOSE: State.CLOSED},
    State.OFFERED: {
        Event.ACCEPT: State.JOINED,
        Event.DECLINE: State.ASKED,
        Event.EXPIRE: State.ASKED,
        Event.CLOSE: State.CLOSED,
    },
    State.JOINED: {Event.CLOSE: State.CLOSED},
    State.CLOSED: {},
}


class Participant(Struct, frozen=True, kw_only=True):
    """One colleague's part in an interaction that another agent has."""

    id: UUID
    interaction_id: UUID
    role: Role
    state: State
    asked_by: UUID
    asked_at: datetime
    until: datetime  # nobody is asked any more after this
    version: int = 0  # of the row: a writer that read an older one is refused
    note: str = ""  # what it is about
    queue: str | None = None  # anybody of this queue; None: the person alone
    skills: Skills = {}
    wanted_id: UUID | None = None  # the person
    agent_id: UUID | None = None  # to whom it is offered, or who joined
    offered_at: datetime | None = None
    expires_at: datetime | None = None
    tried: tuple[Attempt, ...] = ()
    joined_at: datetime | None = None
    closed_at: datetime | None = None
    outcome: Outcome | None = None

    def after(self, event: Event) -> "Participant":
        """The same one once `event` happened; raises NotAllowed where it cannot."""
        try:
            return replace(self, state=TRANSITIONS[self.state][event])
        except KeyError:
            raise NotAllowed(event.value, self.state.value) from None

    def closed(self, outcome: Outcome, at: datetime) -> "Participant":
        """Raises NotAllowed where it is closed already."""
        return replace(self.after(Event.CLOSE), outcome=outcome, closed_at=at, expires_at=None)
