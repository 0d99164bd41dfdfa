"""What can happen to a run? The log of these is the truth; state is a fold of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

from selfservice.language import Method
from selfservice.sealed import Value

Refusal = Literal[
    "WRONG", "EXPIRED", "USED_UP", "TOO_WEAK", "UNCONFIRMED", "PASSKEY_REFUSED", "PASSKEY_LATE"
]
"""Why an attempt to prove the identity failed; the first five are verdicts of a one-time code."""

GUESSES: frozenset[Refusal] = frozenset({"WRONG", "TOO_WEAK", "PASSKEY_REFUSED"})
"""What only another proof can mend; the others are mended by a new code, or by trying again."""


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """Who did it."""

    kind: Literal["customer", "agent", "system"]
    id: str | None = None


class _Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    at: datetime
    actor: Actor


class Started(_Event, frozen=True, kw_only=True, tag="started"):
    """The run began: the flow's version is pinned, inputs came from the app."""

    run: UUID
    flow: str
    version: str
    inputs: dict[str, Any] = {}
    app: dict[str, Any] = {}


class Answered(_Event, frozen=True, kw_only=True, tag="answered"):
    """The customer answered `step`; made by `selfservice.answers.answer`, already validated."""

    step: str
    values: dict[str, Value] = {}


class Invalid(_Event, frozen=True, kw_only=True, tag="invalid"):
    """Values for `step` were refused; only the fields' names are kept, and why of each."""

    step: str
    fields: tuple[str, ...]
    codes: tuple[str, ...] = ()
    """`required` for each field in turn; older events have none."""


class Acted(_Event, frozen=True, kw_only=True, tag="acted"):
    """A PerformAction came to an end.

    `ok`: the backend answered with `result`. `error`: it refused or did nothing, `code` says why.
    `unknown`: nobody knows whether it happened (a time-out after sending).
    """

    step: str
    visit: int
    check: bool = False
    outcome: Literal["ok", "error", "unknown"]
    result: dict[str, Any] = {}
    code: str | None = None


class IdentityProved(_Event, frozen=True, kw_only=True, tag="identity_proved"):
    """The customer proved who they are; the proof is kept, never the secret."""

    step: str
    level: int
    method: Method


class IdentityRefused(_Event, frozen=True, kw_only=True, tag="identity_refused"):
    """One attempt to prove the identity failed; one of GUESSES counts against the `attempts`."""

    step: str
    code: Refusal = "WRONG"


class HelpAsked(_Event, frozen=True, kw_only=True, tag="help_asked"):
    """The customer asked for a human; the run stays at its present step."""

    channel: Literal["text", "voice", "video"]


class HandedBack(_Event, frozen=True, kw_only=True, tag="handed_back"):
    """The human is done; the run goes on at its present step, or at `step`."""

    step: str | None = None


class Cancelled(_Event, frozen=True, kw_only=True, tag="cancelled"):
    """The customer stopped the run."""


class Expired(_Event, frozen=True, kw_only=True, tag="expired"):
    """Nobody went on with the run in time."""


class Reopened(_Event, frozen=True, kw_only=True, tag="reopened"):
    """The run goes back to `step`: to change an answer, or to make a read again that is too old."""

    step: str


class Woke(_Event, frozen=True, kw_only=True, tag="woke"):
    """The wait at `step` is over: its time has come, or the company's `event` with its `data`."""

    step: str
    visit: int
    event: str | None = None
    data: dict[str, Any] = {}


class Nudged(_Event, frozen=True, kw_only=True, tag="nudged"):
    """The customer is reminded of a run that lies still; it stays as it is."""


class Migrated(_Event, frozen=True, kw_only=True, tag="migrated"):
    """The run follows another `version` from here on.

    The first `kept` events that counted until now still do, under the new names of `renames`.
    """

    version: str
    kept: int
    renames: dict[str, str] = {}


class Forgot(_Event, frozen=True, kw_only=True, tag="forgot"):
    """The answers `names` were kept long enough; `state` is the run without them.

    A fold begins with the last of these. Of an older one the state is null.
    """

    names: tuple[str, ...]
    state: msgspec.Raw


Event = (
    Started
    | Answered
    | Invalid
    | Acted
    | IdentityProved
    | IdentityRefused
    | HelpAsked
    | HandedBack
    | Cancelled
    | Expired
    | Reopened
    | Woke
    | Nudged
    | Migrated
    | Forgot
)
