"""What do the rules of a flow see of a run?"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from selfservice.definition import Definition
from selfservice.expression import Scope
from selfservice.state import State


def scope(
    definition: Definition, state: State, at: datetime, *, result: Any = None, value: Any = None
) -> Scope:
    """What the flow's rules see of a run at a time."""
    return {
        "answers": state.answers,
        "results": state.results,
        "result": result,
        "inputs": state.inputs,
        "lists": definition.head.lists,
        "app": state.app,
        "now": at,
        "value": value,
        "visits": state.visits,
    }
