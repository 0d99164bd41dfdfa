"""What does the outcome of a back-end call do to a run?"""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from selfservice import events
from selfservice.definition import Definition
from selfservice.language import Action, Blocking, choose
from selfservice.moving import Moved, go, passed, perform
from selfservice.scope import scope
from selfservice.state import Failure, Pending, State, Status, refusal

MAX_FAILURES = 50
"""Failures kept: enough for an agent to see what happened, bounded for the state's size."""

MAX_CODE = 64
"""Characters of a back end's code that are kept."""


def acted(definition: Definition, state: State, event: events.Acted) -> Moved:
    """The call came to an end. Raises NotAllowed where the run does not wait for it."""
    if state.pending != Pending(step=event.step, visit=event.visit, check=event.check):
        raise refusal(state, event, "the run does not wait for this action")
    action = definition.steps[event.step]
    assert isinstance(action, Action)  # noqa: S101 - only actions are ever pending
    state = replace(state, pending=None)
    if event.check:
        return _checked(definition, state, action, event)
    if event.outcome == "ok":
        return _succeeded(definition, state, action, event)
    if event.outcome == "unknown" and action.on_unknown:
        return perform(definition, state, action, event.at, check=True)
    return _go_wrong(definition, state, action.on_error.then, event)


def _succeeded(definition: Definition, state: State, action: Action, event: events.Acted) -> Moved:
    state = passed(state, results={event.step: event.result})
    at_hand = scope(definition, state, event.at, result=event.result)
    if action.effect == "read":
        if action.fresh_for:
            state = replace(state, read_at={**state.read_at, event.step: event.at})
        return go(definition, state, choose(action.next, at_hand), event.at)
    if action.done_if is None or action.done_if.holds(at_hand):
        state = replace(_walled(state), barriers=_with(state.barriers, event.step))
        return go(definition, state, choose(action.next, at_hand), event.at)
    if isinstance(action.next, str):
        return _go_wrong(definition, state, action.on_error.then, event)
    return _go_wrong(definition, state, choose(action.next, at_hand), event)


def _checked(definition: Definition, state: State, action: Action, event: events.Acted) -> Moved:
    unknown = action.on_unknown
    assert unknown is not None  # noqa: S101 - a check is only performed for an on_unknown
    at_hand = scope(definition, state, event.at, result=event.result)
    happened = event.outcome == "ok" and unknown.if_.holds(at_hand)
    state = _walled(passed(state))  # also where nobody knows: it is never done twice
    if not happened:
        if event.outcome != "ok":  # it is the write that is unknown, not the check that failed
            event = replace(event, outcome="unknown", code=None)
        return _go_wrong(definition, state, unknown.else_, event)
    state = replace(state, barriers=_with(state.barriers, event.step))
    return go(definition, state, unknown.goto, event.at)


def _walled(state: State) -> State:
    """Nothing up to the step that was passed last can be undone any more."""
    return replace(state, trail=(*state.trail[:-1], replace(state.trail[-1], is_wall=True)))


def _go_wrong(definition: Definition, state: State, target: str, event: events.Acted) -> Moved:
    """Go on after an action that did not do its work, and note whose failure that is.

    Back at a step the customer has seen, or at a human who will hand back there, it is that step's;
    otherwise the action's own.
    """
    seen = state.visits
    moved = go(definition, state, target, event.at)
    landed = moved.state.resume_at or moved.state.step
    answerable = isinstance(definition.steps[landed], Blocking)
    blamed = landed if answerable and landed in seen else event.step
    state = failed(moved.state, blamed, event.step, _code(event), event.at)
    if state.status in {Status.ACTIVE, Status.WITH_HUMAN} and moved.state.resume_at is None:
        state = replace(state, notice=state.failures[-1])
    return Moved(state=state, effects=moved.effects)


def _code(event: events.Acted) -> str:
    found = event.result.get("code") if event.outcome == "ok" else event.code
    return found[:MAX_CODE] if isinstance(found, str) and found else event.outcome.upper()


def failed(state: State, blamed: str, source: str, code: str, at: datetime) -> State:
    """The run with one more failure."""
    failure = Failure(step=blamed, source=source, code=code, at=at)
    return replace(state, failures=(*state.failures, failure)[-MAX_FAILURES:])


def _with(names: tuple[str, ...], name: str) -> tuple[str, ...]:
    return names if name in names else (*names, name)
