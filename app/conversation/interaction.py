"""The life of one interaction: from the help button to wrap-up.

queued -> offered -> live -> wrap_up -> closed
   ^---------'        |  (declined, expired)
   ^------------------|  (transferred, or its agent may not come in any more; a colleague or a
                         supervisor may also step in)
   '---- paused <-----'  ("I'll answer tonight", or nobody answered a callback)
queued, offered, paused -> closed  (the customer leaves)
live -> closed  (the last try of a callback was not answered)
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from app.conversation.errors import NotAllowed
from app.conversation.queues import Skills


class Channel(StrEnum):
    TEXT = "text"
    VOICE = "voice"
    VIDEO = "video"


class State(StrEnum):
    QUEUED = "queued"
    OFFERED = "offered"
    LIVE = "live"
    PAUSED = "paused"
    WRAP_UP = "wrap_up"
    CLOSED = "closed"


class Event(StrEnum):
    OFFER = "offer"
    ACCEPT = "accept"
    DECLINE = "decline"
    EXPIRE = "expire"
    CANCEL = "cancel"
    GIVE_UP = "give_up"
    TRANSFER = "transfer"
    HAND_OVER = "hand_over"
    TAKE_OVER = "take_over"
    END = "end"
    DISPOSE = "dispose"
    PAUSE = "pause"
    RESUME = "resume"
    MISS = "miss"


TRANSITIONS: dict[State, dict[Event, State]] = {
    State.QUEUED: {Event.OFFER: State.OFFERED, Event.CANCEL: State.CLOSED},
    State.OFFERED: {
        Event.ACCEPT: State.LIVE,
        Event.DECLINE: State.QUEUED,
        Event.EXPIRE: State.QUEUED,
        Event.CANCEL: State.CLOSED,
    },
    State.LIVE: {
        Event.TRANSFER: State.QUEUED,
        Event.HAND_OVER: State.LIVE,
        Event.TAKE_OVER: State.LIVE,
        Event.END: State.WRAP_UP,
        Event.GIVE_UP: State.QUEUED,
        Event.PAUSE: State.PAUSED,
        Event.MISS: State.CLOSED,
    },
    State.PAUSED: {Event.RESUME: State.QUEUED, Event.CANCEL: State.CLOSED},
    State.WRAP_UP: {Event.DISPOSE: State.CLOSED},
    State.CLOSED: {},
}

OPEN = frozenset({State.QUEUED, State.OFFERED, State.LIVE, State.PAUSED})
"""States of which a customer has at most one interaction."""

WAITING = frozenset({State.QUEUED, State.OFFERED})
"""States in which nobody answers yet."""

WITH_AGENT = frozenset({State.OFFERED, State.LIVE, State.WRAP_UP})
"""States that take up an agent."""


TALKING = frozenset({State.QUEUED, State.OFFERED, State.LIVE, State.PAUSED, State.WRAP_UP})
"""States in which the customer and whoever took it may write."""


class Talking(Struct, frozen=True):
    """An interaction in which people may write, and who took it."""

    conversation_id: UUID
    agent_id: UUID | None
    paused_id: UUID | None = None  # its own id, where it is paused
    closing_id: UUID | None = None  # the same, where its end is announced


class Offer(Struct, frozen=True, kw_only=True):
    """An interaction proposed to one agent; a lease by the database's clock."""

    agent_id: UUID
    offered_at: datetime
    expires_at: datetime


class Attempt(Struct, frozen=True, kw_only=True):
    """An agent who was offered the interaction and did not take it."""

    agent_id: UUID
    at: datetime


class ClosingReason(StrEnum):
    ASKED = "asked"  # the agent asks whether everything is solved
    SILENCE = "silence"  # the customer left the agent's last word unanswered


class Closing(Struct, frozen=True, kw_only=True):
    """An end that was announced; it comes by itself unless the customer wants to go on."""

    reason: ClosingReason
    since: datetime
    until: datetime


