"""What becomes of answers when a customer goes back and changes an earlier one?

Going back undoes the steps behind the one that is changed: what they gave is parked, so that no
rule sees the answers of a way that is not taken any more. Going on again, a step whose parked
answers still fit is not asked anew. So the run stands where it would stand had the changed answer
been given at first (the replay of smart-answers, made on the state instead of the whole log).
"""

from __future__ import annotations

from datetime import datetime

import msgspec
from msgspec.structs import replace

from selfservice.accepting import accepted
from selfservice.asked import fields_asked
from selfservice.definition import Definition
from selfservice.errors import InvalidAnswer
from selfservice.language import Action, Choice, Form, Repeat, Say, SignatureField, fields_of
from selfservice.sealed import Value, is_sealed
from selfservice.state import FINAL, Parked, State, blocking

Undoable = Say | Choice | Form | Repeat


def changeable(definition: Definition, state: State) -> tuple[str, ...]:
    """The steps a customer can go back to, the latest first; none past a write that happened."""
    if blocking(definition, state) is None:
        return ()
    found: list[str] = []
    for one in reversed(state.trail):
        if one.is_wall:
            break
        if one.step != state.step and isinstance(definition.steps[one.step], Undoable):
            found.append(one.step)
    return tuple(dict.fromkeys(found))


def stale_read(definition: Definition, state: State, at: datetime) -> str | None:
    """The first read on the way here whose result is older than its `fresh_for`."""
    if state.status in FINAL or blocking(definition, state) is None:
        return None
    found = None
    for one in reversed(state.trail):
        if one.is_wall:
            break
        step, read_at = definition.steps[one.step], state.read_at.get(one.step)
        if isinstance(step, Action) and step.fresh_for and read_at:
            old = (at - read_at).total_seconds() > step.fresh_for
            found = one.step if old else found
    return found


def undone(definition: Definition, state: State, to: str, *, replay: bool) -> State:
    """The state from before `to` was last passed; unchanged where it was not passed.

    `replay`: steps behind it whose answers still fit are not asked again.
    """
    index = max((n for n, one in enumerate(state.trail) if one.step == to), default=None)
    if index is None:
        return state
    answers, results = dict(state.answers), dict(state.results)
    cut: dict[str, Value] = {}
    for one in reversed(state.trail[index:]):
        for name, before in one.answers.items():
            cut.setdefault(name, answers.pop(name, None))
            answers |= {} if before is None else {name: before}
        for name, result in one.results.items():
            results.pop(name, None)
            results |= {} if result is None else {name: result}
    behind = dict.fromkeys(one.step for one in state.trail[index + 1 :])
    steps = [name for name in behind if isinstance(definition.steps[name], Undoable)]
    return replace(
        state,
        answers=answers,
        results=results,
        trail=state.trail[:index],
        parked=Parked(
            answers={k: v for k, v in {**state.parked.answers, **cut}.items() if v is not None},
            steps=tuple(dict.fromkeys([*state.parked.steps, *steps])) if replay else (),
        ),
    )


class Again(msgspec.Struct, frozen=True, kw_only=True):
    """Answers that were given before and still fit the present step."""

    state: State
    values: dict[str, Value]


def replayed(definition: Definition, state: State, at: datetime) -> Again | None:
    """The parked answers to the present step; None where it must be asked."""
    if state.step not in state.parked.steps:
        return None
    values: dict[str, Value] = dict.fromkeys(fields_of(state.step, definition.steps[state.step]))
    for name, field in fields_asked(definition, state).items():
        kept = state.parked.answers.get(name)
        if isinstance(field, SignatureField):  # of something that may be another thing now
            return None
        if kept is None and field.optional:
            continue
        if is_sealed(kept):
            if field.check:  # nobody can check it again
                return None
            values[name] = kept
            continue
        so_far = replace(state, answers={**state.answers, **values})
        try:
            values[name] = accepted(definition, name, field, kept, so_far, at)
        except InvalidAnswer:
            return None
    return Again(state=unparked(state, state.step, tuple(values)), values=values)


def unparked(state: State, step: str, names: tuple[str, ...]) -> State:
    """Without what was parked of a step: it has been answered again."""
    parked = state.parked
    if not parked.steps and not parked.answers:
        return state
    return replace(
        state,
        parked=Parked(
            answers={name: one for name, one in parked.answers.items() if name not in names},
            steps=tuple(name for name in parked.steps if name != step),
        ),
    )
