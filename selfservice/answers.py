"""Do these values fit the step? Then they become an event, the sensitive ones sealed.

Values are checked in the plain, once, here; what does not fit is kept nowhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec.structs import replace

from selfservice.accepting import accepted
from selfservice.asked import fields_asked
from selfservice.definition import Definition
from selfservice.errors import FieldError, InvalidAnswer, NotAllowed
from selfservice.events import Actor, Answered, Started
from selfservice.language import Input, StepUp, fields_of
from selfservice.sealed import Seal, Sealed, Value
from selfservice.state import State, blocking
from selfservice.uploaded import File, looked_up

MAX_INPUT = 200


def begin(
    definition: Definition,
    run: UUID,
    inputs: Mapping[str, Any],
    now: datetime,
    actor: Actor,
    app: dict[str, Any] | None = None,
) -> Started:
    """The first event of a run. Raises InvalidAnswer with an error per input that does not fit."""
    known = definition.head.inputs
    errors = {name: FieldError(key="t:err.unknown_field") for name in inputs.keys() - known.keys()}
    for name, one in known.items():
        if (key := _input_error(one, inputs.get(name))) is not None:
            errors[name] = FieldError(key=key)
    if errors:
        raise InvalidAnswer("", errors)
    return Started(
        at=now,
        actor=actor,
        run=run,
        flow=definition.flow,
        version=definition.version,
        inputs=dict(inputs),
        app=app or {},
    )


def answer(
    definition: Definition,
    state: State,
    step: str,
    values: Mapping[str, Any],
    seal: Seal,
    now: datetime,
    actor: Actor,
    files: Mapping[str, File] = {},
) -> Answered:
    """The event for an answer to the present step; `files` are the customer's own, by their ids.

    Raises NotAllowed when the run does not wait for an answer to `step` (a `stepup` is answered by
    proving the identity), InvalidAnswer with an error per field when the values do not fit.
    """
    present = blocking(definition, state)
    if present is None or step != state.step or isinstance(present, StepUp):
        raise NotAllowed("Answered", state.status, state.step, f"no answer to {step!r} is awaited")
    fields = fields_asked(definition, state)
    errors = {name: FieldError(key="t:err.unknown_field") for name in values.keys() - fields.keys()}
    kept: dict[str, Value] = dict.fromkeys(fields_of(step, present))
    for name, field in fields.items():
        so_far = replace(state, answers={**state.answers, **kept})
        try:
            given = looked_up(field, values.get(name), files)
            plain = accepted(definition, name, field, given, so_far, now)
        except InvalidAnswer as refused:
            errors |= refused.errors
        else:
            is_secret = field.sensitive and plain is not None
            kept[name] = Sealed(token=seal(str(plain))) if is_secret else plain
    if errors:
        raise InvalidAnswer(step, errors)
    return Answered(at=now, actor=actor, step=step, values=kept)


def _input_error(wanted: Input, given: Any) -> str | None:
    if given is None:
        return None if wanted.optional else "t:err.required"
    match wanted.type:
        case "id" | "text":
            fits = isinstance(given, str) and 0 < len(given) <= MAX_INPUT and given.isprintable()
        case "number":
            fits = isinstance(given, int | float) and not isinstance(given, bool)
        case _:
            fits = isinstance(given, bool)
    return None if fits else "t:err.invalid"
