"""Where does a run go from here? It enters steps until one waits for somebody or something."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec.structs import replace

from selfservice.definition import Definition
from selfservice.effects import Effect, PerformAction, SendCode, action_key
from selfservice.effects import End as EndEffect
from selfservice.escalation import handed_off, stuck
from selfservice.language import (
    Action,
    Choice,
    End,
    Enter,
    Form,
    Handoff,
    Repeat,
    Return,
    Say,
    Set,
    StepUp,
    Wait,
    choose,
)
from selfservice.replaying import replayed
from selfservice.scope import scope
from selfservice.sealed import Value, as_answer, is_sealed
from selfservice.state import Passed, Pending, State, Status

MAX_AUTOMATIC = 64
"""Steps entered without a person acting; beyond it the run goes to a human."""
MAX_TRAIL = 200
"""Steps that can be undone: enough for every form there is, bounded for the state's size."""

MAX_ROUNDS = 10
"""Passes of one step that can be undone. Each keeps the result that it replaced, up to 256 KiB of
the back end's: a loop must not make the state grow with every round."""


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """The run after an event, and what it wants from the world."""

    state: State
    effects: tuple[Effect, ...] = ()


def go(definition: Definition, state: State, target: str, at: datetime) -> Moved:
    """Enter `target` and go on until a step waits for somebody or something."""
    while True:
        if state.automatic >= MAX_AUTOMATIC:
            return _stuck(definition, state, target)
        state = _enter(state, target)
        match definition.steps[target]:
            case Action() as present:
                return perform(definition, state, present, at, check=False)
            case Handoff() as present:
                return _hand_off(definition, state, present, at)
            case End() as present:
                return _end(state, present)
            case Wait() as present:
                return _wait(state, present, at)
            case StepUp() as present if not _is_fresh(state, present, at):
                code = SendCode(run=state.run, step=target, level=present.stepup.level)
                return Moved(state=at_rest(state, Status.ACTIVE), effects=(code,))
            case present:
                through = _through(definition, state, present, at)
                if through is None:
                    return Moved(state=at_rest(state, Status.ACTIVE))
                state, target = through


def _through(
    definition: Definition, state: State, present: object, at: datetime
) -> tuple[State, str] | None:
    """The state behind a step that asks nobody, and what comes next; None: it asks."""
    match present:
        case Set():
            at_hand = scope(definition, state, at)
            state = passed(
                state, {name: as_answer(rule.value(at_hand)) for name, rule in present.set.items()}
            )
        case Enter():
            return _into(definition, state, present, at), present.start
        case Return():
            at_hand = scope(definition, state, at)
            found = {name: rule.value(at_hand) for name, rule in present.returns.items()}
            state = passed(state, results={present.into: found})
            return state, choose(present.next, scope(definition, state, at, step=present.into))
        case StepUp():
            state = passed(state)
        case Say() | Choice() | Form() | Repeat():
            again = replayed(definition, state, at)
            if again is None:
                return None
            state = replace(passed(again.state, again.values), automatic=0)
        case _:
            return None
    return state, choose(present.next, scope(definition, state, at))


def _into(definition: Definition, state: State, present: Enter, at: datetime) -> State:
    """Into a called flow: its inputs are computed from what the calling one knows."""
    at_hand = scope(definition, state, at)
    given = {f"{state.step}/{name}": rule.value(at_hand) for name, rule in present.with_.items()}
    return replace(passed(state), inputs={**state.inputs, **given})


def passed(
    state: State,
    answers: Mapping[str, Value] | None = None,
    results: Mapping[str, dict[str, Any]] | None = None,
) -> State:
    """The run with its present step behind it, and what that gave."""
    answers, results = answers or {}, results or {}
    before = Passed(
        step=state.step,
        answers={name: state.answers.get(name) for name in answers},
        results={name: state.results.get(name) for name in results},
    )
    return replace(
        state,
        answers={**state.answers, **answers},
        results={**state.results, **results},
        trail=(*_recent(state), before)[-MAX_TRAIL:],
    )


def _recent(state: State) -> tuple[Passed, ...]:
    """The trail, without what lies before too many rounds of the present step."""
    if state.visits[state.step] <= MAX_ROUNDS:
        return state.trail
    passes = [n for n, one in enumerate(state.trail) if one.step == state.step]
    return state.trail if len(passes) < MAX_ROUNDS else state.trail[passes[-MAX_ROUNDS] + 1 :]


def _enter(state: State, target: str) -> State:
    return replace(
        state,
        step=target,
        visits={**state.visits, target: state.visits.get(target, 0) + 1},
        automatic=state.automatic + 1,
        refusals=0,
    )


def at_rest(state: State, status: Status) -> State:
    """A run that a human looks after stays with them while the customer goes on."""
    return state if state.status is Status.WITH_HUMAN else replace(state, status=status)


def perform(
    definition: Definition, state: State, action: Action, at: datetime, *, check: bool
) -> Moved:
    """Ask for the action, or for the check of it; in a crisis nobody waits for more tries."""
    rules, name = action.with_, action.action
    if check and action.on_unknown:
        rules, name = action.on_unknown.with_, action.on_unknown.check
    visit = state.visits[state.step]
    at_hand = scope(definition, state, at)
    sent = {key: rule.value(at_hand) for key, rule in rules.items()}
    effect = PerformAction(
        run=state.run,
        step=state.step,
        visit=visit,
        check=check,
        name=name,
        effect="read" if check else action.effect,
        input={key: value for key, value in sent.items() if not is_sealed(value)},
        sealed={key: value for key, value in sent.items() if is_sealed(value)},
        key=action_key(state.run, state.step, visit, name, sent),
        timeout_s=int(action.timeout),
        retries=0 if definition.crisis_at(state.step) else action.on_error.retry,
    )
    state = replace(state, pending=Pending(step=state.step, visit=visit, check=check))
    return Moved(state=at_rest(state, Status.WAITING), effects=(effect,))


def _wait(state: State, present: Wait, at: datetime) -> Moved:
    lasts = present.wait.for_
    until = None if lasts is None else at + timedelta(seconds=lasts)
    return Moved(state=at_rest(replace(state, until=until), Status.WAITING))


def _is_fresh(state: State, present: StepUp, at: datetime) -> bool:
    proof = state.identity
    if proof is None or proof.level < present.stepup.level:
        return False
    return (at - proof.at).total_seconds() <= present.stepup.max_age


def _hand_off(definition: Definition, state: State, present: Handoff, at: datetime) -> Moved:
    already = state.status is Status.WITH_HUMAN
    state = replace(state, status=Status.WITH_HUMAN, resume_at=present.resume_at)
    if already:
        return Moved(state=state)
    return Moved(state=state, effects=(handed_off(definition, state, present, at),))


def _stuck(definition: Definition, state: State, target: str) -> Moved:
    """A flow that runs in circles: to a human, before it enters `target`."""
    already = state.status is Status.WITH_HUMAN
    state = replace(state, status=Status.WITH_HUMAN, resume_at=target)
    if already:
        return Moved(state=state)
    return Moved(state=state, effects=(stuck(definition, state),))


def _end(state: State, present: End) -> Moved:
    status = Status.SOLVED if present.end == "solved" else Status.ABANDONED
    state = replace(
        state,
        status=status,
        resume_at=None,
        outcome=present.end,
        feedback=present.feedback,
    )
    return Moved(
        state=state,
        effects=(EndEffect(run=state.run, outcome=present.end, feedback=present.feedback),),
    )
