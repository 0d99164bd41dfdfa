"""A conversation as the demo's client reads it: each event once, in order."""

from datetime import UTC, datetime
from uuid import UUID

from app.api.frames import EventFrame
from app.conversation.timeline import SYSTEM
from app.demo.client import Log

AT = datetime(2026, 11, 1, tzinfo=UTC)
CONVERSATION = UUID("01932f4a-0000-7000-8000-000000000001")


def event(seq: int, prev: int) -> EventFrame:
    return EventFrame(
        conversation_id=CONVERSATION,
        seq=seq,
        prev=prev,
        kind="message",
        actor=SYSTEM,
        body={},
        at=AT,
        cmid=None,
    )


def read(*events: EventFrame) -> Log:
    log = Log()
    for one in events:
        assert log.take(one)
    return log


def test_numbers_may_jump_where_prev_fits() -> None:
    log = read(event(1, 0), event(4, 1))
    assert [one.seq for one in log.events] == [1, 4]
    assert log.cursor == 4


def test_what_is_known_is_dropped() -> None:
    log = read(event(1, 0), event(2, 1), event(1, 0), event(2, 1))
    assert [one.seq for one in log.events] == [1, 2]


def test_a_hole_is_told_and_nothing_is_taken() -> None:
    log = read(event(1, 0))
    assert not log.take(event(3, 2))
    assert log.cursor == 1
    assert log.take(event(2, 1))
    assert log.take(event(3, 2))
