"""What is different in another version of a flow, and what does it do to runs of the old one?

A run is pinned to the version it began with. Taken to the new one, its log is played there; what
keeps that from being possible is told apart from what only leads elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

import msgspec

from selfservice.checks import placed_targets
from selfservice.definition import KINDS, Source
from selfservice.duration import written
from selfservice.expression import Expression
from selfservice.language import ChoiceField, Field, MultiField, Seconds, Written, fields_of
from selfservice.pattern import Pattern
from selfservice.template import Template


class Effect(StrEnum):
    """What a change does to runs of the old version."""

    BREAKS = "breaks"
    """A run that has been there cannot be played on the new version."""
    LEADS = "leads"
    """It can, and may stand elsewhere afterwards."""
    SHOWS = "shows"
    """It only looks different."""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One difference, at a place of the new version, or of the old where it is gone."""

    place: str
    effect: Effect
    message: str


def changes(old: Source, new: Source) -> Iterator[Change]:
    """Every difference, the head first, then step by step."""
    yield from _values("", _flat(old.head), _flat(new.head))
    for name, one in new.head.inputs.items():
        if name not in old.head.inputs and not one.optional:
            why = "a required input that runs of the old version were not given"
            yield Change(place=f"inputs.{name}", effect=Effect.BREAKS, message=why)
    yield from _steps(old.steps, new.steps)


def _steps(old: Mapping[str, Written], new: Mapping[str, Written]) -> Iterator[Change]:
    gone = [name for name in old if name not in new]
    added = [name for name in new if name not in old]
    for name in gone:
        guess = next((one for one in added if _is_same(old[name], new[one])), None)
        renamed = f"removed; perhaps renamed to `{guess}`" if guess else "removed"
        yield Change(place=f"steps.{name}", effect=Effect.BREAKS, message=renamed)
    for name in added:
        yield Change(place=f"steps.{name}", effect=Effect.SHOWS, message="added")
    for name, step in new.items():
        if name in old:
            yield from _step(name, old[name], step)


def _is_same(one: Written, other: Written) -> bool:
    """Whether two steps say the same, wherever they lead."""
    return type(one) is type(other) and _aside(one) == _aside(other)


def _aside(step: Written) -> dict[str, Any]:
    """What a step says, without where it leads."""
    ways = {key for key, _ in placed_targets(step)}
    return {key: value for key, value in _flat(step).items() if key not in ways}


def _step(name: str, old: Written, new: Written) -> Iterator[Change]:
    place = f"steps.{name}"
    if type(old) is not type(new):
        why = f"`{_kind(old)}` became `{_kind(new)}`"
        yield Change(place=place, effect=Effect.BREAKS, message=why)
        return
    yield from _answers(place, fields_of(name, old), fields_of(name, new))
    yield from _values(f"{place}.", _flat(old), _flat(new))


def _kind(step: Written) -> str:
    return next(name for name, kind in KINDS.items() if isinstance(step, kind))


def _answers(place: str, old: Mapping[str, Field], new: Mapping[str, Field]) -> Iterator[Change]:
    """Answers of the old version that are none of the new."""
    for name, before in old.items():
        after = new.get(name)
        why = "is asked for no more" if after is None else _misfit(before, after)
        if why:
            message = f"the answer `{name}` {why}"
            yield Change(place=place, effect=Effect.BREAKS, message=message)
    for name, after in new.items():
        if name not in old and not after.optional and after.show_if is None:
            why = f"the answer `{name}` is new and required"
            yield Change(place=place, effect=Effect.BREAKS, message=why)


def _misfit(old: Field, new: Field) -> str:
    """Why what was answered before may be no answer now."""
    if type(old) is not type(new):
        return f"was `{old.__struct_config__.tag}` and is `{new.__struct_config__.tag}`"
    if old.sensitive != new.sensitive:
        return "is sealed in one of the versions only"
    if isinstance(old, ChoiceField | MultiField) and isinstance(new, ChoiceField | MultiField):
        gone = [one for one in old.options or () if one not in (new.options or ())]
        return f"can be {', '.join(gone)} no more" if gone else ""
    return "must be given" if old.optional and not new.optional else ""


def _values(prefix: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for key in dict.fromkeys((*new, *old)):
        before, after = old.get(key), new.get(key)
        if before != after:
            message = f"{_shown(before)} -> {_shown(after)}"
            yield Change(place=prefix + key, effect=_effect(key), message=message)


def _effect(key: str) -> Effect:
    """Whether a key decides where a run goes, or only what is shown or sent."""
    leading = r"(next|start|goto|if|else|then|resume_at|done_if|check|show_if|set\..*|for|or_event)"
    leads = re.search(rf"(^|\.|\]\.?){leading}(\[\d+\])?$", key)
    return Effect.LEADS if leads else Effect.SHOWS


def _shown(value: Any) -> str:
    if isinstance(value, Seconds):
        return written(value)
    return "nothing" if value is None else str(value)


def _flat(value: Any, place: str = "") -> dict[str, Any]:
    """Every value in a piece of the flow under its place, defaults left out."""
    match value:
        case Expression() | Pattern() | Template():
            return {place: value.text}
        case msgspec.Struct():
            named = {
                one.encode_name: getattr(value, one.name)
                for one in msgspec.structs.fields(value)
                if one.required or getattr(value, one.name) != _default(one)
            }
            tag = value.__struct_config__
            named |= {tag.tag_field: tag.tag} if tag.tag_field else {}
            return _joined((f"{place}.{key}".removeprefix("."), one) for key, one in named.items())
        case dict():
            return _joined((f"{place}.{key}", one) for key, one in value.items())
        case tuple() if any(isinstance(one, msgspec.Struct) for one in value):
            return _joined((f"{place}[{at}]", one) for at, one in enumerate(value))
        case tuple():
            return {place: ", ".join(map(str, value))}
        case _:
            return {place: value}


def _joined(parts: Iterator[tuple[str, Any]]) -> dict[str, Any]:
    return {key: one for place, value in parts for key, one in _flat(value, place).items()}


def _default(one: msgspec.structs.FieldInfo) -> Any:
    return one.default_factory() if callable(one.default_factory) else one.default
