"""The life of an interaction: every event in every state."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from msgspec.structs import replace

from app.conversation.errors import NotAllowed
from app.conversation.interaction import (
    OPEN,
    TRANSITIONS,
    WITH_AGENT,
    Channel,
    Event,
    Interaction,
    State,
)
from app.ids import new_id

ALLOWED = {
    (State.QUEUED, Event.OFFER): State.OFFERED,
    (State.QUEUED, Event.CANCEL): State.CLOSED,
    (State.OFFERED, Event.ACCEPT): State.LIVE,
    (State.OFFERED, Event.DECLINE): State.QUEUED,
    (State.OFFERED, Event.EXPIRE): State.QUEUED,
    (State.OFFERED, Event.CANCEL): State.CLOSED,
    (State.LIVE, Event.TRANSFER): State.QUEUED,
    (State.LIVE, Event.HAND_OVER): State.LIVE,
    (State.LIVE, Event.TAKE_OVER): State.LIVE,
    (State.LIVE, Event.END): State.WRAP_UP,
    (State.LIVE, Event.GIVE_UP): State.QUEUED,
    (State.LIVE, Event.PAUSE): State.PAUSED,
    (State.LIVE, Event.MISS): State.CLOSED,
    (State.PAUSED, Event.RESUME): State.QUEUED,
    (State.PAUSED, Event.CANCEL): State.CLOSED,
    (State.WRAP_UP, Event.DISPOSE): State.CLOSED,
}


def _interaction(state: State) -> Interaction:
    return Interaction(
        id=new_id(),
        conversation_id=new_id(),
        customer_id=new_id(),
        state=state,
        channel=Channel.TEXT,
        queue="cards",
        reason="",
        priority=0,
        why_now="",
        enqueued_at=datetime(2026, 5, 4, tzinfo=UTC),
    )


@pytest.mark.parametrize(("state", "event"), list(product(State, Event)))
def test_every_event_in_every_state(state: State, event: Event) -> None:
    interaction = _interaction(state)
    target = ALLOWED.get((state, event))
    if target is None:
        with pytest.raises(NotAllowed) as refused:
            interaction.after(event)
        assert (refused.value.event, refused.value.state) == (event.value, state.value)
    else:
        assert interaction.after(event) == replace(interaction, state=target)


def test_every_state_is_in_the_table_and_can_be_reached() -> None:
    assert set(TRANSITIONS) == set(State)
    reached = {State.QUEUED}
    while more := {t for s in reached for t in TRANSITIONS[s].values()} - reached:
        reached |= more
    assert reached == set(State)


def test_every_life_can_end() -> None:
    ending = {State.CLOSED}
    while more := {s for s in State if ending & set(TRANSITIONS[s].values())} - ending:
        ending |= more
    assert ending == set(State)


def test_the_customer_is_free_again_before_the_agent_is() -> None:
    assert {State.QUEUED, State.OFFERED, State.LIVE, State.PAUSED} == OPEN
    assert {State.OFFERED, State.LIVE, State.WRAP_UP} == WITH_AGENT


def test_a_pause_holds_up_no_agent_and_keeps_the_place() -> None:
    assert State.PAUSED not in WITH_AGENT
    paused = _interaction(State.PAUSED)
    later = paused.enqueued_at + timedelta(hours=9)
    resumed = replace(paused.after(Event.RESUME), wait_began_at=later)
    assert (resumed.enqueued_at, resumed.waiting_since) == (paused.enqueued_at, later)
    assert paused.waiting_since == paused.enqueued_at
