"""How does a flow file become a definition that can be run?

`load` reads the YAML, converts it to the structs of `selfservice.language`, checks what can be
known before anybody runs it, puts the flows it calls into it, and names it by the sha256 of its
canonical form. A Definition needs no further checks.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from functools import reduce
from operator import getitem
from typing import Any, ParamSpec, TypeVar

import msgspec

from selfservice import yaml
from selfservice.checks import check
from selfservice.duration import seconds
from selfservice.errors import FlowError
from selfservice.expression import Expression, compile_expression
from selfservice.finding import Finding
from selfservice.language import (
    Action,
    Call,
    Choice,
    End,
    Form,
    Handoff,
    Head,
    On,
    OnHelp,
    OnIdle,
    Repeat,
    Review,
    Say,
    Seconds,
    Set,
    Step,
    StepUp,
    Wait,
    Written,
    fields_of,
)
from selfservice.linking import linked
from selfservice.paths import main_paths
from selfservice.pattern import Pattern
from selfservice.template import Template

MAX_STEPS = 300
KINDS: dict[str, type[Written]] = {
    "say": Say,
    "choice": Choice,
    "form": Form,
    "review": Review,
    "repeat": Repeat,
    "set": Set,
    "call": Call,
    "action": Action,
    "stepup": StepUp,
    "wait": Wait,
    "handoff": Handoff,
    "end": End,
}
_T = TypeVar("_T")
_P = ParamSpec("_P")


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """Step `at` of `of`, counted on the longest way to a solution through this step."""

    at: int
    of: int


class Definition(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """A flow that has been read and checked; `version` identifies it."""

    head: Head
    version: str
    links: dict[str, str]
    """The flows that it calls, and which version of each is in it."""
    steps: dict[str, Step]
    """By their full names: `freeze/confirm` is step `confirm` of the flow that `freeze` calls."""
    heads: dict[str, Head]
    """Which head is valid for the steps whose name begins so: `freeze/`, or "" for its own."""
    main_path: dict[str, tuple[str, ...]]
    """Step -> the longest way from the start to a solution through it, ends left out."""
    sensitive: frozenset[str]
    """Names of the answers that are kept sealed."""

    @property
    def flow(self) -> str:
        """The flow's name."""
        return self.head.flow

    def head_at(self, step: str) -> Head:
        """The head of the flow that the step stands in."""
        return self.heads[frame_of(step)]

    def help_at(self, step: str) -> OnHelp | None:
        """Whom the help button reaches there: the innermost flow that says so decides."""
        return next((on.help for _, on in self._on(step) if on.help), None)

    def idle_at(self, step: str) -> OnIdle | None:
        """What a customer is reminded of who stops there."""
        return next((on.idle for _, on in self._on(step) if on.idle), None)

    def cancel_at(self, step: str) -> str | None:
        """The step to which stopping leads from there."""
        return next((frame + on.cancel.goto for frame, on in self._on(step) if on.cancel), None)

    def crisis_at(self, step: str) -> bool:
        """Whether that flow, or one that called it, is a crisis."""
        return any(self.heads[frame].crisis for frame, _ in self._on(step))

    def _on(self, step: str) -> Iterator[tuple[str, On]]:
        """What is valid at a step, from its own flow outwards, with the frame it is said in."""
        frame = frame_of(step)
        while frame:
            yield frame, self.heads[frame].on
            frame = frame_of(frame[:-1])
        yield "", self.head.on

    def key(self, step: str) -> str:
        """The text key of a step, `t:activate.done`: its flow's first word and its own name."""
        return f"t:{self.head_at(step).short}.{step.rpartition('/')[2]}"

    def progress(self, step: str) -> Progress | None:
        """Where `step` stands on its main path; None where no solution leads through it."""
        path = self.main_path.get(step, ())
        return Progress(at=path.index(step) + 1, of=len(path)) if step in path else None


