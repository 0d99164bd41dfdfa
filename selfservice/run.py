"""What does an event do to a run? Pure: no clock, no I/O; time is a field of the event.

`step` moves one event on, `fold` a whole log. Which event a run accepts in which status stands in
ACCEPTS; everything else is NotAllowed and changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec
from msgspec.structs import replace

from selfservice import events
from selfservice.checks import reachable
from selfservice.definition import Definition
from selfservice.effects import Effect, PerformAction, SendCode, action_key
from selfservice.effects import End as EndEffect
from selfservice.errors import NotAllowed
from selfservice.escalation import handed_off, helped, stuck
from selfservice.events import Event
from selfservice.language import (
    Action,
    Blocking,
    End,
    Handoff,
    Set,
    StepUp,
    choose,
    fields_of,
)
from selfservice.scope import scope
from selfservice.sealed import Sealed, Value
from selfservice.state import Failure, Identity, Pending, State, Status, blocking

MAX_AUTOMATIC = 64
"""Steps entered without a person acting; beyond it the run goes to a human."""
MAX_FAILURES = 50
"""Failures kept: enough for an agent to see what happened, bounded for the state's size."""

MAX_CODE = 64
"""Characters of a backend's code that are kept."""

_OPEN = frozenset({Status.ACTIVE, Status.WITH_HUMAN})
_RUNNING = frozenset({Status.ACTIVE, Status.WAITING, Status.WITH_HUMAN})
ACCEPTS: dict[type[Event], frozenset[Status]] = {
    events.Started: frozenset(),
    events.Answered: _OPEN,
    events.Invalid: _OPEN,
    events.Acted: frozenset({Status.WAITING, Status.WITH_HUMAN}),
    events.IdentityProved: _OPEN,
    events.IdentityRefused: _OPEN,
    events.HelpAsked: frozenset({Status.ACTIVE, Status.WAITING}),
    events.HandedBack: frozenset({Status.WITH_HUMAN}),
    events.Cancelled: _RUNNING,
    events.Expired: _RUNNING,
}


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """The run after an event, and what it wants from the world."""

    state: State
    effects: tuple[Effect, ...] = ()


def fold(definition: Definition, log: Iterable[Event]) -> State:
    """The state a log leads to. Raises NotAllowed for a log that could not have happened."""
    state: State | None = None
    for event in log:
        state = step(definition, state, event).state
    if state is None:
        raise NotAllowed("fold", "none", "", "a run begins with Started")
    return state


def step(definition: Definition, state: State | None, event: Event) -> Moved:
    """Move the run on by one event. Raises NotAllowed; then nothing has changed."""
    if state is None:
        return _started(definition, event)
    if state.version != definition.version:
        raise _refusal(state, event, "the run is pinned to another version of the flow")
    if state.status not in ACCEPTS[type(event)]:
        raise _refusal(state, event, "not in this status")
    if isinstance(event, events.Invalid):
        return _invalid(definition, state, event)
    return _move(definition, replace(state, rev=state.rev + 1, updated_at=event.at), event)


def _move(definition: Definition, state: State, event: Event) -> Moved:
    match event:
        case events.Answered():
            return _answered(definition, state, event)
        case events.Acted():
            return _acted(definition, state, event)
        case events.IdentityProved():
            return _proved(definition, state, event)
        case events.IdentityRefused():
            return _refused(definition, state, event)
        case events.HelpAsked():
            return _help_asked(definition, state, event)
        case events.HandedBack():
            return _handed_back(definition, state, event)
        case events.Cancelled():
            return _cancelled(definition, state, event)
        case _:
            return Moved(state=replace(state, status=Status.EXPIRED, pending=None))


def _refusal(state: State, event: Event, reason: str) -> NotAllowed:
    return NotAllowed(type(event).__name__, state.status, state.step, reason)


# --- events -----------------------------------------------------------------------------------


