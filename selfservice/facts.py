"""What do a run's answers tell of the customer, and which of its questions are answered already?"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from selfservice.asked import fields_asked
from selfservice.definition import Definition
from selfservice.events import Answered, Event, Started
from selfservice.language import Field, fields_of
from selfservice.sealed import Single, is_sealed
from selfservice.showing import as_typed
from selfservice.state import State


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is known from now on; sensitive values stay sealed."""

    key: str
    value: Single


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """A field of the present step that asks for a fact."""

    name: str
    key: str
    max_age: int
    field: Field


Known = Callable[[str, int], Single]
"""What is known under a key and not older than so many seconds; None: nothing."""


def told(definition: Definition, event: Event) -> list[Told]:
    """What this event tells; values that were left empty tell nothing."""
    match event:
        case Started():
            inputs = definition.head.inputs
            pairs = [(inputs[name].fact, value) for name, value in event.inputs.items()]
        case Answered():
            fields = fields_of(event.step, definition.steps[event.step])
            pairs = [(fields[name].fact, value) for name, value in event.values.items()]
        case _:
            return []
    return [
        Told(key=key, value=value)
        for key, value in pairs
        if key and value is not None and (is_sealed(value) or not isinstance(value, list | dict))
    ]


def questions(definition: Definition, state: State) -> list[Question]:
    """The fields of the present step that ask for facts."""
    return [
        Question(name=name, key=field.fact, max_age=field.max_age, field=field)
        for name, field in fields_asked(definition, state).items()
        if field.fact
    ]


def filled_in(asked: list[Question], known: Known) -> dict[str, str]:
    """Field -> what to fill it with, for those whose answer is known and can be shown."""
    return dict(_filled(asked, known))


def in_vain(asked: list[Question], known: Known) -> list[str]:
    """Keys that are asked for though they are known, because they cannot be filled in."""
    filled = filled_in(asked, known)
    return [
        one.key
        for one in asked
        if known(one.key, one.max_age) is not None and one.name not in filled
    ]


def _filled(asked: list[Question], known: Known) -> Iterator[tuple[str, str]]:
    for one in asked:
        text = as_typed(one.field, known(one.key, one.max_age))
        if text is not None:
            yield one.name, text