class How(StrEnum):
    """How an interaction came from one agent to the next."""

    TRANSFERRED = "transferred"  # back into a queue, or offered to one person first
    HANDED_OVER = "handed_over"  # to a colleague who was asked for advice and knows it already
    TAKEN_OVER = "taken_over"  # by a supervisor


class Passing(Struct, frozen=True, kw_only=True):
    """The last time the interaction changed hands. Reason and note are for agents."""

    how: How
    agent_id: UUID  # who had it before
    by: str  # the name of whoever did it
    to: str  # the queue, or the person's name
    reason: str
    at: datetime
    note: str = ""


class Wanted(Struct, frozen=True, kw_only=True):
    """The one person to whom it is offered until a time; then to all of its queue."""

    agent_id: UUID
    until: datetime


class Rating(Struct, frozen=True, kw_only=True):
    score: int  # 1 to 5
    text: str = ""


class Interaction(Struct, frozen=True, kw_only=True):
    """One request for a human inside a conversation."""

    id: UUID
    conversation_id: UUID
    customer_id: UUID
    state: State
    channel: Channel
    queue: str
    reason: str
    priority: int
    why_now: str
    enqueued_at: datetime  # never changes: the place in the queue survives a declined offer
    version: int = 0  # of the row: a writer that read an older one is refused
    run_id: UUID | None = None
    agent_id: UUID | None = None
    offer: Offer | None = None
    tried: tuple[Attempt, ...] = ()
    accepted_at: datetime | None = None
    ended_at: datetime | None = None
    wrap_up_until: datetime | None = None
    disposition: str | None = None
    rating: Rating | None = None
    language: str = ""  # the customer's
    skills: Skills = {}  # needed beside those of the queue
    crisis: bool = False  # offered before everybody else
    owner_id: UUID | None = None  # the agent who had the customer's last interaction
    expected_s: float | None = None  # of the wait, when it was asked for; see waiting.py
    closing: Closing | None = None  # see closing.py
    quiet_at: datetime | None = None  # when the customer's silence is looked at next
    nobody_since: datetime | None = None  # so long the customer knows that nobody is there
    crisis_claimed: bool = False  # the customer said that it is one, whether that counted or not
    wait_began_at: datetime | None = None  # later than the place says: after a pause, of a callback
    paused_at: datetime | None = None
    remind_at: datetime | None = None  # while paused: when the customer wants to be reminded
    notify: bool = False  # the customer left the app: tell the phone once somebody answers
    callback_id: UUID | None = None  # the customer does not wait but is called
    passed_on: Passing | None = None
    wanted: Wanted | None = None

    @property
    def waiting_since(self) -> datetime:
        """When this wait began; the place in the queue may be older."""
        return self.wait_began_at or self.enqueued_at

    @property
    def briefing(self) -> str:
        """Why now, in one line, and why somebody passed it on."""
        if self.passed_on is None:
            return self.why_now
        how = self.passed_on.how.value.replace("_", " ").replace("transferred", "passed on")
        reason = f": {self.passed_on.reason}" if self.passed_on.reason else ""
        return f"{self.why_now}, {how} by {self.passed_on.by}{reason}"

    def after(self, event: Event) -> "Interaction":
        """The same interaction once `event` happened; raises NotAllowed where it cannot.

        Whatever happens to it, an end that was announced is not any more.
        """
        try:
            return replace(self, state=TRANSITIONS[self.state][event], closing=None)
        except KeyError:
            raise NotAllowed(event.value, self.state.value) from None

    def back_to_waiting(self, event: Event, now: datetime) -> "Interaction":
        """Once `event` took it from its agent: the place is the old one, the wait a new one.

        What was expected of the first wait says nothing of this one, and its end was told.
        """
        return replace(
            self.after(event),
            agent_id=None,
            accepted_at=None,
            quiet_at=None,
            wait_began_at=now,
            expected_s=None,
            notify=False,
        )


def is_overdue(one: Interaction, now: datetime) -> bool:
    """Its offer ran out, or its wrap-up did."""
    if one.state is State.OFFERED:
        return one.offer is not None and one.offer.expires_at <= now
    return one.state is State.WRAP_UP and one.wrap_up_until is not None and one.wrap_up_until <= now
