"""What may stand in a flow file, as JSON Schema (2020-12) for editors? Made of the structs.

It says what a reader of one file can know; what a flow means as a whole is for `selfservice.lint`.
"""

from __future__ import annotations

from datetime import datetime
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from msgspec import Meta, Struct
from msgspec.structs import FieldInfo, fields

from selfservice.definition import KINDS, MAX_STEPS
from selfservice.described import meaning, parts_of, said
from selfservice.duration import written
from selfservice.expression import MAX_LENGTH, Expression
from selfservice.language import Choice, ChoiceField, Head, PriorityRule, Rule, Seconds, WaitRule
from selfservice.pattern import MAX_LENGTH as LONGEST_PATTERN
from selfservice.pattern import Pattern
from selfservice.template import MAX_LENGTH as LONGEST_TEMPLATE
from selfservice.template import Template
from selfservice.testing.cases import Cases

_DURATION = "^[1-9][0-9]{0,4}[smhd]$"
_NAME = "^[a-z][a-z0-9_]{0,63}$"
_EITHER: dict[type[Struct], dict[str, Any]] = {
    Rule: {"oneOf": [{"required": ["if", "goto"]}, {"required": ["else"]}]},
    PriorityRule: {"oneOf": [{"required": ["if", "is"]}, {"required": ["else"]}]},
    Choice: {"oneOf": [{"required": ["options"]}, {"required": ["options_from"]}]},
    ChoiceField: {"oneOf": [{"required": ["options"]}, {"required": ["options_from"]}]},
    WaitRule: {"anyOf": [{"required": ["for"]}, {"required": ["or_event"]}]},
}
"""What the structs check when they are made."""
_PLAIN: dict[Any, dict[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    NoneType: {"type": "null"},
    Any: {},
    datetime: {"type": "string", "format": "date-time"},
    Expression: {"type": ["string", "number", "boolean", "null"], "maxLength": MAX_LENGTH},
    Seconds: {"type": "string", "pattern": _DURATION},
    Template: {"type": "string", "maxLength": LONGEST_TEMPLATE},
    Pattern: {"type": "string", "minLength": 1, "maxLength": LONGEST_PATTERN},
}


def flow_schema() -> dict[str, Any]:
    """The schema of a flow file."""
    parts = _parts(Head, *KINDS.values())
    head = parts.pop(Head.__name__)
    kinds = [{"$ref": f"#/$defs/{kind.__name__}"} for kind in KINDS.values()]
    steps = {
        "description": "Each step by its name, with exactly one of the kinds as a key.",
        "type": "object",
        "minProperties": 1,
        "maxProperties": MAX_STEPS,
        "propertyNames": {"pattern": _NAME},
        "additionalProperties": {"oneOf": kinds},
    }
    head["properties"]["steps"] = steps
    head["required"] = [*head["required"], "steps"]
    return {**_opening("A flow of Warmline"), **head, "title": "A flow of Warmline", "$defs": parts}


def tests_schema() -> dict[str, Any]:
    """The schema of a flow's tests file."""
    parts = _parts(Cases)
    cases = parts.pop(Cases.__name__)
    title = "The tests of a flow of Warmline"
    return {**_opening(title), **cases, "title": title, "$defs": parts}


def _opening(title: str) -> dict[str, Any]:
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title}


def _parts(*kinds: type[Struct]) -> dict[str, Any]:
    """The schema of every struct that these need, by its name."""
    found: dict[str, Any] = {}
    waiting = list(kinds)
    while waiting:
        kind = waiting.pop()
        if kind.__name__ not in found:
            found[kind.__name__] = _struct(kind)
            hints = get_type_hints(kind, include_extras=True).values()
            waiting.extend(part for hint in hints for part in parts_of(hint))
    return found


def _struct(kind: type[Struct]) -> dict[str, Any]:
    hints, tag = get_type_hints(kind, include_extras=True), kind.__struct_config__
    keys = {one.encode_name: _key(kind, one, hints[one.name]) for one in fields(kind)}
    required = [one.encode_name for one in fields(kind) if one.required]
    if tag.tag_field:
        keys, required = {tag.tag_field: {"const": tag.tag}, **keys}, [tag.tag_field, *required]
    shape = {"type": "object", "properties": keys, "required": required}
    closed = {"additionalProperties": False, "description": meaning(kind)}
    return {**shape, **closed, **_EITHER.get(kind, {})}


def _key(kind: type[Struct], one: FieldInfo, hint: Any) -> dict[str, Any]:
    shape = _shape(hint)
    if text := said(kind, one.name):
        shape["description"] = text
    match one.default:
        case Seconds() as value:
            shape["default"] = written(value)
        case bool() | int() | str() as value:
            shape["default"] = value
    return shape


def _shape(hint: Any) -> dict[str, Any]:
    if isinstance(hint, type):
        is_struct = issubclass(hint, Struct)
        return {"$ref": f"#/$defs/{hint.__name__}"} if is_struct else dict(_PLAIN[hint])
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        limits = [_limits(one, arguments[0]) for one in arguments[1:] if isinstance(one, Meta)]
        return {
            **_shape(arguments[0]),
            **{key: one for some in limits for key, one in some.items()},
        }
    if origin is Literal:
        return {"enum": list(arguments)}
    if origin in {Union, UnionType}:
        return {"anyOf": [_shape(one) for one in arguments]}
    if origin is tuple:
        return {"type": "array", "items": _shape(arguments[0])}
    if origin is dict:
        names, values = _shape(arguments[0]), _shape(arguments[1])
        return {"type": "object", "propertyNames": names, "additionalProperties": values}
    return {}


def _limits(meta: Meta, hint: Any) -> dict[str, Any]:
    """What is said of a value in addition; a length counts characters, items or keys."""
    of = {tuple: "Items", dict: "Properties"}.get(get_origin(hint), "Length")
    found = {
        "minimum": meta.ge,
        "maximum": meta.le,
        "pattern": meta.pattern,
        f"min{of}": meta.min_length,
        f"max{of}": meta.max_length,
    }
    return {key: one for key, one in found.items() if one is not None}
