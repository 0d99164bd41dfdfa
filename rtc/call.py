"""In which state is a call, and what may happen to it next?

A call outlives its legs: a page reload, a change of network or a dead media worker replaces
the legs (a new `gen`) and the call recovers; only `end` ends it.
"""

from datetime import timedelta
from enum import StrEnum

from msgspec import Struct


class CallState(StrEnum):
    RINGING = "ringing"
    CONNECTING = "connecting"
    CONNECTED = "connected"
    RECOVERING = "recovering"
    ENDED = "ended"


class CallEvent(StrEnum):
    """What can happen to a call."""

    JOIN = "join"
    """The side that was rung wants to talk: descriptions are exchanged now."""
    UP = "up"
    """Both legs of the newest gen are up."""
    LOST = "lost"
    """A leg or the media worker is gone."""
    REPLACED = "replaced"
    """A side asked for new legs (a new gen)."""
    END = "end"


class EndReason(StrEnum):
    HUNG_UP = "hung_up"
    DECLINED = "declined"
    UNANSWERED = "unanswered"
    NETWORK = "network"
    TRANSFERRED = "transferred"


class Media(Struct, frozen=True, kw_only=True):
    """What one side sends at the moment: a muted microphone is audio false."""

    audio: bool
    video: bool


class NotAllowed(Exception):
    """This event cannot happen to a call in this state."""

    def __init__(self, state: CallState, event: CallEvent) -> None:
        super().__init__(f"a call that is {state} cannot take {event}")
        self.state = state
        self.event = event


_S, _E = CallState, CallEvent

# Media signals repeat and race (two legs, two pages, a worker), so each of them is accepted
# wherever it changes nothing; after the end only a second hang-up is.
TRANSITIONS: dict[CallState, dict[CallEvent, CallState]] = {
    _S.RINGING: {
        _E.JOIN: _S.CONNECTING,
        _E.LOST: _S.RINGING,
        _E.REPLACED: _S.RINGING,
        _E.END: _S.ENDED,
    },
    _S.CONNECTING: {
        _E.JOIN: _S.CONNECTING,
        _E.UP: _S.CONNECTED,
        _E.LOST: _S.CONNECTING,
        _E.REPLACED: _S.CONNECTING,
        _E.END: _S.ENDED,
    },
    _S.CONNECTED: {
        _E.JOIN: _S.CONNECTED,
        _E.UP: _S.CONNECTED,
        _E.LOST: _S.RECOVERING,
        _E.REPLACED: _S.RECOVERING,
        _E.END: _S.ENDED,
    },
    _S.RECOVERING: {
        _E.JOIN: _S.RECOVERING,
        _E.UP: _S.CONNECTED,
        _E.LOST: _S.RECOVERING,
        _E.REPLACED: _S.RECOVERING,
        _E.END: _S.ENDED,
    },
    _S.ENDED: {_E.END: _S.ENDED},
}

PATIENCE: dict[CallState, tuple[timedelta, EndReason]] = {
    _S.RINGING: (timedelta(seconds=45), EndReason.UNANSWERED),
    _S.CONNECTING: (timedelta(seconds=30), EndReason.NETWORK),
    _S.RECOVERING: (timedelta(seconds=60), EndReason.NETWORK),
}
"""How long a call may stay in a state, and why it ends then: no call rings or recovers for ever."""


def after(state: CallState, event: CallEvent) -> CallState:
    """The state that follows. Raises NotAllowed where the table has no such pair."""
    try:
        return TRANSITIONS[state][event]
    except KeyError:
        raise NotAllowed(state, event) from None


def overdue(state: CallState, waited: timedelta) -> EndReason | None:
    """Why a call that has been in `state` for `waited` must end now, or None."""
    if state not in PATIENCE:
        return None
    limit, reason = PATIENCE[state]
    return reason if waited >= limit else None
