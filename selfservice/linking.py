"""How do a flow and those that it calls become one? Their steps are put into it, under its names.

A called flow's step `pay` becomes `freeze/pay`, where `freeze` is the step that calls it; so do the
answers it gives. Its rules stay as they are, and see only what stands under the same prefix
(`selfservice.scope`). Everything else in this part then knows steps, and no flows in flows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec.structs import replace

from selfservice.errors import FlowError
from selfservice.language import (
    Action,
    Call,
    Choice,
    End,
    Enter,
    Form,
    Handoff,
    Head,
    Next,
    Repeat,
    Return,
    Review,
    Rule,
    Set,
    Step,
    StepUp,
    Written,
)

if TYPE_CHECKING:
    from selfservice.definition import Definition

MAX_DEPTH = 8
MAX_LINKED = 1000
"""Steps of a flow with all that it calls."""


def linked(
    head: Head, steps: dict[str, Written], others: Mapping[str, Definition]
) -> tuple[dict[str, Step], dict[str, Head]]:
    """All steps by their full names, and the head that is valid under each prefix.

    Raises FlowError where a called flow is missing, calls itself or is given wrong inputs.
    """
    every: dict[str, Step] = {}
    heads = {"": head}
    for name, step in steps.items():
        if not isinstance(step, Call):
            every[name] = step
            continue
        called = _called(head, name, step, others)
        prefix = f"{name}/"
        every[name] = Enter(with_=step.call.with_, start=prefix + called.head.start)
        every |= {prefix + key: _put(one, key, prefix, step) for key, one in called.steps.items()}
        heads |= {prefix + key: one for key, one in called.heads.items()}
    _check_size(every)
    return every, heads


def _check_size(every: dict[str, Step]) -> None:
    if len(every) > MAX_LINKED:
        raise FlowError(
            "steps", f"more than {MAX_LINKED} steps with those of the flows it calls", code="E012"
        )
    if any(name.count("/") > MAX_DEPTH for name in every):
        raise FlowError("steps", f"flows call each other deeper than {MAX_DEPTH}", code="E012")


def _called(head: Head, name: str, step: Call, others: Mapping[str, Definition]) -> Definition:
    rule, place = step.call, f"steps.{name}.call"
    called = others.get(rule.flow)
    if called is None:
        raise FlowError(f"{place}.flow", f"there is no flow `{rule.flow}`", code="E012")
    inputs = called.head.inputs
    for key in sorted(rule.with_.keys() - inputs.keys()):
        raise FlowError(f"{place}.with.{key}", f"`{rule.flow}` has no such input", code="E012")
    needed = {key for key, one in inputs.items() if not one.optional}
    for key in sorted(needed - rule.with_.keys()):
        raise FlowError(f"{place}.with", f"`{rule.flow}` needs the input `{key}`", code="E012")
    if head.anonymous and not called.head.anonymous:
        raise FlowError(f"{place}.flow", f"`{rule.flow}` is not `anonymous`", code="E012")
    return called


def _put(step: Step, key: str, prefix: str, by: Call) -> Step:
    """A called flow's step under its prefix; its ends go on after the call."""
    match step:
        case End():
            return Return(into=prefix[:-1], returns=step.returns, next=by.next)
        case Return():
            return replace(step, into=prefix + step.into, next=_all(step.next, prefix))
        case Enter():
            return replace(step, start=prefix + step.start)
        case Handoff():
            return replace(step, resume_at=prefix + step.resume_at)
        case Choice() | Repeat():
            name = prefix + (step.name or key)
            return replace(step, name=name, next=_all(step.next, prefix))
        case Form():
            fields = {prefix + name: one for name, one in step.fields.items()}
            return replace(step, fields=fields, next=_all(step.next, prefix))
        case Review():
            names = tuple(prefix + name for name in step.review)
            return replace(step, review=names, next=_all(step.next, prefix))
        case Set():
            found = {prefix + name: rule for name, rule in step.set.items()}
            return replace(step, set=found, next=_all(step.next, prefix))
        case StepUp():
            denied = replace(step.on_denied, goto=prefix + step.on_denied.goto)
            return replace(step, on_denied=denied, next=_all(step.next, prefix))
        case Action():
            return _put_action(step, prefix)
        case _:
            return replace(step, next=_all(step.next, prefix))


def _put_action(step: Action, prefix: str) -> Action:
    unknown = step.on_unknown
    if unknown is not None:
        unknown = replace(unknown, goto=prefix + unknown.goto, else_=prefix + unknown.else_)
    error = replace(step.on_error, then=prefix + step.on_error.then)
    return replace(step, on_error=error, on_unknown=unknown, next=_all(step.next, prefix))


def _all(following: Next, prefix: str) -> Next:
    if isinstance(following, str):
        return prefix + following
    return tuple(_line(rule, prefix) for rule in following)


def _line(rule: Rule, prefix: str) -> Rule:
    if rule.goto is not None:
        return replace(rule, goto=prefix + rule.goto)
    return replace(rule, else_=f"{prefix}{rule.else_}")
