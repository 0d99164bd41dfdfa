"""Is an action a read in one place and a write in another?"""

from __future__ import annotations

from collections.abc import Iterator, Set

from selfservice.definition import Source
from selfservice.finding import Finding
from selfservice.language import Action


def writes(source: Source) -> set[str]:
    """The names of the actions that change something."""
    return {
        step.action
        for step in source.steps.values()
        if isinstance(step, Action) and step.effect == "write"
    }


def action_findings(source: Source, written: Set[str]) -> Iterator[Finding]:
    """Reads of what is a write (`written`: of this flow or of one beside it)."""
    for name, step in source.steps.items():
        if not isinstance(step, Action):
            continue
        if step.effect == "read" and step.action in written:
            yield _found(f"steps.{name}.action", step.action)
        if step.on_unknown and step.on_unknown.check in written:
            yield _found(f"steps.{name}.on_unknown.check", step.on_unknown.check)


def _found(place: str, action: str) -> Finding:
    return Finding(code="E019", place=place, message=f"`{action}` is a write elsewhere")
