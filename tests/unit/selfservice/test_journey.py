"""Does the activation of a card go all the way, with its troubles and a human in between?"""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from selfservice.definition import load
from selfservice.effects import End, Escalate, PerformAction, SendCode
from selfservice.errors import NotAllowed
from selfservice.events import Event
from selfservice.run import fold
from selfservice.screen import Screen, screen
from selfservice.sealed import Sealed
from selfservice.state import State, Status, blocking
from selfservice.view import view, why
from tests.unit.selfservice.driver import (
    BANK,
    DIGITS,
    Journey,
    activation,
    bank_flow,
    english,
    mismatch,
)


def shown(journey: Journey) -> Screen:
    return screen(journey.definition, journey.state, english(), journey.now)


def test_two_mismatches_help_hand_back_then_solved() -> None:
    journey = activation()
    first = shown(journey)
    assert (first.kind, first.step, first.title) == ("form", "ask_digits", "Check your new card")
    assert first.progress is not None
    assert (first.progress.at, first.progress.of) == (2, 4)
    assert first.notice is None

    mismatch(journey)
    after_one = shown(journey)
    assert after_one.notice is not None
    assert after_one.notice.text == (
        "These don't match the card we sent you on 17 November. Is it the new card?"
    )
    assert [action.label for action in after_one.actions] == ["Try again"]
    assert not after_one.nudge

    mismatch(journey)
    assert shown(journey).nudge
    assert why(journey.definition, journey.state, english()) == (
        "Activate card, step 2 of 4, digits refused twice"
    )

    before = journey.state
    journey.help()
    assert journey.state.status is Status.WITH_HUMAN
    assert journey.state.step == before.step
    assert journey.effects[-1] == Escalate(
        run=before.run,
        queue="cards",
        reason="activation",
        channels=("text", "voice", "video"),
        priority=1,
        crisis=False,
    )

    journey.hand_back()
    assert (journey.state.status, journey.state.step) == (Status.ACTIVE, "ask_digits")
    journey.answer(**DIGITS)
    journey.act(code="OK")
    assert journey.state.outcome == "solved"
    assert journey.state.barriers == ("activate",)
    assert End(run=before.run, outcome="solved", feedback="csat") in journey.effects
    end = shown(journey)
    assert (end.kind, end.title, end.outcome) == ("end", "Your card is active", "solved")


def test_the_digits_are_nowhere_in_the_plain() -> None:
    journey = activation(mismatches=2)
    texts = english()
    everything = msgspec.json.encode(
        [
            journey.log,
            journey.state,
            journey.effects,
            shown(journey),
            view(journey.definition, journey.state, texts),
            why(journey.definition, journey.state, texts),
        ]
    ).decode()
    assert "4417" not in everything
    assert "2030-11" in everything  # the month is not sensitive: the search itself works
    assert journey.state.answers["last4"] == Sealed(token="sealed-ttwi")


def test_the_action_gets_its_inputs_and_a_key_per_visit() -> None:
    journey = activation(mismatches=2)
    _, first, second = journey.performed
    assert first.name == "cards.activate"
    assert first.input == {"card": "card-1", "expiry": "2030-11"}
    assert first.sealed == {"last4": Sealed(token="sealed-ttwi")}
    assert (first.visit, second.visit) == (1, 2)
    assert first.key != second.key
    assert (first.timeout_s, first.retries, first.effect) == (8, 2, "write")


def test_the_read_is_retried_and_its_failure_reaches_a_human() -> None:
    journey = Journey(bank_flow(), card_id="card-1")
    read = journey.performed[0]
    assert (read.effect, read.retries) == ("read", 2)
    journey.fail("error", "BACKEND_DOWN")
    assert journey.state.status is Status.WITH_HUMAN
    assert journey.state.resume_at == "ask_digits"
    assert isinstance(journey.effects[-1], Escalate)
    assert [failure.code for failure in journey.state.failures] == ["BACKEND_DOWN"]


def test_identity_is_asked_once_while_fresh_and_again_when_old() -> None:
    journey = activation(mismatches=1)
    journey.answer(**DIGITS)
    assert journey.state.step == "activate"
    journey.act(code="DIGITS_MISMATCH")
    journey.now += timedelta(minutes=6)
    journey.answer(**DIGITS)
    assert journey.state.step == "prove_identity"
    assert sum(isinstance(effect, SendCode) for effect in journey.effects) == 2


def test_three_wrong_codes_reach_a_human_and_late_ones_do_not_count() -> None:
    journey = activation()
    journey.answer(**DIGITS)
    journey.fail_proof("EXPIRED")
    journey.fail_proof()
    journey.fail_proof()
    assert journey.state.step == "prove_identity"
    notice = shown(journey).notice
    assert notice is not None
    assert notice.text == "That isn't the code we sent. Check the last message."
    journey.fail_proof()
    assert (journey.state.step, journey.state.status) == ("human", Status.WITH_HUMAN)


