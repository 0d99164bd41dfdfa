"""The life of a participant: every event in every state."""

from datetime import timedelta
from itertools import product

import pytest
from msgspec.structs import replace

from app.conversation.errors import NotAllowed
from app.conversation.participant import TRANSITIONS, Event, Outcome, Participant, Role, State
from app.ids import new_id
from tests.unit.conversation.asking import NOON

ALLOWED = {
    (State.ASKED, Event.OFFER): State.OFFERED,
    (State.ASKED, Event.CLOSE): State.CLOSED,
    (State.OFFERED, Event.ACCEPT): State.JOINED,
    (State.OFFERED, Event.DECLINE): State.ASKED,
    (State.OFFERED, Event.EXPIRE): State.ASKED,
    (State.OFFERED, Event.CLOSE): State.CLOSED,
    (State.JOINED, Event.CLOSE): State.CLOSED,
}


def _participant(state: State) -> Participant:
    return Participant(
        id=new_id(),
        interaction_id=new_id(),
        role=Role.CONSULT,
        state=state,
        asked_by=new_id(),
        asked_at=NOON,
        until=NOON + timedelta(minutes=2),
    )


@pytest.mark.parametrize(("state", "event"), list(product(State, Event)))
def test_every_event_in_every_state(state: State, event: Event) -> None:
    one = _participant(state)
    target = ALLOWED.get((state, event))
    if target is None:
        with pytest.raises(NotAllowed) as refused:
            one.after(event)
        assert (refused.value.event, refused.value.state) == (event.value, state.value)
    else:
        assert one.after(event) == replace(one, state=target)


def test_every_state_is_in_the_table_and_every_life_can_end() -> None:
    assert set(TRANSITIONS) == set(State)
    for state in set(State) - {State.CLOSED}:
        assert Event.CLOSE in TRANSITIONS[state]
    assert TRANSITIONS[State.CLOSED] == {}


def test_what_is_closed_says_why_and_holds_no_lease() -> None:
    offered = replace(_participant(State.OFFERED), expires_at=NOON)
    closed = offered.closed(Outcome.OVER, NOON)
    assert (closed.outcome, closed.closed_at, closed.expires_at) == (Outcome.OVER, NOON, None)
    with pytest.raises(NotAllowed):
        closed.closed(Outcome.LEFT, NOON)