def _started(definition: Definition, event: Event) -> Moved:
    if not isinstance(event, events.Started):
        raise NotAllowed(type(event).__name__, "none", "", "the run has not started")
    if event.version != definition.version:
        raise NotAllowed("Started", "none", "", "another version of the flow")
    inputs = definition.head.inputs
    missing = {name for name, one in inputs.items() if not one.optional} - event.inputs.keys()
    if missing or event.inputs.keys() - inputs.keys():
        named = ", ".join(sorted(missing | (event.inputs.keys() - inputs.keys())))
        raise NotAllowed("Started", "none", "", f"inputs missing or unknown: {named}")
    state = State(
        run=event.run,
        flow=definition.flow,
        version=definition.version,
        rev=1,
        status=Status.ACTIVE,
        step=definition.head.start,
        started_at=event.at,
        updated_at=event.at,
        inputs=event.inputs,
        app=event.app,
    )
    return _go(definition, state, definition.head.start, event.at)


def _answered(definition: Definition, state: State, event: events.Answered) -> Moved:
    present = _present(definition, state, event, event.step)
    fields = fields_of(event.step, present)
    if isinstance(present, StepUp) or event.values.keys() - fields.keys():
        raise _refusal(state, event, "these values do not belong to the step")
    for name, value in event.values.items():
        if fields[name].sensitive and not isinstance(value, Sealed | None):
            raise _refusal(state, event, f"{name} is sensitive and not sealed")
    state = replace(state, answers={**state.answers, **event.values}, notice=None, automatic=0)
    return _go(
        definition, state, choose(present.next, scope(definition, state, event.at)), event.at
    )


def _invalid(definition: Definition, state: State, event: events.Invalid) -> Moved:
    """Keeps `rev`: the customer corrects the same screen."""
    _present(definition, state, event, event.step)
    state = replace(state, updated_at=event.at)
    return Moved(state=_failed(state, event.step, event.step, "INVALID", event.at))


def _acted(definition: Definition, state: State, event: events.Acted) -> Moved:
    if state.pending != Pending(step=event.step, visit=event.visit, check=event.check):
        raise _refusal(state, event, "the run does not wait for this action")
    action = definition.steps[event.step]
    assert isinstance(action, Action)  # noqa: S101 - only actions are ever pending
    state = replace(state, pending=None)
    if event.check:
        return _checked(definition, state, action, event)
    if event.outcome == "ok":
        return _succeeded(definition, state, action, event)
    if event.outcome == "unknown" and action.on_unknown:
        return _perform(definition, state, action, event.at, check=True)
    return _go_wrong(definition, state, action.on_error.then, event)


def _succeeded(definition: Definition, state: State, action: Action, event: events.Acted) -> Moved:
    state = replace(state, results={**state.results, event.step: event.result})
    at_hand = scope(definition, state, event.at, result=event.result)
    if action.effect == "read":
        return _go(definition, state, choose(action.next, at_hand), event.at)
    if action.done_if is None or action.done_if.holds(at_hand):
        state = replace(state, barriers=_with(state.barriers, event.step))
        return _go(definition, state, choose(action.next, at_hand), event.at)
    if isinstance(action.next, str):
        return _go_wrong(definition, state, action.on_error.then, event)
    return _go_wrong(definition, state, choose(action.next, at_hand), event)


def _checked(definition: Definition, state: State, action: Action, event: events.Acted) -> Moved:
    unknown = action.on_unknown
    assert unknown is not None  # noqa: S101 - a check is only performed for an on_unknown
    at_hand = scope(definition, state, event.at, result=event.result)
    if event.outcome != "ok" or not unknown.if_.holds(at_hand):
        return _go_wrong(definition, state, unknown.else_, event)
    state = replace(state, barriers=_with(state.barriers, event.step))
    return _go(definition, state, unknown.goto, event.at)


