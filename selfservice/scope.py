"""What do the rules of a flow see of a run?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from selfservice.definition import Definition, frame_of
from selfservice.expression import Scope
from selfservice.state import State

_T = TypeVar("_T")


def scope(
    definition: Definition,
    state: State,
    at: datetime,
    *,
    step: str | None = None,
    result: Any = None,
    value: Any = None,
) -> Scope:
    """What the rules of `step` (the present one where none is named) see of a run at a time.

    A flow that is called sees its own answers, results, inputs and visits, under its own names.
    """
    step = step or state.step
    frame = frame_of(step)
    return {
        "answers": within(frame, state.answers),
        "results": within(frame, state.results),
        "result": result,
        "inputs": within(frame, state.inputs),
        "lists": definition.head_at(step).lists,
        "app": state.app,
        "now": at,
        "value": value,
        "visits": within(frame, state.visits),
    }


def within(frame: str, named: Mapping[str, _T]) -> Mapping[str, _T]:
    """What stands under a prefix, without it."""
    if not frame:
        return named
    return {name[len(frame) :]: one for name, one in named.items() if name.startswith(frame)}
