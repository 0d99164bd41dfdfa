"""What holds for flows with everything in them, whatever customers, agents, time and back ends do?

Two devices act on what they saw last, also on screens that are not the present one any more.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selfservice import events
from selfservice.answers import answer
from selfservice.definition import Definition, load
from selfservice.effects import Effect, PerformAction
from selfservice.errors import InvalidAnswer, NotAllowed
from selfservice.language import Action, StepUp, Wait, fields_of
from selfservice.moving import MAX_ROUNDS
from selfservice.replaying import changeable
from selfservice.run import fold, resumable
from selfservice.state import FINAL, State, Status, blocking
from selfservice.versions import landing
from selfservice.waking import due, returned
from tests.unit.selfservice.driver import AGENT, CUSTOMER, START, SYSTEM, Journey, seal
from tests.unit.selfservice.test_going_back import ORDER
from tests.unit.selfservice.test_items import PARCEL
from tests.unit.selfservice.test_linking import DISPUTE, FREEZE

RESULTS: list[dict[str, Any]] = [
    {"ok": True, "most": 500, "status": "frozen", "items": [{"id": "o1", "name": "Tea"}]},
    {"ok": False, "most": 50, "status": "live", "items": []},
    {"code": "NO", "items": [{"id": "o1", "name": "Tea"}, {"id": "o2", "name": "Cake"}]},
    {},
]
VALUES: list[Any] = [
    "tea", "cake", "yes", "no", "debit", "credit", "freeze", "keep", "o1", "o2", "100", "450",
    "1234", None, [{"name": "Ana", "age": 30}], [{"name": "Bo", "age": 3}],
]  # fmt: skip
FLOWS = [
    load(ORDER, "order.yaml"),
    load(PARCEL, "parcel.yaml"),
    load(DISPUTE, "dispute.yaml", {"freeze": load(FREEZE, "freeze.yaml")}),
]
MOVES = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 10_000)), max_size=40)


def possible(definition: Definition, state: State, at: Any, old: State) -> Iterator[Any]:
    """Everything that somebody could do now; `old` is what another device still shows."""
    if state.pending is not None:
        pending = state.pending
        for outcome in ("ok", "ok", "error", "unknown"):
            for result in RESULTS:
                yield events.Acted(
                    at=at,
                    actor=SYSTEM,
                    step=pending.step,
                    visit=pending.visit,
                    check=pending.check,
                    outcome=outcome,
                    result=result,
                )
    present = blocking(definition, state)
    if isinstance(present, StepUp):
        yield events.IdentityProved(
            at=at, actor=CUSTOMER, step=state.step, level=2, method="otp_host"
        )
    for seen in (state, old):
        yield from _answers(definition, seen, at)
    for name in (*changeable(definition, state), *changeable(definition, old)):
        yield events.Reopened(at=at, actor=CUSTOMER, step=name)
    for found in (
        due(definition, state, at),
        returned(definition, state, at, CUSTOMER),
    ):
        if found is not None:
            yield found
    if isinstance(definition.steps[state.step], Wait):
        visit = state.visits[state.step]
        yield events.Woke(
            at=at, actor=SYSTEM, step=state.step, visit=visit, event="parcel.moved", data={}
        )
    yield events.HelpAsked(at=at, actor=CUSTOMER, channel="text")
    yield events.HandedBack(at=at, actor=AGENT)
    for name in resumable(definition, state):
        yield events.HandedBack(at=at, actor=AGENT, step=name)


def _answers(definition: Definition, seen: State, at: Any) -> Iterator[events.Answered]:
    if seen.status in FINAL:
        return
    for value in VALUES:
        names = fields_of(seen.step, definition.steps[seen.step])
        values = dict.fromkeys(names, value)
        values |= {"note": "soon"} if "note" in names else {}
        values |= {"grams": "100", "pin": "1234"} if "pin" in names else {}
        try:
            yield answer(definition, seen, seen.step, values, seal, at, CUSTOMER)
        except (InvalidAnswer, NotAllowed):
            continue


def played(
    definition: Definition, moves: list[tuple[int, int]]
) -> tuple[list[Any], list[Effect], list[State]]:
    """The events that were accepted, every effect, and the state after each event."""
    inputs = {"card": "c1"} if "card" in definition.head.inputs else {}
    journey = Journey(definition, **inputs)
    at, states = START, [journey.state]
    for away, which in moves:
        at += timedelta(minutes=which % 40)
        choices = list(possible(definition, journey.state, at, states[-min(away + 1, len(states))]))
        if not choices or journey.state.status in FINAL:
            break
        try:
            journey.put(choices[which % len(choices)])
        except NotAllowed:
            continue
        states.append(journey.state)
    return journey.log, journey.effects, states


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.flow)
@settings(max_examples=120, deadline=None)
@given(moves=MOVES)
def test_whatever_happens(flow: Definition, moves: list[tuple[int, int]]) -> None:
    log, effects, states = played(flow, moves)
    state = states[-1]
    assert fold(flow, log) == state
    assert msgspec.json.decode(msgspec.json.encode(state), type=State) == state
    performed = [one for one in effects if isinstance(one, PerformAction)]
    assert len({one.key for one in performed}) == len(performed)
    _no_write_after_it_happened(flow, states, performed)
    for one in states:
        _only_the_way_taken_is_heard(flow, one)
    other = landing(flow, log, state)
    assert other is not None
    assert (other.state, other.stands_the_same, other.kept) == (state, True, len(log))


def _no_write_after_it_happened(
    flow: Definition, states: list[State], performed: list[PerformAction]
) -> None:
    """A write whose `done_if` held, or of which nobody knows, is not asked for again by going
    back; only a flow, or a human who hands back, leads to it anew."""
    for before, after in pairwise(states):
        walls = [one for one in before.trail if one.is_wall]
        assert [one for one in after.trail if one.is_wall][: len(walls)] == walls or (
            before.status is Status.WITH_HUMAN
        )


def _only_the_way_taken_is_heard(flow: Definition, state: State) -> None:
    """Every answer and result that a rule can see was given by a step that was passed."""
    if max(state.visits.values()) > MAX_ROUNDS:  # what lies before is kept, and cannot be undone
        return
    given = {name for one in state.trail for name in one.answers}
    heard = {name for name, value in state.answers.items() if value is not None}
    assert heard <= given
    for name in state.results:
        assert any(name in one.results for one in state.trail), name
    if state.pending:
        assert isinstance(flow.steps[state.pending.step], Action)


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.flow)
def test_the_moves_reach_every_step(flow: Definition) -> None:
    """Or the property would say little."""
    chance = random.Random(1)  # noqa: S311 - no secret
    seen: set[str] = set()
    for _ in range(150):
        moves = [(chance.randrange(10), chance.randrange(10_000)) for _ in range(30)]
        seen |= played(flow, moves)[2][-1].visits.keys()
        if seen == flow.steps.keys():
            return
    assert seen == flow.steps.keys()
