"""Which ways can a run of this flow really take, and what is known on each?

Walks every combination of a step and of what the answers with few values are at it. Such an answer
is followed value by value, any other is only given or not. With the lists of options that flows
have this is exact and quick; a flow with more than BUDGET combinations is not walked to the end,
and then nothing is concluded from what was not met.

The ways of people are left out: a hand-back to a step of the agent's choice can carry answers
along that no other way brings.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import msgspec

from selfservice.checks import Use, placed_targets, reachable, uses
from selfservice.definition import Source
from selfservice.language import (
    BooleanField,
    ChoiceField,
    Field,
    Rule,
    Set,
    Written,
    fields_of,
)
from selfservice.lint.verdict import Gap, Key, Known, computed, key_of, verdict
from selfservice.syntax import joined, tests_for_null

BUDGET = 100_000
MAX_AT_ONCE = 5_000
"""Combinations that one screen of many fields may bring; more are not told apart."""

_BEFORE = ("with.", "set.", "call.", "returns.", "handoff.", "on_unknown.with.", "options_from.")
"""Rules that look at what was there before the step."""


class Walked(msgspec.Struct, kw_only=True):
    """What the walk met. `is_whole`: nothing was left out."""

    is_whole: bool = True
    states: int = 0
    judged: set[str] = msgspec.field(default_factory=set)
    """Places of the rules of `next` at steps that were met."""
    held: set[str] = msgspec.field(default_factory=set)
    """Of these, where one can be true."""
    absent: dict[str, Key] = msgspec.field(default_factory=dict)
    """Place of a rule -> a name that nothing gave on some way to it, and on which it depends."""


def walk(source: Source, budget: int = BUDGET) -> Walked:
    """Walk all ways from the start, and from where a cancelled run goes."""
    walker = _Walker(source)
    head = source.head
    waiting = [(head.start, walker.kept(head.start, walker.nothing))]
    if head.on.cancel:
        anything = dict.fromkeys(walker.nothing, Gap.ANY)
        waiting.append((head.on.cancel.goto, walker.kept(head.on.cancel.goto, anything)))
    seen = set(waiting)
    while waiting:
        name, values = waiting.pop()
        for state in walker.following(name, values):
            if state not in seen:
                seen.add(state)
                waiting.append(state)
        if len(seen) > budget:
            walker.walked.is_whole = False
            break
    walker.walked.states = len(seen)
    return walker.walked


_State = tuple[str, tuple[Any, ...]]


class _Walker:
    def __init__(self, source: Source) -> None:
        self._steps = source.steps
        self._lists = {name: list(items) for name, items in source.head.lists.items()}
        self._uses: dict[str, list[Use]] = {name: [] for name in self._steps}
        for use in uses(self._steps):
            self._uses[use.place.split(".")[1]].append(use)
        self._live = {
            name: frozenset(
                key
                for later in reachable(name, self._steps)
                for use in self._uses[later]
                for path in use.rule.reads
                if (key := key_of(path))
            )
            for name in self._steps
        }
        self._keys = sorted(frozenset().union(*self._live.values()))
        self.nothing: dict[Key, Any] = dict.fromkeys(self._keys, Gap.ABSENT)
        self.walked = Walked()

    def kept(self, name: str, known: Known) -> tuple[Any, ...]:
        """What still matters from this step on."""
        live = self._live[name]
        return tuple(known[key] if key in live else Gap.ABSENT for key in self._keys)

    def following(self, name: str, values: tuple[Any, ...]) -> Iterator[_State]:
        """Every step that can come next, with what is known there."""
        step = self._steps[name]
        known: dict[Key, Any] = {**dict(zip(self._keys, values, strict=True))}
        known["lists", ""] = self._lists
        self._note_absent(name, known)
        for after in self._given(name, step, known):
            for target, at_target in self._left(name, step, known, after):
                yield target, self.kept(target, at_target)

    def _given(self, name: str, step: Written, known: dict[Key, Any]) -> Iterator[dict[Key, Any]]:
        """What is known once the step was answered, or has done its work."""
        if isinstance(step, Set):
            found = {("answers", key): computed(rule, known) for key, rule in step.set.items()}
            yield {**known, **found}
            return
        asked = fields_of(name, step)
        answers = [_possible(field, known) for field in asked.values()]
        if _size(answers) > MAX_AT_ONCE:
            answers = [(Gap.ANY,)] * len(answers)
        keys = [("answers", key) for key in asked]
        for combination in product(*answers):
            result = {("results", name): Gap.ANY}
            yield {**known, **result, **dict(zip(keys, combination, strict=True))}

    def _left(
        self, name: str, step: Written, known: dict[Key, Any], after: dict[Key, Any]
    ) -> Iterator[tuple[str, dict[Key, Any]]]:
        """The ways out of the step: its `next` afterwards, all others with and without."""
        following = getattr(step, "next", None)
        if isinstance(following, tuple):
            for target in self._chosen(f"steps.{name}.next", following, after):
                yield target, after
        for key, target in placed_targets(step):
            if key == "next":
                yield target, after
            elif not key.startswith("next["):
                yield target, known
                yield target, after

    def _chosen(self, place: str, rules: tuple[Rule, ...], known: dict[Key, Any]) -> Iterator[str]:
        self.walked.judged |= {f"{place}[{at}].if" for at, one in enumerate(rules) if one.if_}
        for index, rule in enumerate(rules):
            if rule.if_ is None:
                yield str(rule.else_)
                return
            at = f"{place}[{index}].if"
            if verdict(rule.if_, known, blind=True) is None:
                self._note(at, rule.if_.reads, known, rule.if_.text)
            holds = verdict(rule.if_, known)
            if holds is not False:
                self.walked.held.add(at)
                yield str(rule.goto)
            if holds:
                return

    def _note_absent(self, name: str, known: dict[Key, Any]) -> None:
        for use in self._uses[name]:
            key = use.place.removeprefix(f"steps.{name}.")
            if key.startswith(_BEFORE) or key.endswith((".show_if", ".options_from.list")):
                self._note(use.place, use.rule.reads, known, use.rule.text)

    def _note(
        self, place: str, reads: frozenset[tuple[str, ...]], known: dict[Key, Any], text: str
    ) -> None:
        for path in sorted(reads):
            key = key_of(path)
            if key and known[key] is Gap.ABSENT and not _is_asked_for(path, text):
                self.walked.absent.setdefault(place, key)


def _is_asked_for(path: tuple[str, ...], text: str) -> bool:
    """Whether the rule itself asks if the name is there."""
    how = joined(text)
    if how.parts:
        return any(_is_asked_for(path, part.text) for part in how.parts)
    return ".".join(path[:2]) in text and tests_for_null(text)


def _possible(field: Field, known: Known) -> tuple[Any, ...]:
    asked = True if field.show_if is None else verdict(field.show_if, known)
    if asked is False:
        return (None,)
    empty = (None,) if field.optional or asked is None else ()
    match field:
        case ChoiceField(options=tuple() as options):
            return (*options, *empty)
        case BooleanField():
            return (True, False, *empty)
        case _:
            return (Gap.ANY, *empty)


def _size(answers: list[tuple[Any, ...]]) -> int:
    size = 1
    for one in answers:
        size *= len(one)
    return size
