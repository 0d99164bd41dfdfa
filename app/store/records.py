"""Rows of no part alone: sign-ins, passkeys, runs, jobs, codes, calls, answers kept, audit."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from msgspec import Struct

from rtc.call import Media


class Owner(StrEnum):
    CUSTOMER = "customer"
    AGENT = "agent"


class Proof(Struct, frozen=True, kw_only=True):
    """That somebody proved who they are, never by what secret."""

    level: int
    at: datetime


class SignIn(Struct, frozen=True, kw_only=True):
    """A signed-in device. Only a SHA-256 of the access token is kept."""

    token_hash: bytes
    owner: Owner
    owner_id: UUID
    expires_at: datetime
    proved_level: int | None = None
    proved_at: datetime | None = None

    @property
    def proof(self) -> Proof | None:
        """The latest proof of identity that was given with this token, and not used up."""
        if self.proved_level is None or self.proved_at is None:
            return None
        return Proof(level=self.proved_level, at=self.proved_at)


class Passkey(Struct, frozen=True, kw_only=True):
    """A customer's key pair in a device of theirs; we have the public half (WebAuthn)."""

    id: UUID
    customer_id: UUID
    credential_id: bytes
    public_key: bytes  # COSE_Key (RFC 9052), as the authenticator gave it
    sign_count: int  # grows with each use; 0 for ever where the authenticator does not count
    name: str
    created_at: datetime
    used_at: datetime | None = None


class Challenge(Struct, frozen=True, kw_only=True):
    """Random bytes that are good for one signature, for one purpose."""

    purpose: str
    challenge: bytes
    expires_at: datetime


class Invitation(Struct, frozen=True, kw_only=True):
    """An agent may choose a password, once. Only a SHA-256 of the token in the link is kept."""

    agent_id: UUID
    token_hash: bytes
    expires_at: datetime


class What(StrEnum):
    """What happened to an entry of the set-up."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"
    INVITED = "invited"  # an agent, to choose a password
    PASSWORD_CHOSEN = "password_chosen"  # noqa: S105 - no secret


class AuditEntry(Struct, frozen=True, kw_only=True):
    """One change of the company's set-up. It holds no password, no token, no hash of any."""

    at: datetime
    by: str
    """An agent's e-mail address, or `apply` and the user of the machine."""
    by_id: UUID | None
    what: What
    kind: str
    name: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    seq: int = 0
    """Counts from 1 without holes; given on adding."""


class FlowVersion(Struct, frozen=True, kw_only=True):
    """A definition as published; its hash is its identity."""

    hash: str
    flow: str
    body: str  # the YAML text
    published_at: datetime
    links: str = "{}"  # JSON: the flows that it calls, and which version of each is in it


class LiveFlow(Struct, frozen=True, kw_only=True):
    """The version of a flow that new runs begin with."""

    flow: str
    hash: str
    since: datetime


class RunRow(Struct, frozen=True, kw_only=True):
    """A flow run. `state` is a cache of the fold of its events, encoded by selfservice."""

    id: UUID
    customer_id: UUID
    conversation_id: UUID
    flow: str
    hash: str
    inputs_key: str  # canonical inputs: at most one open run per customer, flow and inputs
    state: bytes
    status: str
    updated_at: datetime
    expires_at: datetime | None = None
    version: int = 0
    wakes_at: datetime | None = None  # a wait is over, or a reminder is due
    awaits: str | None = None  # the company's event that it goes on with, or follows up on
    forgets_at: datetime | None = None  # the next answer has been kept long enough


class Count(Struct, frozen=True, array_like=True):
    """So many of something at a step, of the run where it is empty; see selfservice.insight.Key."""

    step: str
    what: str
    name: str
    count: int


class RunTally(Struct, frozen=True, kw_only=True):
    """What one run adds to the counts of its version and of the day on which it began."""

    run_id: UUID
    hash: str
    day: date
    counts: tuple[Count, ...]
    look_again_at: datetime | None = None
    """When time alone may change it."""


class Total(Struct, frozen=True, kw_only=True):
    """A count summed up over days."""

    flow: str
    hash: str
    step: str
    what: str
    name: str
    count: int


class JobState(StrEnum):
    DUE = "due"
    DONE = "done"


class ActionJob(Struct, frozen=True, kw_only=True):
    """A backend call that a run waits for, written with the change that asked for it.

    `effect` is the encoded effect of selfservice; sensitive values in it stay sealed.
    """

    id: UUID
    run_id: UUID
    effect: bytes
    due_at: datetime
    state: JobState = JobState.DUE
    attempts: int = 0
    lease_until: datetime | None = None


class CodeRow(Struct, frozen=True, kw_only=True):
    """The one-time code of a run's step-up, encoded by selfservice; never the code itself."""

    run_id: UUID
    state: bytes


class CallRow(Struct, frozen=True, kw_only=True):
    """The media of an interaction. See app.calls for what gen and rev count."""

    id: UUID
    interaction_id: UUID
    state: str
    state_since: datetime
    started_by: Owner
    video: bool
    gen: int
    wanted_gen: int
    wanted_rev: int
    created_at: datetime
    place: str | None = None  # where the legs are: rtc.engine.Engine.place
    customer_media: Media | None = None
    agent_media: Media | None = None
    ended_reason: str | None = None
    version: int = 0


class DescriptionRow(Struct, frozen=True, kw_only=True):
    """A session description as the other side shall get it: already rewritten by the engine."""

    call_id: UUID
    gen: int
    rev: int
    kind: str  # "offer" or "answer"
    sdp: str


class KeptAnswer(Struct, frozen=True, kw_only=True):
    """What an idempotent request was answered, to answer its repeat alike."""

    owner_id: UUID
    key: str
    request_hash: bytes
    body: bytes
    created_at: datetime
