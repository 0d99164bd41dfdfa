"""Where does a run stand? A fold of its events, kept as JSON beside them."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

import msgspec

from selfservice.definition import Definition
from selfservice.errors import NotAllowed
from selfservice.language import Blocking, End, Method, Step, Wait
from selfservice.sealed import Value


class Status(StrEnum):
    """`active`: the customer's turn. `waiting`: for a back end, a time or an event.

    The last three are final.
    """

    ACTIVE = "active"
    WAITING = "waiting"
    WITH_HUMAN = "with_human"
    SOLVED = "solved"
    ABANDONED = "abandoned"
    EXPIRED = "expired"


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """What went wrong at `step`, because `source` (an action or the step itself) said `code`."""

    step: str
    source: str
    code: str
    at: datetime


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """The latest proof of identity in this run."""

    level: int
    method: Method
    at: datetime


class Pending(msgspec.Struct, frozen=True, kw_only=True):
    """The action whose outcome the run waits for; `check` asks what became of an unknown write."""

    step: str
    visit: int
    check: bool = False


class Passed(msgspec.Struct, frozen=True, kw_only=True, array_like=True, omit_defaults=True):
    """A step that the run has behind it, and what stood there before: so it can be undone."""

    step: str
    answers: dict[str, Value] = {}
    results: dict[str, dict[str, Any] | None] = {}
    is_wall: bool = False
    """A write that happened, or perhaps did: nothing up to here can be undone any more."""


class Parked(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was undone, for when the run comes there again; no rule sees it."""

    answers: dict[str, Value] = {}
    steps: tuple[str, ...] = ()
    """Those that need not be asked again while their answers still fit."""


class State(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A run as it stands after its events so far."""

    run: UUID
    flow: str
    version: str
    rev: int
    """Changes with every event that changes what the customer sees as current."""
    status: Status
    step: str
    started_at: datetime
    updated_at: datetime
    inputs: dict[str, Any] = {}
    app: dict[str, Any] = {}
    answers: dict[str, Value] = {}
    results: dict[str, dict[str, Any]] = {}
    visits: dict[str, int] = {}
    trail: tuple[Passed, ...] = ()
    """The steps passed since the start, without those that were undone; the newest MAX_TRAIL."""
    parked: Parked = Parked()
    read_at: dict[str, datetime] = {}
    """When the reads with a `fresh_for` were made."""
    until: datetime | None = None
    """Set while the run rests at a `wait` that has an end."""
    kept_until: dict[str, datetime] = {}
    """When answers whose field has a `retain` are forgotten."""
    forgotten: tuple[str, ...] = ()
    """Answers that were forgotten, and not given again."""
    nudged: bool = False
    """Whether the customer was reminded of the present screen."""
    automatic: int = 0
    """Steps entered since a person last acted: bounded, so that no flow runs in circles."""
    pending: Pending | None = None
    failures: tuple[Failure, ...] = ()
    notice: Failure | None = None
    """The failure that the present screen must explain."""
    barriers: tuple[str, ...] = ()
    """Write actions that happened: nothing before them can be changed any more."""
    identity: Identity | None = None
    refusals: int = 0
    """Failed attempts to prove the identity at the present step."""
    resume_at: str | None = None
    """Set while the flow itself gave up to a human: where a hand-back goes on."""
    outcome: Literal["solved", "abandoned", "refused"] | None = None
    feedback: Literal["csat"] | None = None


FINAL = frozenset({Status.SOLVED, Status.ABANDONED, Status.EXPIRED})


def place(state: State) -> str:
    """The step the run is about: the present one, or where it goes on after a human."""
    return state.resume_at or state.step


def blocking(definition: Definition, state: State) -> Blocking | None:
    """The step the customer can answer now; None while nothing can be answered."""
    step: Step = definition.steps[state.step]
    if state.status in FINAL or state.pending or state.resume_at:
        return None
    return step if isinstance(step, Blocking) else None


def refusal(state: State, event: object, reason: str) -> NotAllowed:
    """The error for an event that cannot happen to the run as it stands."""
    return NotAllowed(type(event).__name__, state.status, state.step, reason)


def wakes_at(definition: Definition, state: State) -> datetime | None:
    """When something is to happen to the run by itself: its wait is over, or a reminder is due."""
    if isinstance(definition.steps[state.step], Wait):
        return None if state.status in FINAL else state.until
    idle = definition.idle_at(state.step)
    if idle is None or state.nudged or state.status is not Status.ACTIVE:
        return None
    return state.updated_at + timedelta(seconds=idle.after)


def awaits(definition: Definition, state: State) -> str | None:
    """The company's event that the run goes on with, or tells its customer of once it is over."""
    step = definition.steps[state.step]
    if isinstance(step, Wait) and state.status not in FINAL:
        return step.wait.or_event
    if isinstance(step, End) and step.follow_up:
        return step.follow_up.on_event
    return None


def expires_at(definition: Definition, state: State) -> datetime:
    """When the run expires unless something happens to it; a wait is no lying still."""
    return max(state.updated_at, state.until or state.updated_at) + timedelta(
        seconds=definition.head.expires
    )
