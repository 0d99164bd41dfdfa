"""A flow that calls another one is one flow, and neither sees the other's names."""

from __future__ import annotations

from typing import Any

import pytest

from selfservice.definition import Definition, called_by, load
from selfservice.effects import Escalate
from selfservice.errors import FlowError
from selfservice.run import fold
from selfservice.screen import screen
from selfservice.state import Status
from selfservice.view import view
from tests.unit.selfservice.driver import START, Journey, any_words

FREEZE = """
flow: freeze
title: Freeze a card
start: confirm
crisis: true
inputs: {card: {type: id, from: caller}}
lists: {sure: [freeze]}
on: {help: {queue: fraud, reason: freeze, priority: 3}, cancel: {goto: kept}}
steps:
  confirm:
    choice: Freeze it
    options: [freeze, keep]
    next:
      - if: answers.confirm in lists.sure and visits("confirm") < 3
        goto: freeze
      - else: kept
  freeze:
    action: cards.freeze
    effect: write
    with: {card: inputs.card}
    done_if: result.status == "frozen"
    next: frozen
    on_error: {then: human}
    on_unknown: {check: cards.get, if: result.status == "frozen", goto: frozen, else: human}
  frozen: {end: solved, screen: Frozen, returns: {frozen: true, how: answers.confirm}}
  kept: {end: abandoned, returns: {frozen: false}}
  human: {handoff: {queue: fraud, reason: freeze_failed}, resume_at: confirm}
"""
DISPUTE = """
flow: dispute
title: Dispute a charge
start: which
on: {help: {queue: disputes, reason: dispute}, cancel: {goto: stopped}}
steps:
  which: {choice: Which card, options: [debit, credit], next: freeze}
  freeze:
    call: {flow: freeze, with: {card: answers.which}}
    next:
      - if: results.freeze.frozen
        goto: story
      - else: stopped
  story: {form: Tell us, fields: {confirm: {type: text, label: What happened}}, next: done}
  done: {end: solved}
  stopped: {end: abandoned}
"""


def dispute() -> Definition:
    return load(DISPUTE, "dispute.yaml", {"freeze": load(FREEZE, "freeze.yaml")})


def shown(journey: Journey) -> Any:
    return screen(journey.definition, journey.state, any_words(), START)


def frozen() -> Journey:
    journey = Journey(dispute())
    journey.answer(which="debit")
    journey.answer(**{"freeze/confirm": "freeze"})
    return journey


def test_the_called_flow_gets_its_inputs_and_gives_its_result() -> None:
    journey = frozen()
    assert [one.input for one in journey.performed] == [{"card": "debit"}]
    journey.act(status="frozen")
    assert journey.state.step == "story"
    assert journey.state.results["freeze"] == {"frozen": True, "how": "freeze"}
    journey.answer(confirm="It was not me")
    assert journey.state.status is Status.SOLVED
    assert journey.state.answers == {
        "which": "debit",
        "freeze/confirm": "freeze",
        "confirm": "It was not me",
    }
    assert fold(journey.definition, journey.log) == journey.state


def test_its_end_is_not_the_end_of_the_run() -> None:
    journey = Journey(dispute())
    journey.answer(which="debit")
    journey.answer(**{"freeze/confirm": "keep"})
    assert journey.state.step == "stopped"
    assert journey.state.results["freeze"] == {"frozen": False}


def test_its_own_help_crisis_and_way_out_hold_inside_it() -> None:
    journey = Journey(dispute())
    journey.help()
    assert isinstance(journey.effects[-1], Escalate)
    assert (journey.effects[-1].queue, journey.effects[-1].crisis) == ("disputes", False)
    journey.hand_back()
    journey.answer(which="debit")
    assert shown(journey).title == "Freeze it"
    journey.help()
    escalated = journey.effects[-1]
    assert isinstance(escalated, Escalate)
    assert (escalated.queue, escalated.priority, escalated.crisis) == ("fraud", 3, True)
    journey.hand_back()
    journey.cancel()
    assert journey.state.step == "stopped"


def test_a_handoff_inside_it_comes_back_into_it() -> None:
    journey = frozen()
    assert journey.performed[-1].retries == 0
    journey.fail("error")
    assert (journey.state.resume_at, journey.state.status) == (
        "freeze/confirm",
        Status.WITH_HUMAN,
    )
    assert view(journey.definition, journey.state, any_words()).title == "Dispute a charge"
    journey.hand_back()
    assert journey.state.step == "freeze/confirm"


def test_a_new_version_of_the_called_flow_is_a_new_version_of_the_calling_one() -> None:
    newer = load(FREEZE.replace("Freeze it", "Really"), "freeze.yaml")
    assert load(DISPUTE, "", {"freeze": newer}).version != dispute().version
    assert dispute().links == {"freeze": load(FREEZE, "freeze.yaml").version}
    assert called_by(DISPUTE) == {"freeze"}
    assert called_by(FREEZE) == called_by("a: [") == called_by("steps: {a: 1}") == frozenset()


def test_flows_in_flows_in_flows() -> None:
    outer = """
flow: outer
title: Outer
start: inner
steps:
  inner: {call: {flow: dispute}, next: done}
  done: {end: solved}
"""
    journey = Journey(load(outer, "outer.yaml", {"dispute": dispute()}))
    journey.answer(**{"inner/which": "credit"})
    assert journey.state.step == "inner/freeze/confirm"
    journey.answer(**{"inner/freeze/confirm": "freeze"})
    assert journey.performed[-1].input == {"card": "credit"}
    journey.act(status="frozen")
    assert journey.state.results["inner/freeze"] == {"frozen": True, "how": "freeze"}
    journey.answer(**{"inner/confirm": "x"})
    assert journey.state.status is Status.SOLVED


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        (DISPUTE.replace("with: {card: answers.which}", ""), "call.with", "needs the input `card`"),
        (DISPUTE.replace("{card:", "{card: 1, x:"), "call.with.x", "has no such input"),
        (DISPUTE.replace("flow: freeze,", "flow: thaw,"), "call.flow", "no flow `thaw`"),
        (DISPUTE.replace("start: which", "start: which\nanonymous: true"), "call.flow", "anonym"),
        (DISPUTE.replace("results.freeze.", "results.thaw."), "next[0].if", "cannot exist"),
    ],
)
def test_calls_that_cannot_work(text: str, place: str, message: str) -> None:
    with pytest.raises(FlowError, match=message) as refused:
        load(text, "dispute.yaml", {"freeze": load(FREEZE, "freeze.yaml")})
    assert refused.value.place == f"steps.freeze.{place}"
