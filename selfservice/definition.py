"""How does a flow file become a definition that can be run?

`load` reads the YAML, converts it to the structs of `selfservice.language`, checks what can be
known before anybody runs it, and names it by the sha256 of its canonical form. A Definition needs
no further checks.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any, TypeVar

import msgspec

from selfservice import yaml
from selfservice.checks import check
from selfservice.errors import FlowError
from selfservice.expression import Expression, compile_expression
from selfservice.language import (
    Action,
    Choice,
    End,
    Form,
    Handoff,
    Head,
    Say,
    Seconds,
    Set,
    Step,
    StepUp,
    fields_of,
)
from selfservice.paths import main_paths

MAX_STEPS = 300
KINDS: dict[str, type[Step]] = {
    "say": Say,
    "choice": Choice,
    "form": Form,
    "set": Set,
    "action": Action,
    "stepup": StepUp,
    "handoff": Handoff,
    "end": End,
}
LATER_KINDS = frozenset({"review", "call", "wait", "repeat"})
_T = TypeVar("_T")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """Step `at` of `of`, counted on the longest way to a solution through this step."""

    at: int
    of: int


class Definition(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """A flow that has been read and checked; `version` identifies it."""

    head: Head
    version: str
    steps: dict[str, Step]
    main_path: dict[str, tuple[str, ...]]
    """Step -> the longest way from the start to a solution through it, ends left out."""
    sensitive: frozenset[str]
    """Names of the answers that are kept sealed."""

    @property
    def flow(self) -> str:
        """The flow's name."""
        return self.head.flow

    @property
    def short(self) -> str:
        """The first word of the flow's text keys: `activate` of `t:activate.title`."""
        prefix, dot, _ = self.head.title.removeprefix("t:").partition(".")
        return prefix if dot and self.head.title.startswith("t:") else self.flow

    def progress(self, step: str) -> Progress | None:
        """Where `step` stands on its main path; None where no solution leads through it."""
        path = self.main_path.get(step, ())
        return Progress(at=path.index(step) + 1, of=len(path)) if step in path else None


def load(text: str, name: str) -> Definition:
    """Read a flow file; `name` is what its errors are prefixed with (the file's name).

    Raises FlowError with the place of the first thing that is wrong.
    """
    try:
        return _load(text)
    except FlowError as error:
        raise FlowError(error.place, error.message, source=name) from error


def _load(text: str) -> Definition:
    raw = yaml.parse(text)
    if not isinstance(raw, dict):
        raise FlowError("", "a flow is a mapping with `flow`, `title`, `start`, `steps`")
    head = _convert({key: value for key, value in raw.items() if key != "steps"}, Head, "")
    steps = _steps(raw.get("steps"))
    check(head, steps)
    return Definition(
        head=head,
        version=_version(raw),
        steps=steps,
        main_path=main_paths(head.start, steps),
        sensitive=frozenset(
            answer
            for key, step in steps.items()
            for answer, field in fields_of(key, step).items()
            if field.sensitive
        ),
    )


def _version(raw: dict[str, Any]) -> str:
    """Comments, order of keys and layout do not make a new version; every value does."""
    return hashlib.sha256(msgspec.json.encode(raw, order="sorted")).hexdigest()


def _steps(raw: Any) -> dict[str, Step]:
    if not isinstance(raw, dict) or not raw:
        raise FlowError("steps", "a flow needs at least one step")
    if len(raw) > MAX_STEPS:
        raise FlowError("steps", f"more than {MAX_STEPS} steps")
    return {name: _step(name, step) for name, step in raw.items()}


def _step(name: str, raw: Any) -> Step:
    place = f"steps.{name}"
    if not re.fullmatch("[a-z][a-z0-9_]{0,63}", name):
        raise FlowError(place, "a step's name is lower-case letters, digits and _")
    if not isinstance(raw, dict):
        raise FlowError(place, "a step is a mapping")
    for kind in sorted(LATER_KINDS & raw.keys()):
        raise FlowError(place, f"step kind `{kind}` is not supported by this version")
    kinds = sorted(KINDS.keys() & raw.keys())
    if len(kinds) != 1:
        found = ", ".join(kinds) or "none"
        raise FlowError(place, f"a step has exactly one of {', '.join(KINDS)}; found: {found}")
    return _convert(raw, KINDS[kinds[0]], place)


def _convert(raw: dict[str, Any], kind: type[_T], place: str) -> _T:
    try:
        return msgspec.convert(raw, kind, dec_hook=_decode)
    except msgspec.ValidationError as error:
        message, path = _split(error)
        inner = _name_keys(raw, kind, path)
        raise FlowError((place + inner).removeprefix("."), _plain(message)) from error


def _split(error: msgspec.ValidationError) -> tuple[str, str]:
    """The message and the path of msgspec's `message - at `$.path``."""
    message, _, path = str(error).partition(" - at `$")
    return message, path.removesuffix("`")


def _name_keys(raw: dict[str, Any], kind: Any, path: str) -> str:
    """Put the guilty key where msgspec writes `[...]`: the one that fails when it is alone."""
    before, hole, after = path.partition("[...]")
    if not hole or "[" in before:
        return path
    entries = raw[before.removeprefix(".")]
    for key in entries:
        alone = {**raw, before.removeprefix("."): {key: entries[key]}}
        try:
            msgspec.convert(alone, kind, dec_hook=_decode)
        except msgspec.ValidationError as error:
            if _split(error)[1].startswith(before + hole):
                return f"{before}.{key}{after}"
    return path


def _plain(message: str) -> str:
    message = re.sub(r"Object contains unknown field `(.*)`", r"unknown key `\1`", message)
    return re.sub(r"Object missing required field `(.*)`", r"the key `\1` is missing", message)


def _decode(kind: type, value: Any) -> Any:
    if kind is Expression:
        return _expression(value)
    if kind is Seconds:
        return _seconds(value)
    raise NotImplementedError(kind)


def _expression(value: Any) -> Expression:
    if isinstance(value, list | dict):
        raise ValueError("a rule is a text, a number, true, false or null")  # noqa: TRY004 - msgspec adds the place to a ValueError
    return compile_expression(value)


def _seconds(value: Any) -> Seconds:
    found = re.fullmatch("([1-9][0-9]{0,4})([smhd])", value) if isinstance(value, str) else None
    if not found:
        raise ValueError("a duration is written like 8s, 20m, 72h or 14d")
    return Seconds(int(found[1]) * _UNITS[found[2]])
