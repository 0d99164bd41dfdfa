"""What does a flow's tests file say? What is given, what the customer does, what is expected."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from selfservice import yaml
from selfservice.errors import FlowError
from selfservice.language import ActionName, Name

StepName = Annotated[str, Meta(pattern="^[a-z][a-z0-9_]*(/[a-z][a-z0-9_]*)*$")]
Outcome = dict[str, Any] | Literal["error", "unknown"]
"""What a back end does: its result, a refusal, or nobody knows."""
Stub = Outcome | tuple[Outcome, ...]
"""The same each time, or one after the other; then it must not be called again."""


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A piece of a tests file: closed, as the flow language is."""


class Given(_Part, frozen=True, kw_only=True):
    """What is so before the customer does anything."""

    inputs: dict[Name, Any] = {}
    """What the app passes."""
    app: dict[str, Any] = {}
    """What the app says of itself."""
    stubs: dict[ActionName, Stub] = {}
    """Action -> what the back end does: a result, `error`, `unknown`, or a list, call by call."""
    now: Annotated[datetime, Meta(tz=True)] | None = None
    """When it begins; noon of 2026-01-01 in UTC where it is not said."""


class Called(_Part, frozen=True, kw_only=True):
    """A call of the back end."""

    action: ActionName
    """Its name."""
    with_: dict[Name, Any] = msgspec.field(name="with", default={})
    """What was sent along, or some of it."""


class HandedOff(_Part, frozen=True, kw_only=True):
    """How a human is asked for; what is left out can be anything."""

    queue: Name | None = None
    """Whom."""
    reason: Name | None = None
    """Why."""
    priority: int | None = None
    """How urgently."""
    crisis: bool | None = None
    """Whether before everybody."""


class Expected(_Part, frozen=True, kw_only=True):
    """How it comes out; what is left out can be anything."""

    step: StepName | None = None
    """Where the run stands; `freeze/confirm` in a flow that the step `freeze` calls."""
    end: Literal["solved", "abandoned", "refused"] | None = None
    """How it ended."""
    handoff: HandedOff | None = None
    """A human was asked for like this."""
    screen_has: tuple[str, ...] = ()
    """Words that stand somewhere on the last screen."""
    called: tuple[Called, ...] = ()
    """Calls of the back end, in this order; others may be between them."""
    not_called: tuple[ActionName, ...] = ()
    """Actions that were not called."""
    invalid: dict[Name, str | None] | None = None
    """The last answer is refused for these fields: field -> key of the error, or nothing."""


class Case(_Part, frozen=True, kw_only=True):
    """One test."""

    name: Annotated[str, Meta(min_length=1, max_length=200)]
    """What it shows."""
    expect: Expected
    """How it comes out."""
    given: Given = Given()
    """Beside, or instead of, what the file gives for all."""
    answers: tuple[str | dict[StepName, Any], ...] = ()
    """What happens: `step: values`, `back to step`, `cancel`, `help`, `hand_back`, `10m later`."""


class Cases(_Part, frozen=True, kw_only=True):
    """A tests file."""

    tests: Annotated[tuple[Case, ...], Meta(min_length=1)]
    """The tests."""
    given: Given = Given()
    """For all of them."""


def read_cases(text: str) -> Cases:
    """Read a tests file. Raises FlowError with the place of what is wrong."""
    try:
        return msgspec.convert(yaml.parse(text), Cases)
    except msgspec.ValidationError as error:
        message, _, place = str(error).partition(" - at `")
        at = re.sub(r"^(key in )?\$\.?", "", place.removesuffix("`"))
        raise FlowError(at, message) from error


def together(file: Given, case: Given) -> Given:
    """What is given for one test: the file's, with the test's own in front."""
    return Given(
        inputs={**file.inputs, **case.inputs},
        app={**file.app, **case.app},
        stubs={**file.stubs, **case.stubs},
        now=case.now or file.now,
    )
