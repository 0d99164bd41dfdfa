"""Which ways of a flow do its tests take?

Every arrow gets a probe: a step that only leads on. A run's count of visits then tells which arrows
it took, whatever the engine does at a step. What a test shows is judged without probes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec.structs import fields, replace

from selfservice.checks import placed_targets
from selfservice.definition import Definition
from selfservice.language import Enter, Handoff, Return, Set
from selfservice.testing.cases import Case, Given
from selfservice.testing.expecting import played
from selfservice.testing.playing import CANCEL, NotPlayed


class Edge(msgspec.Struct, frozen=True, order=True):
    """One arrow: the place that names its target, and the target."""

    place: str
    target: str


def edges(definition: Definition) -> list[Edge]:
    """Every arrow of a flow, in its order."""
    return list(dict.fromkeys(edge for _, _, edge in _placed(definition)))


def taken(definition: Definition, file: Given, cases: tuple[Case, ...]) -> set[Edge]:
    """The arrows that the tests' runs took."""
    probed, probes = _probed(definition)
    found: set[Edge] = set()
    for case in cases:
        try:
            play = played(probed, file, case)
        except NotPlayed:
            continue
        found |= {probes[name] for name in play.state.visits if name in probes}
        found |= {edge for _, _, edge in _placed(definition) if edge.place in play.by_hand}
    return found


def _placed(definition: Definition) -> Iterator[tuple[str, str, Edge]]:
    """The step, the key in it, and the arrow; cancelling belongs to no step.

    The arrows of a called flow are for its own tests. Those that go on after a `call` stand in the
    steps that return from it.
    """
    if definition.head.on.cancel:
        yield "", CANCEL, Edge(CANCEL, definition.head.on.cancel.goto)
    for name, step in definition.steps.items():
        said_in = step.into if isinstance(step, Return) else name
        if "/" in said_in or isinstance(step, Enter):
            continue
        for key, target in placed_targets(step):
            yield name, key, Edge(f"steps.{said_in}.{key}", target)


def _probed(definition: Definition) -> tuple[Definition, dict[str, Edge]]:
    """The flow with a probe in each arrow, and which probe is whose.

    Not in those that people take by hand: to cancel, and to hand back.
    """
    steps, probes = dict(definition.steps), {}
    for name, key, edge in _placed(definition):
        if name and not isinstance(definition.steps[name], Handoff):
            probe = f"{edge.place}:"
            probes[probe] = edge
            steps[probe] = Set(set={}, next=edge.target)
            steps[name] = _led(steps[name], key, probe)
    return replace(definition, steps=steps), probes


def _led(value: Any, key: str, target: str) -> Any:
    """The same value, whose arrow at `next[0].goto` leads elsewhere."""
    return _with(value, re.findall(r"[^.\[\]]+", key), target)


def _with(value: Any, path: list[str], target: str) -> Any:
    if not path:
        return target
    first, rest = path[0], path[1:]
    if isinstance(value, tuple):
        at = int(first)
        return (*value[:at], _with(value[at], rest, target), *value[at + 1 :])
    name = next(one.name for one in fields(value) if one.encode_name == first)
    return replace(value, **{name: _with(getattr(value, name), rest, target)})