def frame_of(step: str) -> str:
    """The prefix under which a step, its answers and its results stand: `freeze/`, or ""."""
    return step[: step.rfind("/") + 1]


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """A flow as its file says it, without the flows that it calls."""

    head: Head
    steps: dict[str, Written]


class Read(msgspec.Struct, frozen=True, kw_only=True):
    """A flow file with everything that can never work in it.

    `source` is there where the file says a whole flow, `definition` only where nothing is wrong.
    """

    findings: tuple[Finding, ...]
    source: Source | None = None
    definition: Definition | None = None


def load(text: str, name: str, others: Mapping[str, Definition] = {}) -> Definition:
    """Read a flow file; `name` is what its errors are prefixed with (the file's name).

    `others` are the flows it may call, by their names. Raises FlowError with the place of the
    first thing that is wrong.
    """
    found = read(text, others)
    for one in found.findings:
        raise FlowError(one.place, one.message, source=name, code=one.code)
    assert found.definition is not None  # noqa: S101 - nothing was found
    return found.definition


def read(text: str, others: Mapping[str, Definition] = {}) -> Read:
    """Read a flow file as far as that is possible."""
    findings: list[Finding] = []
    raw = _attempt(findings, _mapping, text)
    source = _source(findings, raw) if raw is not None else None
    if raw is None or source is None:
        return Read(findings=tuple(findings))
    findings.extend(check(source.head, source.steps))
    if findings:
        return Read(findings=tuple(findings))
    definition = _attempt(findings, _defined, source, raw, others)
    return Read(findings=tuple(findings), source=source, definition=definition)


def _source(findings: list[Finding], raw: dict[str, Any]) -> Source | None:
    rest = {key: value for key, value in raw.items() if key != "steps"}
    head = _attempt(findings, _convert, rest, Head, "")
    listed = _attempt(findings, _listed, raw.get("steps")) or {}
    steps = {name: _attempt(findings, _step, name, one) for name, one in listed.items()}
    if head is None or findings:
        return None
    return Source(head=head, steps={name: one for name, one in steps.items() if one is not None})


def _attempt(
    findings: list[Finding], act: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs
) -> _T | None:
    """What `act` gives; None, and one more finding, where it cannot."""
    try:
        return act(*args, **kwargs)
    except FlowError as error:
        findings.append(Finding(code=error.code, place=error.place, message=error.message))
        return None


def _mapping(text: str) -> dict[str, Any]:
    raw = yaml.parse(text)
    if not isinstance(raw, dict):
        raise FlowError("", "a flow is a mapping with `flow`, `title`, `start`, `steps`")
    return raw


def called_by(text: str) -> frozenset[str]:
    """The flows that a file calls, so that they can be loaded first; none where it is broken."""
    try:
        raw = yaml.parse(text)
        steps = raw["steps"].values()
        return frozenset(one["call"]["flow"] for one in steps if "call" in one)
    except (FlowError, AttributeError, KeyError, TypeError):
        return frozenset()


def _defined(source: Source, raw: dict[str, Any], others: Mapping[str, Definition]) -> Definition:
    head = source.head
    steps, heads = linked(head, source.steps, others)
    links = {one.call.flow: others[one.call.flow].version for one in _calls(source.steps)}
    return Definition(
        head=head,
        version=_version(raw, links),
        links=links,
        steps=steps,
        heads=heads,
        main_path=main_paths(head.start, steps),
        sensitive=frozenset(
            answer
            for key, step in steps.items()
            for answer, field in fields_of(key, step).items()
            if field.sensitive
        ),
    )


def _calls(steps: dict[str, Written]) -> list[Call]:
    return [step for step in steps.values() if isinstance(step, Call)]


def _version(raw: dict[str, Any], links: dict[str, str]) -> str:
    """Comments, order of keys and layout do not make a new version; every value does, and every
    new version of a flow that is called."""
    canonical = [raw, links] if links else raw
    return hashlib.sha256(msgspec.json.encode(canonical, order="sorted")).hexdigest()


