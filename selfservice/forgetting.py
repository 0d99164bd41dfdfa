"""When is an answer forgotten, and what is left of the run?

A field's `retain` says how long its answer is kept. After that the answer is null, in the state and
in the log. So that a log can still be folded, the event of forgetting carries the state from which
the fold goes on: what is forgotten cannot be gone through again. What the company's back end was
sent is the company's to forget.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec
from msgspec.structs import replace

from selfservice.definition import Definition
from selfservice.events import Actor, Answered, Event, Forgot
from selfservice.language import Field, fields_of
from selfservice.replaying import changeable
from selfservice.sealed import Value
from selfservice.state import State, Status

NOTHING = msgspec.Raw(b"null")
_state = msgspec.json.Decoder(State).decode


def keeping(
    state: State, fields: Mapping[str, Field], values: Mapping[str, Value], at: datetime
) -> State:
    """The state once these answers were given: until when each is kept."""
    until = {name: one for name, one in state.kept_until.items() if name not in values}
    for name, value in values.items():
        lasts = fields[name].retain
        if value is not None and lasts is not None:
            until[name] = at + timedelta(seconds=lasts)
    forgotten = tuple(name for name in state.forgotten if name not in values)
    return replace(state, kept_until=until, forgotten=forgotten)


def forgets_at(state: State) -> datetime | None:
    """When the next answer is to be forgotten."""
    return min(state.kept_until.values(), default=None)


def forget(state: State, at: datetime) -> Forgot | None:
    """The event that forgets what is due; None: nothing is yet."""
    names = tuple(name for name, until in state.kept_until.items() if until <= at)
    if not names:
        return None
    after = _without(state, names)
    encoded = msgspec.Raw(msgspec.json.encode(after))
    return Forgot(at=at, actor=Actor(kind="system"), names=names, state=encoded)


def after_forgetting(event: Forgot) -> State:
    """The state that the event leaves."""
    return _state(event.state)


def blanked(event: Event, names: tuple[str, ...]) -> Event | None:
    """An older event of the log without these answers; None where it names none of them."""
    if isinstance(event, Forgot):
        return replace(event, state=NOTHING)
    if not isinstance(event, Answered) or not event.values.keys() & set(names):
        return None
    left = {name: None if name in names else one for name, one in event.values.items()}
    return replace(event, values=left)


def asked_again(definition: Definition, state: State) -> str | None:
    """The first step behind the run whose answer was forgotten and is still needed."""
    if state.status is not Status.ACTIVE or not state.forgotten:
        return None
    needed = [
        step
        for step in changeable(definition, state)
        for name, field in fields_of(step, definition.steps[step]).items()
        if name in state.forgotten and not field.optional
    ]
    return needed[-1] if needed else None


def _without(state: State, names: tuple[str, ...]) -> State:
    parked = {key: one for key, one in state.parked.answers.items() if key not in names}
    trail = tuple(
        replace(one, answers={key: None if key in names else v for key, v in one.answers.items()})
        for one in state.trail
    )
    return replace(
        state,
        answers={key: None if key in names else one for key, one in state.answers.items()},
        trail=trail,
        parked=replace(state.parked, answers=parked),
        kept_until={key: one for key, one in state.kept_until.items() if key not in names},
        forgotten=tuple(dict.fromkeys([*state.forgotten, *names])),
    )
