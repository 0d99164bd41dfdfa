"""Which fields does a run ask for now? Those of its present step whose `show_if` holds.

Judged as of when the run last moved: what was shown is what is answered, however long it took.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from selfservice.definition import Definition
from selfservice.expression import Scope
from selfservice.language import ChoiceField, Field, ItemField, fields_of
from selfservice.scope import scope
from selfservice.state import State, blocking


def fields_asked(definition: Definition, state: State) -> Mapping[str, Field]:
    """The fields by their names; none while nothing can be answered."""
    present = blocking(definition, state)
    if present is None:
        return {}
    at_hand = scope(definition, state, state.updated_at)
    return {
        name: _looked_up(field, at_hand)
        for name, field in fields_of(state.step, present).items()
        if field.show_if is None or field.show_if.holds(at_hand)
    }


def _looked_up(field: Field, at_hand: Scope) -> Field:
    if not isinstance(field, ChoiceField) or field.options_from is None:
        return field
    wanted = field.options_from
    return ItemField(
        label=field.label,
        hint=field.hint,
        error=field.error,
        optional=field.optional,
        check=field.check,
        items=items_of(wanted.list.value(at_hand), wanted.id),
        options_from=wanted,
    )


def items_of(found: Any, key: str) -> dict[str, dict[str, Any]]:
    """The items of a result's list by their ids; what is no item, or has no id, is left out.

    An item says more than its id: one of a single key could be taken for a sealed value.
    """
    items = found if isinstance(found, list) else []
    return {
        str(one[key]): one
        for one in items
        if isinstance(one, dict) and type(one.get(key)) in {str, int} and len(one) > 1
    }
