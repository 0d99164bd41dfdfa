"""Every (state, event) pair of a call."""

from datetime import timedelta

import pytest

from rtc.call import CallEvent, CallState, EndReason, NotAllowed, after, overdue

S, E = CallState, CallEvent
EXPECTED: dict[tuple[CallState, CallEvent], CallState] = {
    (S.RINGING, E.JOIN): S.CONNECTING,
    (S.RINGING, E.LOST): S.RINGING,
    (S.RINGING, E.REPLACED): S.RINGING,
    (S.RINGING, E.END): S.ENDED,
    (S.CONNECTING, E.JOIN): S.CONNECTING,
    (S.CONNECTING, E.UP): S.CONNECTED,
    (S.CONNECTING, E.LOST): S.CONNECTING,
    (S.CONNECTING, E.REPLACED): S.CONNECTING,
    (S.CONNECTING, E.END): S.ENDED,
    (S.CONNECTED, E.JOIN): S.CONNECTED,
    (S.CONNECTED, E.UP): S.CONNECTED,
    (S.CONNECTED, E.LOST): S.RECOVERING,
    (S.CONNECTED, E.REPLACED): S.RECOVERING,
    (S.CONNECTED, E.END): S.ENDED,
    (S.RECOVERING, E.JOIN): S.RECOVERING,
    (S.RECOVERING, E.UP): S.CONNECTED,
    (S.RECOVERING, E.LOST): S.RECOVERING,
    (S.RECOVERING, E.REPLACED): S.RECOVERING,
    (S.RECOVERING, E.END): S.ENDED,
    (S.ENDED, E.END): S.ENDED,
}


@pytest.mark.parametrize("state", CallState)
@pytest.mark.parametrize("event", CallEvent)
def test_every_state_and_event(state: CallState, event: CallEvent) -> None:
    expected = EXPECTED.get((state, event))
    if expected is not None:
        assert after(state, event) is expected
        return
    with pytest.raises(NotAllowed) as refused:
        after(state, event)
    assert (refused.value.state, refused.value.event) == (state, event)


def test_every_state_can_end() -> None:
    assert {after(state, E.END) for state in CallState} == {S.ENDED}


@pytest.mark.parametrize(
    ("state", "seconds", "reason"),
    [
        (S.RINGING, 44, None),
        (S.RINGING, 45, EndReason.UNANSWERED),
        (S.CONNECTING, 30, EndReason.NETWORK),
        (S.CONNECTED, 36_000, None),
        (S.RECOVERING, 59, None),
        (S.RECOVERING, 60, EndReason.NETWORK),
        (S.ENDED, 36_000, None),
    ],
)
def test_no_call_rings_or_recovers_for_ever(
    state: CallState, seconds: int, reason: EndReason | None
) -> None:
    assert overdue(state, timedelta(seconds=seconds)) is reason