def _go_wrong(definition: Definition, state: State, target: str, event: events.Acted) -> Moved:
    """Go on after an action that did not do its work, and note whose failure that is.

    Back at a step the customer has seen, or at a human who will hand back there, it is that step's;
    otherwise the action's own.
    """
    seen = state.visits
    moved = _go(definition, state, target, event.at)
    landed = moved.state.resume_at or moved.state.step
    answerable = isinstance(definition.steps[landed], Blocking)
    blamed = landed if answerable and landed in seen else event.step
    state = _failed(moved.state, blamed, event.step, _code(event), event.at)
    if state.status in {Status.ACTIVE, Status.WITH_HUMAN} and moved.state.resume_at is None:
        state = replace(state, notice=state.failures[-1])
    return Moved(state=state, effects=moved.effects)


def _code(event: events.Acted) -> str:
    found = event.result.get("code") if event.outcome == "ok" else event.code
    return found[:MAX_CODE] if isinstance(found, str) and found else event.outcome.upper()


def _proved(definition: Definition, state: State, event: events.IdentityProved) -> Moved:
    present = _present(definition, state, event, event.step)
    if not isinstance(present, StepUp):
        raise _refusal(state, event, "this step does not ask for it")
    if event.level < present.stepup.level or event.method not in present.stepup.methods:
        raise _refusal(state, event, "the level is too low, or the method not one of the step's")
    proof = Identity(level=event.level, method=event.method, at=event.at)
    state = replace(state, identity=proof, refusals=0, notice=None, automatic=0)
    return _go(
        definition, state, choose(present.next, scope(definition, state, event.at)), event.at
    )


def _refused(definition: Definition, state: State, event: events.IdentityRefused) -> Moved:
    present = _present(definition, state, event, event.step)
    if not isinstance(present, StepUp):
        raise _refusal(state, event, "this step does not ask for it")
    state = _failed(state, event.step, event.step, event.code, event.at)
    wrong = event.code == "WRONG"  # a code that came too late is no guess
    state = replace(state, refusals=state.refusals + wrong, notice=state.failures[-1])
    if state.refusals < present.stepup.attempts:
        return Moved(state=state)
    return _go(definition, replace(state, notice=None), present.on_denied.goto, event.at)


def _help_asked(definition: Definition, state: State, event: events.HelpAsked) -> Moved:
    wanted = helped(definition, state)
    if wanted is None:
        raise _refusal(state, event, "the flow has no help")
    return Moved(state=replace(state, status=Status.WITH_HUMAN), effects=(wanted,))


def _handed_back(definition: Definition, state: State, event: events.HandedBack) -> Moved:
    if event.step is not None and event.step != state.step:
        if event.step not in resumable(definition, state):
            raise _refusal(state, event, f"the run cannot go on at {event.step!r}")
        return _resume(definition, state, event.step, event.at)
    if state.resume_at is not None:
        return _resume(definition, state, state.resume_at, event.at)
    status = Status.WAITING if state.pending else Status.ACTIVE
    return Moved(state=replace(state, status=status, automatic=0))


def _resume(definition: Definition, state: State, target: str, at: datetime) -> Moved:
    state = replace(
        state, status=Status.ACTIVE, pending=None, notice=None, resume_at=None, automatic=0
    )
    return _go(definition, state, target, at)


def resumable(definition: Definition, state: State) -> tuple[str, ...]:
    """The steps a human can hand the run back to, in the flow's order.

    Those the customer has already stood at and can answer, and from which no write that has
    happened, or may be happening, would be done again. An automatic step is not among them: a
    hand-back must not jump over the proof of identity before a write.
    """
    done = set(state.barriers)
    if state.pending and _is_writing(definition, state):
        done.add(state.pending.step)
    return tuple(
        name
        for name, one in definition.steps.items()
        if isinstance(one, Blocking)
        and name in state.visits
        and not done & reachable(name, definition.steps)
    )


