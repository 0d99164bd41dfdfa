"""Where would a run stand if it followed another version of its flow?

Its log is folded again on the other version. Where that leads to the same step with the same
answers, the run can migrate and nobody notices. A run that is forced keeps as much of its log as
the other version can follow. Either is an event of the log, so that a fold of the whole log under
the version named last is still the run's state.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

import msgspec
from msgspec.structs import replace

from selfservice import events
from selfservice.accepting import accepted
from selfservice.asked import fields_asked
from selfservice.definition import Definition
from selfservice.effects import Effect
from selfservice.errors import InvalidAnswer, NotAllowed
from selfservice.events import Event
from selfservice.run import fold, step
from selfservice.sealed import is_sealed
from selfservice.state import State

_T = TypeVar("_T")


class Landing(msgspec.Struct, frozen=True, kw_only=True):
    """What the other version makes of a run's log."""

    state: State
    kept: int
    """So many of its events can be followed."""
    stands_the_same: bool
    """The same step with the same answers and outcome: the run may migrate."""
    stopped_at: str | None
    """The step whose event could not be followed; None: all could."""
    effects: tuple[Effect, ...] = ()
    """What the last event that was followed asks for there."""


def landing(
    definition: Definition,
    log: Sequence[Event],
    state: State,
    renames: Mapping[str, str] | None = None,
) -> Landing | None:
    """Where a run that stands at `state` after `log` would stand on `definition`.

    `renames` are steps and answers that have another name there. None where it could not even
    begin: its inputs do not fit, or it has forgotten an answer.
    """
    renames = renames or {}
    past = [_renamed(event, renames) for event in effective(log)]
    if isinstance(past[0], events.Forgot):
        return None
    try:
        moved = step(definition, None, _begun(past[0], definition))
    except NotAllowed:
        return None
    for kept, event in enumerate(past[1:], 1):
        try:
            _must_fit(definition, moved.state, event)
            moved = step(definition, moved.state, event)
        except (NotAllowed, InvalidAnswer):
            return Landing(
                state=moved.state,
                kept=kept,
                stands_the_same=False,
                stopped_at=str(getattr(event, "step", None) or moved.state.step),
                effects=moved.effects,
            )
    same = _place(moved.state) == _place(state, renames)
    return Landing(
        state=moved.state,
        kept=len(past),
        stands_the_same=same,
        stopped_at=None,
        effects=moved.effects,
    )


def _must_fit(definition: Definition, state: State, event: Event) -> None:
    """Raises InvalidAnswer where an answer of the log would not be taken now."""
    if not isinstance(event, events.Answered) or event.step != state.step:
        return
    for name, field in fields_asked(definition, state).items():
        given = event.values.get(name)
        if not is_sealed(given):
            accepted(definition, name, field, given, state, event.at)


def _place(state: State, renames: Mapping[str, str] = {}) -> tuple[object, ...]:
    """What the customer would notice: where they are, what they said, what is under way."""
    return (
        renames.get(state.step, state.step),
        state.status,
        {renames.get(name, name): one for name, one in state.answers.items() if one is not None},
        state.pending,
        None if state.resume_at is None else renames.get(state.resume_at, state.resume_at),
        state.outcome,
        sorted(renames.get(name, name) for name in state.barriers),
    )


def fold_any(definition: Definition, log: Sequence[Event]) -> State:
    """The state that a log leads to which may have changed its version on the way."""
    past = effective(log)
    if len(past) == len(log):
        return fold(definition, log)
    return fold(definition, [_begun(past[0], definition), *past[1:]])


def effective(log: Sequence[Event]) -> list[Event]:
    """The events that count under the version named last."""
    past: list[Event] = []
    for event in log:
        if isinstance(event, events.Migrated):
            past = [_renamed(one, event.renames) for one in past[: event.kept]]
        elif isinstance(event, events.Forgot):
            past = [event]
        else:
            past.append(event)
    return past


def _begun(event: Event, definition: Definition) -> Event:
    if isinstance(event, events.Started):
        return replace(event, version=definition.version)
    return event


def _renamed(event: Event, renames: Mapping[str, str]) -> Event:
    if not renames:
        return event
    if isinstance(event, events.Answered):
        values = {renames.get(name, name): one for name, one in event.values.items()}
        return replace(event, step=renames.get(event.step, event.step), values=values)
    named = getattr(event, "step", None)
    return event if named is None else replace(event, step=renames.get(named, named))