def test_third_mismatch_goes_to_a_human_with_priority_and_comes_back() -> None:
    journey = activation(mismatches=3)
    escalate = journey.effects[-1]
    assert isinstance(escalate, Escalate)
    assert (escalate.reason, escalate.priority, escalate.callback) == ("activation_failed", 2, True)
    assert why(journey.definition, journey.state, english()) == (
        "Activate card, step 2 of 4, digits refused 3 times"
    )
    assert shown(journey).kind == "handoff"
    journey.hand_back()
    assert (journey.state.step, journey.state.status) == ("ask_digits", Status.ACTIVE)


@pytest.mark.parametrize(("status", "landed"), [("active", "done"), ("sent", "human")])
def test_an_unknown_write_is_checked_and_never_repeated(status: str, landed: str) -> None:
    journey = activation()
    journey.answer(**DIGITS)
    journey.prove()
    journey.fail("unknown")
    check = journey.performed[-1]
    assert (check.name, check.check, check.effect) == ("cards.get", True, "read")
    journey.act(status=status)
    assert journey.state.step == landed
    assert [one.name for one in journey.performed].count("cards.activate") == 1


def test_a_check_that_fails_too_reaches_a_human() -> None:
    journey = activation()
    journey.answer(**DIGITS)
    journey.prove()
    journey.fail("unknown")
    journey.fail("unknown")
    assert journey.state.step == "human"
    assert journey.state.failures[-1].code == "UNKNOWN"


def test_help_during_an_action_does_not_stop_it() -> None:
    journey = Journey(bank_flow(), card_id="card-1")
    journey.help()
    assert shown(journey).kind == "progress"
    journey.act(status="sent")
    assert (journey.state.step, journey.state.status) == ("ask_digits", Status.WITH_HUMAN)
    journey.answer(**DIGITS)
    assert (journey.state.step, journey.state.status) == ("prove_identity", Status.WITH_HUMAN)
    journey.hand_back()
    assert journey.state.status is Status.ACTIVE


def test_hand_back_during_an_action_waits_for_it() -> None:
    journey = Journey(bank_flow(), card_id="card-1")
    journey.help()
    assert journey.hand_back().status is Status.WAITING
    assert journey.act(status="sent").status is Status.ACTIVE


def test_hand_back_goes_to_a_step_the_customer_knows_and_nowhere_else() -> None:
    journey = activation()
    journey.answer(**DIGITS)
    journey.help()
    assert journey.hand_back("ask_digits").step == "ask_digits"
    journey.help()
    for name in ("activate", "done", "human", "nowhere", "load_card"):
        with pytest.raises(NotAllowed):
            journey.hand_back(name)


def test_hand_back_cannot_undo_a_write_on_its_way() -> None:
    journey = activation()
    journey.answer(**DIGITS)
    journey.prove()
    journey.help()
    with pytest.raises(NotAllowed):
        journey.hand_back("ask_digits")


def test_cancel_leaves_but_never_while_a_write_is_on_its_way() -> None:
    journey = activation()
    journey.answer(**DIGITS)
    journey.prove()
    assert not shown(journey).can.cancel
    with pytest.raises(NotAllowed):
        journey.cancel()
    journey.act(code="DIGITS_MISMATCH")
    assert shown(journey).can.cancel
    journey.cancel()
    assert (journey.state.status, journey.state.outcome) == (Status.ABANDONED, "abandoned")
    assert shown(journey).title == "You've stopped here"


def test_an_answer_from_a_late_action_is_refused() -> None:
    journey = activation(mismatches=1)
    late = next(event for event in journey.log if type(event).__name__ == "Acted")
    with pytest.raises(NotAllowed):
        journey.put(late)


def test_state_and_events_survive_json() -> None:
    journey = activation(mismatches=2)
    journey.help()
    state = msgspec.json.decode(msgspec.json.encode(journey.state), type=State)
    assert state == journey.state
    log = msgspec.json.decode(msgspec.json.encode(journey.log), type=list[Event])
    assert log == journey.log
    assert fold(journey.definition, log) == journey.state
    effects = msgspec.json.encode(journey.performed)
    assert msgspec.json.decode(effects, type=list[PerformAction]) == journey.performed


def test_rev_changes_with_each_event() -> None:
    journey = activation()
    revs = [journey.state.rev, mismatch(journey).rev, journey.help().rev, journey.hand_back().rev]
    assert revs == sorted(set(revs))


def test_blocking_says_what_can_be_answered() -> None:
    journey = Journey(bank_flow(), card_id="card-1")
    assert blocking(journey.definition, journey.state) is None
    journey.act(status="sent")
    assert blocking(journey.definition, journey.state) is journey.definition.steps["ask_digits"]
    journey.help()
    assert blocking(journey.definition, journey.state) is not None


def test_an_active_card_needs_nothing() -> None:
    journey = Journey(bank_flow(), card_id="card-1")
    journey.act(status="active")
    assert (journey.state.step, journey.state.status) == ("already_active", Status.SOLVED)


def test_in_a_crisis_nothing_is_tried_again_and_the_human_knows() -> None:
    source = (BANK / "flows" / "activate_debit_card.yaml").read_text()
    journey = Journey(load(source + "crisis: true\n", "crisis.yaml"), card_id="card-1")
    assert journey.performed[0].retries == 0
    journey.fail("error")
    assert isinstance(journey.effects[-1], Escalate)
    assert journey.effects[-1].crisis
