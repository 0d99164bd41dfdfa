"""The life of a callback: every event in every state."""

from itertools import product

import pytest
from msgspec.structs import replace

from app.conversation.callback import (
    CALLBACK_OPEN,
    TRANSITIONS,
    Callback,
    CallbackEvent,
    CallbackState,
)
from app.conversation.errors import NotAllowed
from app.ids import new_id
from tests.unit.conversation.asking import NOON, asking

S, E = CallbackState, CallbackEvent
ALLOWED = {
    (S.SCHEDULED, E.MOVE): S.SCHEDULED,
    (S.SCHEDULED, E.FALL_DUE): S.DUE,
    (S.SCHEDULED, E.ANSWER): S.DONE,
    (S.SCHEDULED, E.CANCEL): S.CANCELLED,
    (S.DUE, E.RETRY): S.SCHEDULED,
    (S.DUE, E.ANSWER): S.DONE,
    (S.DUE, E.MISS): S.MISSED,
    (S.DUE, E.CANCEL): S.CANCELLED,
    (S.MISSED, E.AGAIN): S.SCHEDULED,
}


def _callback(state: CallbackState) -> Callback:
    asked = asking()
    return Callback(
        id=new_id(),
        conversation_id=asked.conversation_id,
        customer_id=asked.customer_id,
        state=state,
        due_at=NOON,
        zone="Europe/Berlin",
        asked=asked,
    )


@pytest.mark.parametrize(("state", "event"), list(product(S, E)))
def test_every_event_in_every_state(state: CallbackState, event: CallbackEvent) -> None:
    callback = _callback(state)
    target = ALLOWED.get((state, event))
    if target is None:
        with pytest.raises(NotAllowed) as refused:
            callback.after(event)
        assert (refused.value.event, refused.value.state) == (event.value, state.value)
    else:
        assert callback.after(event) == replace(callback, state=target)


def test_every_state_can_be_reached_and_every_open_one_left() -> None:
    assert set(TRANSITIONS) == set(S)
    reached = {S.SCHEDULED}
    while more := {t for s in reached for t in TRANSITIONS[s].values()} - reached:
        reached |= more
    assert reached == set(S)
    assert all(TRANSITIONS[state][E.CANCEL] not in CALLBACK_OPEN for state in CALLBACK_OPEN)
