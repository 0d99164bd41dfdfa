"""Do these values fit the step? Then they become an event, the sensitive ones sealed.

Values are checked in the plain, once, here; what does not fit is kept nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from selfservice.definition import Definition
from selfservice.errors import FieldError, InvalidAnswer, NotAllowed
from selfservice.events import Actor, Answered, Started
from selfservice.language import (
    BooleanField,
    ChoiceField,
    DigitsField,
    Field,
    Input,
    MonthYearField,
    NumberField,
    StepUp,
    TextField,
    fields_of,
)
from selfservice.scope import scope
from selfservice.sealed import Seal, Sealed, Value
from selfservice.state import State, blocking

MAX_INPUT = 200

Plain = str | int | float | bool
_CARD_MONTH = re.compile("(0[1-9]|1[0-2]) ?/ ?([0-9]{2})")
_ISO_MONTH = re.compile("20[0-9]{2}-(0[1-9]|1[0-2])")
# 15 digits: beyond them a JSON reader in a browser rounds.
_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,9})?")


class _Refused(ValueError):
    """One value does not fit; becomes the field's error."""

    def __init__(self, key: str, **values: int) -> None:
        super().__init__(key)
        self.error = FieldError(key=key, values=dict(values))


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
) -> Answered:
    """The event for an answer to the present step.

    Raises NotAllowed when the run does not wait for an answer to `step` (a `stepup` is answered by
    proving the identity), InvalidAnswer with an error per field when the values do not fit.
    """
    present = blocking(definition, state)
    if present is None or step != state.step or isinstance(present, StepUp):
        raise NotAllowed("Answered", state.status, state.step, f"no answer to {step!r} is awaited")
    fields = fields_of(step, present)
    errors = {name: FieldError(key="t:err.unknown_field") for name in values.keys() - fields.keys()}
    kept: dict[str, Value] = {}
    for name, field in fields.items():
        try:
            plain = _accepted(field, values.get(name), state, now)
        except _Refused as refused:
            errors[name] = refused.error
        else:
            is_sealed = field.sensitive and plain is not None
            kept[name] = Sealed(token=seal(str(plain))) if is_sealed else plain
    if errors:
        raise InvalidAnswer(step, errors)
    return Answered(at=now, actor=actor, step=step, values=kept)


def _accepted(field: Field, given: Any, state: State, now: datetime) -> Plain | None:
    """The value in the form it is kept in; None where an optional one was left out."""
    if given is None or (isinstance(given, str) and not given.strip()):
        if not field.optional:
            raise _Refused("t:err.required")
        return None
    try:
        plain = _read(field, given)
    except _Refused as refused:
        raise (_Refused(field.error) if field.error and not field.check else refused) from None
    if field.check and not field.check.holds(scope(state, now, value=plain)):
        raise _Refused(field.error or "t:err.invalid")
    return plain


def _read(field: Field, given: Any) -> Plain:
    match field:
        case DigitsField():
            return _digits(given, field.length)
        case MonthYearField():
            return _month(given)
        case TextField():
            return _text(given, field.max, multiline=field.multiline)
        case ChoiceField():
            return _option(given, field.options)
        case BooleanField():
            return _boolean(given)
        case NumberField():
            return _number(given)


def _digits(given: Any, length: int) -> str:
    digits = re.sub("[ -]", "", given) if isinstance(given, str) else ""
    if not re.fullmatch("[0-9]+", digits):
        raise _Refused("t:err.digits_only", length=length)
    if len(digits) != length:
        raise _Refused("t:err.digits_length", length=length)
    return digits


def _month(given: Any) -> str:
    text = given.strip() if isinstance(given, str) else ""
    if _ISO_MONTH.fullmatch(text):
        return text
    if found := _CARD_MONTH.fullmatch(text):
        return f"20{found[2]}-{found[1]}"
    raise _Refused("t:err.month_year")


def _text(given: Any, longest: int, *, multiline: bool) -> str:
    if not isinstance(given, str):
        raise _Refused("t:err.invalid")
    text = given.strip()
    if len(text) > longest:
        raise _Refused("t:err.too_long", max=longest)
    shown = text.replace("\n", "").replace("\t", "") if multiline else text
    if any(ord(character) < 32 or ord(character) == 127 for character in shown):
        raise _Refused("t:err.invalid")
    return text


def _option(given: Any, options: tuple[str, ...]) -> str:
    if not isinstance(given, str) or given not in options:
        raise _Refused("t:err.choose")
    return given


def _boolean(given: Any) -> bool:
    match given:
        case True | "yes" | "true":
            return True
        case False | "no" | "false":
            return False
        case _:
            raise _Refused("t:err.choose")


def _number(given: Any) -> int | float:
    if isinstance(given, bool) or not isinstance(given, str | int | float):
        raise _Refused("t:err.number")
    if isinstance(given, int) and abs(given) >= 10**15:
        raise _Refused("t:err.number")
    text = format(Decimal(str(given)), "f") if isinstance(given, float) else str(given).strip()
    if not _NUMBER.fullmatch(text):
        raise _Refused("t:err.number")
    return float(text) if "." in text else int(text)


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
