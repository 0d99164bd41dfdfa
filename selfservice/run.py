"""What does an event do to a run? Pure: no clock, no I/O; time is a field of the event.

`step` moves one event on, `fold` a whole log. Which event a run accepts in which status stands in
ACCEPTS; everything else is NotAllowed and changes nothing. Where a run goes is decided in `moving`,
what a back end's answer means in `acting`, what going back undoes in `replaying`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from msgspec.structs import replace

from selfservice import events
from selfservice.acting import acted, failed
from selfservice.checks import reachable
from selfservice.definition import Definition
from selfservice.effects import Tell
from selfservice.errors import NotAllowed
from selfservice.escalation import helped
from selfservice.events import Event
from selfservice.forgetting import after_forgetting, keeping
from selfservice.language import Action, Blocking, StepUp, Wait, choose, fields_of
from selfservice.moving import Moved, go, passed
from selfservice.replaying import changeable, stale_read, undone, unparked
from selfservice.scope import scope
from selfservice.sealed import is_sealed
from selfservice.state import Identity, State, Status, blocking, refusal, wakes_at

_OPEN = frozenset({Status.ACTIVE, Status.WITH_HUMAN})
_RESTING = frozenset({Status.WAITING, Status.WITH_HUMAN})
_RUNNING = frozenset({Status.ACTIVE, Status.WAITING, Status.WITH_HUMAN})
ACCEPTS: dict[type[Event], frozenset[Status]] = {
    events.Started: frozenset(),
    events.Answered: _OPEN,
    events.Invalid: _OPEN,
    events.Acted: _RESTING,
    events.IdentityProved: _OPEN,
    events.IdentityRefused: _OPEN,
    events.HelpAsked: frozenset({Status.ACTIVE, Status.WAITING}),
    events.HandedBack: frozenset({Status.WITH_HUMAN}),
    events.Cancelled: _RUNNING,
    events.Expired: _RUNNING,
    events.Reopened: _OPEN,
    events.Woke: _RESTING,
    events.Nudged: frozenset({Status.ACTIVE}),
    events.Forgot: frozenset(Status),
    events.Migrated: frozenset(),  # not step by step: selfservice.versions folds such a log
}


def fold(definition: Definition, log: Iterable[Event]) -> State:
    """The state a log leads to. Raises NotAllowed for a log that could not have happened."""
    state: State | None = None
    for event in remembered(log):
        state = step(definition, state, event).state
    if state is None:
        raise NotAllowed("fold", "none", "", "a run begins with Started")
    return state


def remembered(log: Iterable[Event]) -> list[Event]:
    """The log from where something was last forgotten; before that it cannot be folded."""
    found: list[Event] = []
    for event in log:
        if isinstance(event, events.Forgot):
            found.clear()
        found.append(event)
    return found


def step(definition: Definition, state: State | None, event: Event) -> Moved:
    """Move the run on by one event. Raises NotAllowed; then nothing has changed."""
    if state is None and isinstance(event, events.Forgot):
        return Moved(state=after_forgetting(event))
    if state is None:
        return _started(definition, event)
    if state.version != definition.version:
        raise refusal(state, event, "the run is pinned to another version of the flow")
    if state.status not in ACCEPTS[type(event)]:
        raise refusal(state, event, "not in this status")
    if isinstance(event, events.Forgot):
        return Moved(state=after_forgetting(event))
    if isinstance(event, events.Nudged):
        return _nudged(definition, state, event)
    state = replace(state, nudged=False)
    if isinstance(event, events.Invalid):
        return _invalid(definition, state, event)
    return _move(definition, replace(state, rev=state.rev + 1, updated_at=event.at), event)


def _move(definition: Definition, state: State, event: Event) -> Moved:
    match event:
        case events.Answered():
            return _answered(definition, state, event)
        case events.Acted():
            return acted(definition, state, event)
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
        case events.Reopened():
            return _reopened(definition, state, event)
        case events.Woke():
            return _woke(definition, state, event)
        case _:
            return Moved(state=replace(state, status=Status.EXPIRED, pending=None, until=None))


# --- the customer ------------------------------------------------------------------------------


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
    return go(definition, state, definition.head.start, event.at)


def _answered(definition: Definition, state: State, event: events.Answered) -> Moved:
    present = _present(definition, state, event, event.step)
    fields = fields_of(event.step, present)
    if isinstance(present, StepUp) or event.values.keys() - fields.keys():
        raise refusal(state, event, "these values do not belong to the step")
    for name, value in event.values.items():
        if fields[name].sensitive and not (value is None or is_sealed(value)):
            raise refusal(state, event, f"{name} is sensitive and not sealed")
    state = unparked(passed(state, event.values), event.step, tuple(event.values))
    state = keeping(state, fields, event.values, event.at)
    return _on(definition, state, present, event.at)


def _on(definition: Definition, state: State, present: Blocking | Wait, at: datetime) -> Moved:
    """Past a step that waited, to what comes next."""
    state = replace(state, notice=None, automatic=0)
    return go(definition, state, choose(present.next, scope(definition, state, at)), at)


def _invalid(definition: Definition, state: State, event: events.Invalid) -> Moved:
    """Keeps `rev`: the customer corrects the same screen."""
    _present(definition, state, event, event.step)
    state = replace(state, updated_at=event.at)
    return Moved(state=failed(state, event.step, event.step, "INVALID", event.at))


def _proved(definition: Definition, state: State, event: events.IdentityProved) -> Moved:
    present = _present(definition, state, event, event.step)
    if not isinstance(present, StepUp):
        raise refusal(state, event, "this step does not ask for it")
    if event.level < present.stepup.level or event.method not in present.stepup.methods:
        raise refusal(state, event, "the level is too low, or the method not one of the step's")
    proof = Identity(level=event.level, method=event.method, at=event.at)
    state = passed(replace(state, identity=proof, refusals=0))
    return _on(definition, state, present, event.at)


def _refused(definition: Definition, state: State, event: events.IdentityRefused) -> Moved:
    present = _present(definition, state, event, event.step)
    if not isinstance(present, StepUp):
        raise refusal(state, event, "this step does not ask for it")
    state = failed(state, event.step, event.step, event.code, event.at)
    refusals = state.refusals + (event.code in events.GUESSES)
    state = replace(state, refusals=refusals, notice=state.failures[-1])
    if state.refusals < present.stepup.attempts:
        return Moved(state=state)
    return go(definition, replace(state, notice=None), present.on_denied.goto, event.at)


def _cancelled(definition: Definition, state: State, event: events.Cancelled) -> Moved:
    target = definition.cancel_at(state.step)
    if target is None or not can_cancel(definition, state):
        raise refusal(state, event, "the flow has no way out, or a write is on its way")
    state = replace(state, pending=None, notice=None, resume_at=None, until=None, automatic=0)
    return go(definition, state, target, event.at)


def can_cancel(definition: Definition, state: State) -> bool:
    """Whether the customer may stop the run now."""
    possible = definition.cancel_at(state.step) is not None and state.status in _RUNNING
    return possible and not _is_writing(definition, state)


def _reopened(definition: Definition, state: State, event: events.Reopened) -> Moved:
    """Back to an earlier answer, or to a read that is too old; what still fits is kept."""
    stale = stale_read(definition, state, event.at)
    if event.step != stale and event.step not in changeable(definition, state):
        raise refusal(state, event, f"the run cannot go back to {event.step!r}")
    state = undone(definition, state, event.step, replay=True)
    return go(definition, replace(state, notice=None, automatic=0), event.step, event.at)


# --- a human -----------------------------------------------------------------------------------


def _help_asked(definition: Definition, state: State, event: events.HelpAsked) -> Moved:
    wanted = helped(definition, state)
    if wanted is None:
        raise refusal(state, event, "the flow has no help")
    return Moved(state=replace(state, status=Status.WITH_HUMAN), effects=(wanted,))


def _handed_back(definition: Definition, state: State, event: events.HandedBack) -> Moved:
    if event.step is not None and event.step != state.step:
        if event.step not in resumable(definition, state):
            raise refusal(state, event, f"the run cannot go on at {event.step!r}")
        return _resume(definition, state, event.step, event.at)
    if state.resume_at is not None:
        return _resume(definition, state, state.resume_at, event.at)
    rests = state.pending or isinstance(definition.steps[state.step], Wait)
    status = Status.WAITING if rests else Status.ACTIVE
    return Moved(state=replace(state, status=status, automatic=0))


def _resume(definition: Definition, state: State, target: str, at: datetime) -> Moved:
    """Go on at a step that was passed: what followed from it is undone, and asked again."""
    state = undone(definition, state, target, replay=False)
    state = replace(
        state,
        status=Status.ACTIVE,
        pending=None,
        notice=None,
        resume_at=None,
        until=None,
        automatic=0,
    )
    return go(definition, state, target, at)


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


# --- time --------------------------------------------------------------------------------------


def _woke(definition: Definition, state: State, event: events.Woke) -> Moved:
    present = definition.steps[state.step]
    here = (state.step, state.visits[state.step])
    if not isinstance(present, Wait) or (event.step, event.visit) != here:
        raise refusal(state, event, "the run does not wait there")
    if event.event is None and (state.until is None or event.at < state.until):
        raise refusal(state, event, "its time has not come")
    if event.event is not None and event.event != present.wait.or_event:
        raise refusal(state, event, "it waits for another event")
    found = {"event": event.event, "data": event.data}
    state = passed(replace(state, until=None), results={event.step: found})
    moved = _on(definition, state, present, event.at)
    if event.event is not None or present.wait.push is None:
        return moved
    told = Tell(run=state.run, text=present.wait.push)
    return Moved(state=moved.state, effects=(*moved.effects, told))


def _nudged(definition: Definition, state: State, event: events.Nudged) -> Moved:
    """Keeps `rev` and the time: the run lies as still as before."""
    idle, due = definition.idle_at(state.step), wakes_at(definition, state)
    if idle is None or due is None or event.at < due:
        raise refusal(state, event, "no reminder is due")
    told = Tell(run=state.run, text=idle.push)
    return Moved(state=replace(state, nudged=True), effects=(told,))


# --- small parts -------------------------------------------------------------------------------


def _present(definition: Definition, state: State, event: Event, named: str) -> Blocking:
    present = blocking(definition, state)
    if present is None or named != state.step:
        raise refusal(state, event, f"the run does not wait for an answer to {named!r}")
    return present


def _is_writing(definition: Definition, state: State) -> bool:
    """Whether a write is on its way, or nobody knows yet what became of it."""
    pending = definition.steps[state.pending.step] if state.pending else None
    return isinstance(pending, Action) and pending.effect == "write"
