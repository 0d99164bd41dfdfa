"""What does a run want from the world? Values that the edge carries out after the commit."""

from __future__ import annotations

import hashlib
from typing import Any, Literal
from uuid import UUID

import msgspec

from selfservice.language import Channel
from selfservice.sealed import Sealed


class _Effect(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    run: UUID


class PerformAction(_Effect, frozen=True, kw_only=True, tag="perform_action"):
    """Call the company's backend action `name`, then report Acted(step, visit, check).

    `input` holds what is plain; `sealed` holds the inputs to be opened just before the call. `key`
    is the Idempotency-Key: the same visit of the same step always has the same one. At most
    `retries` more tries of a read; a write (`effect`) is sent once, and a time-out after
    `timeout_s` seconds is reported as unknown.
    """

    step: str
    visit: int
    check: bool
    name: str
    effect: Literal["read", "write"]
    input: dict[str, Any]
    sealed: dict[str, Sealed]
    key: str
    timeout_s: int
    retries: int


class SendCode(_Effect, frozen=True, kw_only=True, tag="send_code"):
    """Have the company send a one-time code for `step`.

    Not `asked`: the run came to the step, and none is sent to whoever has a passkey for it.
    """

    step: str
    level: int
    asked: bool = False


class Escalate(_Effect, frozen=True, kw_only=True, tag="escalate"):
    """A human is wanted."""

    queue: str
    reason: str
    channels: tuple[Channel, ...]
    priority: int
    crisis: bool
    callback: bool = False
    skills: dict[str, int] = {}


class Tell(_Effect, frozen=True, kw_only=True, tag="tell"):
    """Tell the customer, also when the app is closed; `text` is one of the flow."""

    text: str


class End(_Effect, frozen=True, kw_only=True, tag="end"):
    """The run is over."""

    outcome: Literal["solved", "abandoned", "refused"]
    feedback: Literal["csat"] | None = None


Effect = PerformAction | SendCode | Escalate | Tell | End


def action_key(run: UUID, step: str, visit: int, name: str, sent: dict[str, Any]) -> str:
    """sha256 over run, step, visit, action and canonical input: one performance, one key."""
    canonical = msgspec.json.encode([run, step, visit, name, sent], order="sorted")
    return hashlib.sha256(canonical).hexdigest()
