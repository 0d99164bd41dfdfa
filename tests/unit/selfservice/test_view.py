"""Does the agent see where the run is and what failed, and nothing sensitive?"""

from __future__ import annotations

from datetime import timedelta

import pytest

from selfservice.view import MASK, AnswerView, RunView, trouble, view, where, why
from tests.unit.selfservice.driver import DIGITS, Journey, activation, bank_flow, english


def seen(journey: Journey) -> RunView:
    return view(journey.definition, journey.state, english())


@pytest.mark.parametrize(
    ("mismatches", "expected"),
    [
        (0, "Activate card, step 2 of 4"),
        (1, "Activate card, step 2 of 4, digits refused once"),
        (2, "Activate card, step 2 of 4, digits refused twice"),
        (3, "Activate card, step 2 of 4, digits refused 3 times"),
    ],
)
def test_why(mismatches: int, expected: str) -> None:
    journey = activation(mismatches=mismatches)
    assert why(journey.definition, journey.state, english()) == expected


def test_trouble_of_a_step_left_behind_is_not_the_present_one() -> None:
    journey = activation(mismatches=1)
    journey.now += timedelta(minutes=10)
    journey.answer(**DIGITS)
    texts = english()
    assert journey.state.step == "prove_identity"
    assert trouble(journey.definition, journey.state, texts) is None
    assert where(journey.definition, journey.state, texts) == "Activate card, step 3 of 4"
    journey.fail_proof()
    assert trouble(journey.definition, journey.state, texts) == "code refused once"


def test_why_of_a_read_that_failed() -> None:
    journey = Journey(bank_flow(), card_id="card-1")
    journey.fail("error")
    assert why(journey.definition, journey.state, english()) == (
        "Activate card, step 2 of 4, card not found once"
    )


def test_why_of_a_run_that_ended() -> None:
    journey = activation(mismatches=1)
    journey.cancel()
    assert why(journey.definition, journey.state, english()) == "Activate card"


def test_the_view_after_two_mismatches() -> None:
    found = seen(activation(mismatches=2))
    assert (found.step, found.step_title) == ("ask_digits", "Check your new card")
    assert [(one.step, one.state, one.failures) for one in found.path] == [
        ("load_card", "done", 0),
        ("ask_digits", "current", 2),
        ("prove_identity", "todo", 0),
        ("activate", "failed", 0),
    ]
    assert found.path[0].title == "Looking up your card"
    assert found.answers == (
        AnswerView(label="Last 4 digits", value=MASK, sensitive=True),
        AnswerView(label="Valid until", value="11/30", sensitive=False),
    )
    first = found.failures[0]
    assert (first.step, first.code) == ("ask_digits", "DIGITS_MISMATCH")
    assert first.text.startswith("These don't match the card we sent you on 17 November.")


def test_the_view_of_a_run_that_gave_up_and_of_one_that_is_done() -> None:
    gave_up = seen(activation(mismatches=3))
    assert (gave_up.step, gave_up.progress and gave_up.progress.at) == ("ask_digits", 2)
    journey = activation()
    journey.answer(**DIGITS)
    journey.prove()
    journey.act(code="OK")
    done = seen(journey)
    assert [one.state for one in done.path] == ["done"] * 4
    assert done.status == "solved"
