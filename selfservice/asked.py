"""Which fields does a run ask for now? Those of its present step whose `show_if` holds.

Judged as of when the run last moved: what was shown is what is answered, however long it took.
"""

from __future__ import annotations

from collections.abc import Mapping

from selfservice.definition import Definition
from selfservice.language import Field, fields_of
from selfservice.scope import scope
from selfservice.state import State, blocking


def fields_asked(definition: Definition, state: State) -> Mapping[str, Field]:
    """The fields by their names; none while nothing can be answered."""
    present = blocking(definition, state)
    if present is None:
        return {}
    at_hand = scope(definition, state, state.updated_at)
    return {
        name: field
        for name, field in fields_of(state.step, present).items()
        if field.show_if is None or field.show_if.holds(at_hand)
    }
