"""Where do the ways of a flow lead: to an end, in a circle, back before a write, too far?"""

from __future__ import annotations

from collections.abc import Iterator

from selfservice.checks import placed_targets, reachable
from selfservice.definition import Source
from selfservice.finding import Finding
from selfservice.language import Action, Blocking, End, Handoff, Rule, Set, Written
from selfservice.paths import main_paths

MAX_SCREENS = 12

_AUTOMATIC = Set | Action


def graph_findings(source: Source) -> Iterator[Finding]:
    """Everything that the arrows alone tell."""
    yield from _without_end(source)
    yield from _circles(source)
    yield from _back_before_a_write(source)
    yield from _too_long(source)


def _without_end(source: Source) -> Iterator[Finding]:
    steps = source.steps
    for name in steps:
        if not any(isinstance(steps[one], End | Handoff) for one in reachable(name, steps)):
            why = f"no end and no human can be reached from `{name}`"
            yield Finding(code="E007", place=f"steps.{name}", message=why)


def _circles(source: Source) -> Iterator[Finding]:
    """Circles of automatic steps that no count of visits can leave."""
    ways = {
        name: _uncounted(step)
        for name, step in source.steps.items()
        if isinstance(step, _AUTOMATIC)
    }
    for name in ways:
        if name in _beyond(name, ways):
            why = "the run can come back here without anybody acting"
            yield Finding(code="E008", place=f"steps.{name}", message=why)


def _uncounted(step: Written) -> list[str]:
    """Where a step leads without having looked at a number of visits."""
    counted = _first_count(getattr(step, "next", None))
    return [
        target
        for key, target in placed_targets(step)
        if not (key.startswith("next[") and int(key[5:].partition("]")[0]) >= counted)
    ]


def _first_count(following: object) -> int:
    rules: tuple[Rule, ...] = following if isinstance(following, tuple) else ()
    counting = (at for at, rule in enumerate(rules) if rule.if_ is not None and rule.if_.visits)
    return next(counting, len(rules))


def _beyond(name: str, ways: dict[str, list[str]]) -> set[str]:
    seen: set[str] = set()
    waiting = list(ways[name])
    while waiting:
        at = waiting.pop()
        if at not in seen:
            seen.add(at)
            waiting.extend(ways.get(at, ()))
    return seen


def _back_before_a_write(source: Source) -> Iterator[Finding]:
    steps = source.steps
    for name, step in steps.items():
        if not isinstance(step, Action) or step.effect != "write":
            continue
        for human in sorted(_humans_after(step, steps)):
            handoff = steps[human]
            assert isinstance(handoff, Handoff)  # noqa: S101 - _humans_after gives no others
            if name in reachable(handoff.resume_at, steps):
                why = f"`{name}` may have happened already, and is reached again from here"
                yield Finding(code="E016", place=f"steps.{human}.resume_at", message=why)


def _humans_after(write: Action, steps: dict[str, Written]) -> set[str]:
    """The handoffs that are reached after the write has certainly happened, without doing it."""
    seen: set[str] = set()
    waiting = _where_it_happened(write)
    while waiting:
        name = waiting.pop()
        if name in seen or steps[name] is write:
            continue
        seen.add(name)
        if not isinstance(steps[name], Handoff):
            waiting.extend(target for _, target in placed_targets(steps[name]))
    return {name for name in seen if isinstance(steps[name], Handoff)}


def _where_it_happened(write: Action) -> list[str]:
    """Where the run goes on when it happened; among rules, those that ask for just that."""
    found = [write.on_unknown.goto] if write.on_unknown else []
    if isinstance(write.next, str):
        return [*found, write.next]
    done = write.done_if.text if write.done_if else None
    told = [rule.goto for rule in write.next if rule.goto and rule.if_ and rule.if_.text == done]
    return [*found, *told]


def _too_long(source: Source) -> Iterator[Finding]:
    screens = {
        path: sum(isinstance(source.steps[name], Blocking) for name in path)
        for path in main_paths(source.head.start, {**source.steps}).values()
    }
    most = max(screens.values(), default=0)
    if most > MAX_SCREENS:
        why = f"the longest way to a solution has {most} screens, more than {MAX_SCREENS}"
        yield Finding(code="W108", place="start", message=why)
