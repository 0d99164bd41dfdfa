"""Are answers that nobody is asked for computed, seen by rules, and no way to go in circles?"""

from __future__ import annotations

from typing import Any

import pytest

from selfservice.definition import load
from selfservice.effects import Escalate
from selfservice.errors import FlowError
from selfservice.run import fold
from selfservice.texts import Catalogues
from selfservice.view import view
from tests.unit.selfservice.driver import BANK, Journey

LEAVE = """
flow: leave
title: Leave
start: ask
lists: {iberia: [ES, PT], two: [a, b]}
steps:
  ask:
    form: When
    fields:
      due: {type: date, label: Due}
      land: {type: country, label: Land}
      pay: {type: money, label: Pay, sensitive: false}
    next: look
  look: {action: leave.look, effect: read, next: count, on_error: {then: count}}
  count:
    set:
      start: answers.due - 77
      near: answers.land in lists.iberia
      week: answers.pay * 0.9
      both: lists.two
      code: results.look.code
      deep: results.look
      other: answers.start
    next:
      - if: answers.near and answers.start < today()
        goto: late
      - else: done
  late: {say: Late, next: done}
  done: {end: solved}
"""
FLOW = load(LEAVE, "leave.yaml")


def counted(**more: Any) -> Journey:
    journey = Journey(FLOW)
    journey.answer(**{"due": "2027-01-01", "land": "PT", "pay": "100.10", **more})
    journey.act(code="OK")
    return journey


def test_it_is_computed_from_what_was_known_before() -> None:
    journey = counted()
    computed = {
        "start": "2026-10-16",
        "near": True,
        "week": 90.09,
        "both": ["a", "b"],
        "code": "OK",
        "deep": {"code": "OK"},
        "other": None,
    }
    assert {name: journey.state.answers[name] for name in computed} == computed
    assert fold(FLOW, journey.log) == journey.state


def test_its_rules_see_what_it_computed() -> None:
    assert counted().state.step == "late"
    assert counted(land="FR").state.step == "done"
    assert counted(due="2027-06-01").state.step == "done"


def test_an_agent_sees_what_was_written_over_an_answer() -> None:
    words = {"due": "'\"soon\"'", "land": "'\"pt\"'", "pay": "'\"much\"'"}
    rules = "".join(f"      {name}: {rule}\n" for name, rule in words.items())
    journey = Journey(load(LEAVE.replace("    set:\n", "    set:\n" + rules), "leave.yaml"))
    journey.answer(due="2027-01-01", land="PT", pay="100.10")
    journey.act(code="OK")
    seen = view(journey.definition, journey.state, Catalogues(BANK / "texts").texts("en")).answers
    assert [one.value for one in seen] == ["soon", "Portugal", "much"]


def test_nobody_sees_it_as_a_step() -> None:
    progress = FLOW.progress("late")
    assert progress is not None
    assert (progress.at, progress.of) == (3, 3)
    assert FLOW.progress("count") is None


def test_in_circles_it_reaches_a_human() -> None:
    text = """
flow: circle
title: Circle
start: a
steps:
  a: {set: {n: answers.n + 1}, next: [{if: answers.n > 3, goto: done}, {else: a}]}
  done: {end: solved}
"""
    journey = Journey(load(text, "circle.yaml"))
    assert isinstance(journey.effects[-1], Escalate)
    assert journey.effects[-1].reason == "loop"


@pytest.mark.parametrize("rule", ["answers.pin", "has(answers.pin)"])
def test_nothing_sensitive_is_copied(rule: str) -> None:
    text = LEAVE.replace("pay: {type: money, label: Pay", "pin: {type: text, label: Pin")
    text = text.replace("sensitive: false", "sensitive: true").replace("answers.pay * 0.9", rule)
    with pytest.raises(FlowError, match="is sensitive"):
        load(text, "leave.yaml")


def test_nothing_sensitive_is_written_over() -> None:
    text = LEAVE.replace("type: money, label: Pay, sensitive: false", "type: text, label: P")
    text = text.replace("label: P}", "label: P, sensitive: true}")
    text = text.replace("week: answers.pay * 0.9", "pay: 1")
    with pytest.raises(FlowError, match="sensitive in one step only"):
        load(text, "leave.yaml")
