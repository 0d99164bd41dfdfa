"""Are names compared with what they can be? An option that is spelled wrongly never is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from selfservice.checks import Use, uses
from selfservice.definition import Source
from selfservice.finding import Finding
from selfservice.language import (
    AddressField,
    ChoiceField,
    Field,
    Form,
    Input,
    ItemField,
    ListField,
    MoneyField,
    MultiField,
    NumberField,
    Repeat,
    Set,
    SignatureField,
    UploadField,
    fields_of,
)
from selfservice.reading import taken
from selfservice.syntax import Comparison, Constant, comparisons

_EQUALITY = {"==", "!=", "in", "not in"}


class _Kinds(msgspec.Struct, frozen=True, kw_only=True):
    """What can be given under each name; a name of `open` can be anything."""

    answers: Mapping[str, list[Field]]
    inputs: Mapping[str, Input]
    lists: Mapping[str, tuple[str, ...]]
    open: frozenset[str]

    @classmethod
    def of(cls, source: Source) -> _Kinds:
        answers: dict[str, list[Field]] = {}
        for name, step in source.steps.items():
            for answer, field in fields_of(name, step).items():
                answers.setdefault(answer, []).append(field)
        sets = [step.set for step in source.steps.values() if isinstance(step, Set)]
        return cls(
            answers=answers,
            inputs=source.head.inputs,
            lists=source.head.lists,
            open=frozenset(name for one in sets for name in one),
        )


def comparison_findings(source: Source) -> Iterator[Finding]:
    """Every comparison that cannot be meant."""
    kinds = _Kinds.of(source)
    for use in uses(source.steps):
        for one in comparisons(use.rule.text):
            for problem in _problems(one, kinds, _value_of(use, source)):
                yield Finding(code="E011", place=use.place, message=problem)


def _value_of(use: Use, source: Source) -> list[Field]:
    """The field whose `check` this is: it is `value` there."""
    parts = use.place.split(".")
    step = source.steps[parts[1]]
    return (
        [step.fields[parts[3]]] if isinstance(step, Form | Repeat) and parts[-1] == "check" else []
    )


def _problems(one: Comparison, kinds: _Kinds, value: list[Field]) -> Iterator[str]:
    match one.name:
        case ("value",):
            yield from _of_fields(one, value, kinds)
        case ("answers", name) if name not in kinds.open:
            yield from _of_fields(one, kinds.answers.get(name, []), kinds)
        case ("inputs", name) if name in kinds.inputs:
            yield from _of_input(one, kinds.inputs[name])


def _of_fields(one: Comparison, fields: list[Field], kinds: _Kinds) -> Iterator[str]:
    if not fields:
        return
    constants = [value for value in one.constants if value is not None]
    for value in constants:
        if not any(_fits(one, field, value) for field in fields):
            yield f"`{'.'.join(one.name)}` is never {_shown(value)}{_instead(fields)}"
    match one.other:
        case ("lists", name) if one.operator in {"in", "not in"} and not one.contains:
            items = kinds.lists.get(name, ())
            if not any(_fits(one, field, item) for field in fields for item in items):
                yield f"`{'.'.join(one.name)}` is never one of `lists.{name}`{_instead(fields)}"


_Parts = ListField | ItemField | AddressField | UploadField | SignatureField


def _fits(one: Comparison, field: Field, value: Constant) -> bool:
    """Whether the field can hold the value; for an order, whether both are of one kind."""
    if isinstance(field, _Parts) or _is_item(field):
        return False
    if isinstance(field, MultiField):
        return one.contains and value in field.options
    if one.contains:
        return isinstance(value, str) and not isinstance(field, NumberField | MoneyField)
    if isinstance(field, NumberField | MoneyField):
        return isinstance(value, int | float) and not isinstance(value, bool)
    if one.operator not in _EQUALITY:
        return isinstance(value, str)
    found = taken(field, value)
    return found == value and isinstance(found, bool) == isinstance(value, bool)


def _is_item(field: Field) -> bool:
    return isinstance(field, ChoiceField) and field.options is None


def _of_input(one: Comparison, wanted: Input) -> Iterator[str]:
    kind = {"number": int | float, "boolean": bool}.get(wanted.type, str)
    for value in one.constants:
        is_bool = isinstance(value, bool)
        if value is not None and (not isinstance(value, kind) or is_bool != (kind is bool)):
            yield f"`{'.'.join(one.name)}` is of type `{wanted.type}`, never {_shown(value)}"


def _shown(value: Constant) -> str:
    return msgspec.json.encode(value).decode()


def _instead(fields: list[Field]) -> str:
    """What it can be: the options, or the field's type."""
    options = [
        option
        for field in fields
        if isinstance(field, ChoiceField | MultiField)
        for option in field.options or ()
    ]
    if options:
        return f"; its options are {', '.join(dict.fromkeys(options))}"
    types = dict.fromkeys(str(field.__struct_config__.tag) for field in fields)
    return f"; its type is `{', '.join(types)}`"
