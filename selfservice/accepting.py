"""Does this value fit its field? Then this is the form it is kept in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from selfservice.definition import Definition
from selfservice.errors import FieldError, InvalidAnswer, Refused
from selfservice.language import AddressField, Field, ListField, SignatureField
from selfservice.reading import Plain, read
from selfservice.scope import scope
from selfservice.sealed import Value
from selfservice.state import State


def accepted(
    definition: Definition, name: str, field: Field, given: Any, state: State, now: datetime
) -> Value:
    """The value as an answer; null where an optional one was left out.

    Raises InvalidAnswer, for a list with an error for each field of each entry: `people[0].age`.
    """
    if isinstance(field, ListField):
        return _entries(definition, name, field, given, state, now)
    try:
        return _accepted(definition, field, given, state, now)
    except Refused as refused:
        raise InvalidAnswer(state.step, refused.at(name)) from None


def _accepted(
    definition: Definition, field: Field, given: Any, state: State, now: datetime
) -> Value:
    if _is_empty(field, given):
        if not field.optional:
            raise Refused("t:err.required")
        return None
    try:
        plain = read(field, given)
    except Refused as refused:
        own = field.error if refused.is_whole and not field.check else None
        raise (Refused(own) if own else refused) from None
    if field.check and not field.check.holds(scope(definition, state, now, value=plain)):
        raise Refused(field.error or "t:err.invalid")
    return _signed(plain, now) if isinstance(field, SignatureField) else plain


def _is_empty(field: Field, given: Any) -> bool:
    if isinstance(field, AddressField) and isinstance(given, dict):
        return all(_is_blank(part) for part in given.values())
    return _is_blank(given)


def _is_blank(given: Any) -> bool:
    return given in (None, []) or (isinstance(given, str) and not given.strip())


def _signed(plain: Plain, now: datetime) -> Value:
    """A signature is kept with its time."""
    return {"at": now.isoformat(), **plain} if isinstance(plain, dict) else plain


def _entries(
    definition: Definition, name: str, field: ListField, given: Any, state: State, now: datetime
) -> Value:
    entries = [] if given is None else given
    if not isinstance(entries, list) or not all(isinstance(one, dict) for one in entries):
        raise InvalidAnswer(state.step, {name: FieldError(key="t:err.invalid")})
    if not field.min <= len(entries) <= field.max:
        limits: dict[str, Any] = {"min": field.min, "max": field.max}
        raise InvalidAnswer(state.step, {name: FieldError(key="t:err.entries", values=limits)})
    errors: dict[str, FieldError] = {}
    kept = [
        _entry(definition, f"{name}[{index}]", field.fields, one, state, now, errors)
        for index, one in enumerate(entries)
    ]
    if errors:
        raise InvalidAnswer(state.step, errors)
    return kept


def _entry(
    definition: Definition,
    place: str,
    fields: Mapping[str, Field],
    given: dict[str, Any],
    state: State,
    now: datetime,
    errors: dict[str, FieldError],
) -> dict[str, Value]:
    """One entry of a list; what does not fit goes into `errors`."""
    for name in given.keys() - fields.keys():
        errors[f"{place}.{name}"] = FieldError(key="t:err.unknown_field")
    kept: dict[str, Value] = {}
    for name, field in fields.items():
        try:
            kept[name] = _accepted(definition, field, given.get(name), state, now)
        except Refused as refused:
            errors |= refused.at(f"{place}.{name}")
    return kept