def _listed(raw: Any) -> dict[str, Any]:
    if not isinstance(raw, dict) or not raw:
        raise FlowError("steps", "a flow needs at least one step")
    if len(raw) > MAX_STEPS:
        raise FlowError("steps", f"more than {MAX_STEPS} steps")
    return raw


def _step(name: str, raw: Any) -> Written:
    place = f"steps.{name}"
    if not re.fullmatch("[a-z][a-z0-9_]{0,63}", name):
        raise FlowError(place, "a step's name is lower-case letters, digits and _")
    if not isinstance(raw, dict):
        raise FlowError(place, "a step is a mapping")
    kinds = sorted(KINDS.keys() & raw.keys())
    if len(kinds) != 1:
        found = ", ".join(kinds) or "none"
        why = f"a step has exactly one of {', '.join(KINDS)}; found: {found}"
        raise FlowError(place, why, code="E002")
    return _convert(raw, KINDS[kinds[0]], place)


def _convert(raw: dict[str, Any], kind: type[_T], place: str) -> _T:
    try:
        return msgspec.convert(raw, kind, dec_hook=_decode)
    except msgspec.ValidationError as error:
        message, path = _split(error)
        inner = _name_keys(raw, kind, path)
        code = _code(error, message)
        raise FlowError((place + inner).removeprefix("."), _plain(message), code=code) from error


def _code(error: msgspec.ValidationError, message: str) -> str:
    if isinstance(error.__cause__, FlowError):
        return error.__cause__.code
    return "E004" if re.search("required field `(next|resume_at)`", message) else "E020"


def _split(error: msgspec.ValidationError) -> tuple[str, str]:
    """The message and the path of msgspec's `message - at `$.path``."""
    message, _, path = str(error).partition(" - at `$")
    return message, path.removesuffix("`")


def _name_keys(raw: dict[str, Any], kind: Any, path: str) -> str:
    """Put the guilty key where msgspec writes `[...]`: the one that fails when it is alone."""
    before, hole, after = path.partition("[...]")
    if not hole or "[" in before:
        return path
    around = before.removeprefix(".").split(".")
    entries = reduce(getitem, around, raw)
    for key in entries:
        alone = _replaced(raw, around, {key: entries[key]})
        try:
            msgspec.convert(alone, kind, dec_hook=_decode)
        except msgspec.ValidationError as error:
            if _split(error)[1].startswith(before + hole):
                return f"{before}.{key}{after}"
    return path


def _replaced(raw: dict[str, Any], path: list[str], value: Any) -> dict[str, Any]:
    first, rest = path[0], path[1:]
    return {**raw, first: _replaced(raw[first], rest, value) if rest else value}


def _plain(message: str) -> str:
    message = re.sub(r"Object contains unknown field `(.*)`", r"unknown key `\1`", message)
    return re.sub(r"Object missing required field `(.*)`", r"the key `\1` is missing", message)


def _decode(kind: type, value: Any) -> Any:
    if kind is Expression:
        return _expression(value)
    if kind is Seconds:
        return Seconds(seconds(value))
    if kind is Template:
        return _template(value)
    if kind is Pattern:
        return _pattern(value)
    raise NotImplementedError(kind)


def _expression(value: Any) -> Expression:
    if isinstance(value, list | dict):
        raise ValueError("a rule is a text, a number, true, false or null")  # noqa: TRY004 - msgspec adds the place to a ValueError
    return compile_expression(value)


def _template(value: Any) -> Template:
    if not isinstance(value, str):
        raise ValueError("a line is a text such as {merchant} {amount:money}")  # noqa: TRY004 - msgspec adds the place to a ValueError
    return Template(value)


def _pattern(value: Any) -> Pattern:
    if not isinstance(value, str):
        raise ValueError("a pattern is a text such as [A-Z]{2}[0-9]{8}")  # noqa: TRY004 - msgspec adds the place to a ValueError
    return Pattern(value)