def _cancelled(definition: Definition, state: State, event: events.Cancelled) -> Moved:
    wanted = definition.head.on.cancel
    if wanted is None or not can_cancel(definition, state):
        raise _refusal(state, event, "the flow has no way out, or a write is on its way")
    state = replace(state, pending=None, notice=None, resume_at=None, automatic=0)
    return _go(definition, state, wanted.goto, event.at)


# --- moving -----------------------------------------------------------------------------------


def _go(definition: Definition, state: State, target: str, at: datetime) -> Moved:
    """Enter `target` and go on until a step waits for somebody or something."""
    while True:
        if state.automatic >= MAX_AUTOMATIC:
            return _stuck(definition, state, target)
        state = _enter(state, target)
        present = definition.steps[target]
        match present:
            case Action():
                return _perform(definition, state, present, at, check=False)
            case Set():
                state = _computed(definition, state, present, at)
                target = choose(present.next, scope(definition, state, at))
            case StepUp() if _is_fresh(state, present, at):
                target = choose(present.next, scope(definition, state, at))
            case StepUp():
                code = SendCode(run=state.run, step=target, level=present.stepup.level)
                return Moved(state=_at_rest(state, Status.ACTIVE), effects=(code,))
            case Handoff():
                return _hand_off(definition, state, present, at)
            case End():
                return _end(state, present)
            case _:
                return Moved(state=_at_rest(state, Status.ACTIVE))


def _enter(state: State, target: str) -> State:
    return replace(
        state,
        step=target,
        visits={**state.visits, target: state.visits.get(target, 0) + 1},
        automatic=state.automatic + 1,
        refusals=0,
    )


def _at_rest(state: State, status: Status) -> State:
    """A run that a human looks after stays with them while the customer goes on."""
    return state if state.status is Status.WITH_HUMAN else replace(state, status=status)


def _perform(
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
        input={key: value for key, value in sent.items() if not isinstance(value, Sealed)},
        sealed={key: value for key, value in sent.items() if isinstance(value, Sealed)},
        key=action_key(state.run, state.step, visit, name, sent),
        timeout_s=int(action.timeout),
        retries=0 if definition.head.crisis else action.on_error.retry,
    )
    state = replace(state, pending=Pending(step=state.step, visit=visit, check=check))
    return Moved(state=_at_rest(state, Status.WAITING), effects=(effect,))


def _computed(definition: Definition, state: State, present: Set, at: datetime) -> State:
    """Every rule sees the answers from before the step."""
    at_hand = scope(definition, state, at)
    found = {name: _as_answer(rule.value(at_hand)) for name, rule in present.set.items()}
    return replace(state, answers={**state.answers, **found})


def _as_answer(value: object) -> Value:
    """An answer is one plain value or a list of texts; what a back end nests deeper is null."""
    if isinstance(value, str | int | float):
        return value
    if isinstance(value, list | tuple) and all(isinstance(one, str) for one in value):
        return list(value)
    return None


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


def can_cancel(definition: Definition, state: State) -> bool:
    """Whether the customer may stop the run now."""
    possible = definition.head.on.cancel is not None and state.status in _RUNNING
    return possible and not _is_writing(definition, state)


# --- small parts ------------------------------------------------------------------------------


def _present(definition: Definition, state: State, event: Event, named: str) -> Blocking:
    present = blocking(definition, state)
    if present is None or named != state.step:
        raise _refusal(state, event, f"the run does not wait for an answer to {named!r}")
    return present


def _failed(state: State, blamed: str, source: str, code: str, at: datetime) -> State:
    failure = Failure(step=blamed, source=source, code=code, at=at)
    return replace(state, failures=(*state.failures, failure)[-MAX_FAILURES:])


def _with(names: tuple[str, ...], name: str) -> tuple[str, ...]:
    return names if name in names else (*names, name)


def _is_writing(definition: Definition, state: State) -> bool:
    """Whether a write is on its way, or nobody knows yet what became of it."""
    pending = definition.steps[state.pending.step] if state.pending else None
    return isinstance(pending, Action) and pending.effect == "write"
