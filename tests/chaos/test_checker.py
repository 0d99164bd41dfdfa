"""Does the judge see every kind of wrong? One that finds nothing wrong is worth nothing."""

from collections.abc import Callable

import pytest
from msgspec import structs

from tests.chaos.checker import Conversation, Verdict, judge
from tests.chaos.view import Line

LINES = [
    Line(1, "c1", "customer0 1"),
    Line(2, "a1", "agent0 1"),
    Line(3, "c2", "customer0 2"),
    Line(4, "a2", "agent0 2"),
]
SENT = {str(line.cmid): line.text for line in LINES}


def found(**changed: object) -> dict[str, int]:
    """What is wrong when this differs from a run without fault."""
    right = Conversation(
        head=4,
        rows=LINES,
        views={"customer0": LINES, "agent0": LINES},
        sent=SENT,
        acks=[(str(line.cmid), line.seq) for line in LINES],
    )
    verdict = judge([right, structs.replace(right, **changed), right])
    return {name: value for name, value in structs.asdict(verdict).items() if value}


def views(agents: list[Line]) -> dict[str, list[Line]]:
    return {"customer0": LINES, "agent0": agents}


def test_nothing_is_wrong_where_nothing_is() -> None:
    assert found() == {}
    assert judge([]) == Verdict()


def test_a_repeated_ack_is_right_where_it_names_the_same_place() -> None:
    acks = [(str(line.cmid), line.seq) for line in LINES]
    assert found(acks=[*acks, ("c1", 1)]) == {}
    assert found(acks=[*acks, ("c1", 2)]) == {"wrong_acks": 1}


def test_an_acknowledged_message_that_is_not_stored_is_lost() -> None:
    without = LINES[:3]
    here = {"customer0": without, "agent0": without}
    assert found(rows=without, head=3, views=here) == {"lost": 1}


def test_a_message_that_was_shown_and_is_not_stored_is_lost() -> None:
    """Published before the commit that then did not happen."""
    acks = [(str(line.cmid), line.seq) for line in LINES[:3]]
    here = {"customer0": LINES[:3], "agent0": LINES}
    assert found(rows=LINES[:3], head=3, acks=acks, views=here) == {
        "lost": 1,
        "unsettled": 1,
        "differing_views": 1,
    }


def test_a_message_that_nobody_acknowledged_is_unsettled() -> None:
    acks = [(str(line.cmid), line.seq) for line in LINES[:3]]
    assert found(acks=acks) == {"unsettled": 1}


def test_a_message_stored_under_two_ids_is_doubled() -> None:
    rows = [*LINES, Line(5, "x", "agent0 2")]
    everywhere = {"customer0": rows, "agent0": rows}
    # In the database and on both pages.
    assert found(rows=rows, head=5, views=everywhere) == {"doubled": 3, "foreign": 1}


def test_a_message_delivered_twice_is_doubled() -> None:
    twice = [*LINES, Line(5, "a2", "agent0 2")]
    assert found(views=views(twice)) == {"doubled": 1, "differing_views": 1}


@pytest.mark.parametrize("swap", [lambda one: [one[2], one[1], one[0], one[3]]])
def test_messages_of_one_sender_that_changed_places(
    swap: Callable[[list[Line]], list[Line]],
) -> None:
    texts = swap(LINES)
    rows = [Line(seq, line.cmid, line.text) for seq, line in enumerate(texts, 1)]
    acks = [(str(line.cmid), line.seq) for line in rows]
    everywhere = {"customer0": rows, "agent0": rows}
    assert found(rows=rows, acks=acks, views=everywhere) == {"out_of_order": 3}


def test_messages_of_two_senders_may_be_in_any_order() -> None:
    order = [LINES[1], LINES[0], LINES[3], LINES[2]]
    rows = [Line(seq, line.cmid, line.text) for seq, line in enumerate(order, 1)]
    acks = [(str(line.cmid), line.seq) for line in rows]
    assert found(rows=rows, acks=acks, views={"customer0": rows, "agent0": rows}) == {}


def test_a_place_without_an_event_is_a_hole() -> None:
    rows = [*LINES[:3], Line(5, "a2", "agent0 2")]
    acks = [*[(str(line.cmid), line.seq) for line in LINES[:3]], ("a2", 5)]
    everywhere = {"customer0": rows, "agent0": rows}
    assert found(head=5, rows=rows, acks=acks, views=everywhere) == {"holes": 1}
    assert found(head=5) == {"holes": 1}
    assert found(head=3) == {"holes": 1}


def test_another_text_than_was_sent_is_foreign() -> None:
    rows = [*LINES[:3], Line(4, "a2", "agent0 3")]
    everywhere = {"customer0": rows, "agent0": rows}
    assert found(rows=rows, views=everywhere) == {"foreign": 1}


def test_a_page_that_missed_the_last_message_differs() -> None:
    assert found(views=views(LINES[:3])) == {"differing_views": 1}
