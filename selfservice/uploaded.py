"""Which files does an answer name, and are they the customer's own?

On the wire a file is its id in a list, `["0198..."]`: for an `upload` up to `max` of them, for a
`signature` one, its picture. The edge looks up which of the ids are the customer's own; here they
take the place of the ids, so that nothing else that a customer sends is ever taken for a file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from selfservice.language import Field, ListField, SignatureField, UploadField
from selfservice.reading_files import FILE_KEYS
from selfservice.state import State


class File(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was sent up, as its content shows it; `size` in bytes."""

    id: str
    name: str
    type: str
    size: int


def named(fields: Mapping[str, Field], values: Mapping[str, Any]) -> set[str]:
    """The ids in the answers to fields that take files."""
    return {one for name, field in fields.items() for one in _ids(field, values.get(name))}


def looked_up(field: Field, given: Any, own: Mapping[str, File]) -> Any:
    """What was given, with the customer's own files in place of their ids.

    What names no own file becomes null, which no field takes for a file.
    """
    match field, given:
        case ((UploadField() | SignatureField()), list()):
            return [_file(one, own) for one in given]
        case ((UploadField() | SignatureField()), dict()):
            return [None]
        case ListField(), list():
            return [_entry(field, one, own) for one in given]
        case _:
            return given


def held(state: State) -> set[str]:
    """The ids of every file that a run keeps, also where an answer was undone and may come back."""
    every = [state.answers, state.parked.answers, *(one.answers for one in state.trail)]
    return {id for answers in every for value in answers.values() for id in _kept(value)}


def _ids(field: Field, given: Any) -> Iterator[str]:
    match field, given:
        case ((UploadField() | SignatureField()), list()):
            yield from (one for one in given if isinstance(one, str))
        case ListField(), list():
            for entry in given:
                for name, one in field.fields.items() if isinstance(entry, dict) else ():
                    yield from _ids(one, entry.get(name))


def _file(one: Any, own: Mapping[str, File]) -> dict[str, Any] | None:
    found = own.get(one) if isinstance(one, str) else None
    return None if found is None else msgspec.structs.asdict(found)


def _entry(field: ListField, entry: Any, own: Mapping[str, File]) -> Any:
    if not isinstance(entry, dict):
        return entry
    fields = field.fields
    return {
        name: looked_up(fields[name], one, own) if name in fields else one
        for name, one in entry.items()
    }


def _kept(value: Any) -> Iterator[str]:
    match value:
        case dict() if value.keys() >= FILE_KEYS and isinstance(value["id"], str):
            yield value["id"]
        case dict():
            for inner in value.values():
                yield from _kept(inner)
        case list():
            for one in value:
                yield from _kept(one)
