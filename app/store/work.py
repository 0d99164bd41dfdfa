"""One unit of work: every port of one transaction, and what rings once it is committed."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import date, datetime
from typing import Protocol, runtime_checkable
from uuid import UUID

from app.conversation import ports
from app.store.records import (
    ActionJob,
    AuditEntry,
    CallRow,
    Challenge,
    CodeRow,
    DescriptionRow,
    FlowVersion,
    Invitation,
    KeptAnswer,
    LiveFlow,
    Passkey,
    Proof,
    RunRow,
    RunTally,
    SignIn,
    Total,
)
from push.delivery import Delivery
from push.notification import Notification
from push.ports import Devices, Outbox


class SignIns(Protocol):
    async def add(self, sign_in: SignIn) -> None: ...

    async def find(self, token_hash: bytes, now: datetime) -> SignIn | None:
        """None where it is unknown or past its time."""
        ...

    async def delete(self, token_hash: bytes) -> None: ...

    async def delete_of(self, owner_id: UUID) -> None:
        """Give up all access tokens of somebody."""
        ...

    async def proved(self, token_hash: bytes, proof: Proof | None) -> None:
        """Whoever has this token proved their identity just now; None: that is used up."""
        ...

    async def forget(self, now: datetime) -> None:
        """Those past their time."""
        ...


class Invitations(Protocol):
    async def put(self, invitation: Invitation) -> None:
        """The newest of an agent takes the place of the one before."""
        ...

    async def find(self, token_hash: bytes, now: datetime) -> Invitation | None:
        """None where it is unknown, used, replaced, or past its time."""
        ...

    async def delete_of(self, agent_id: UUID) -> None: ...


class Audit(Protocol):
    """Only ever added to, by whoever holds the lock of the set-up."""

    async def add(self, entry: AuditEntry) -> AuditEntry:
        """With its number."""
        ...

    async def after(self, seq: int, limit: int) -> Sequence[AuditEntry]:
        """Oldest first."""
        ...


class FlowVersions(Protocol):
    async def publish(self, version: FlowVersion) -> None:
        """Keep a version; one that is already there stays as it is."""
        ...

    async def get(self, hash: str) -> FlowVersion: ...

    async def go_live(self, version: LiveFlow) -> None:
        """From now on new runs of this flow begin with this version, which is kept already."""
        ...

    async def live(self) -> Sequence[LiveFlow]:
        """What new runs begin with, in the order of the flows' names."""
        ...


class Runs(Protocol):
    async def add(self, run: RunRow) -> None:
        """Raises Stale where the customer has an open run of this flow with these inputs."""
        ...

    async def get(self, id: UUID) -> RunRow: ...

    async def save(self, run: RunRow) -> RunRow:
        """Write over the version that was read and return the next; raises Stale otherwise."""
        ...

    async def open_of(self, customer_id: UUID, flow: str, inputs_key: str) -> RunRow | None:
        """The run that is active, waiting or with a human."""
        ...

    async def of_customer(self, customer_id: UUID, limit: int) -> Sequence[RunRow]:
        """Newest change first."""
        ...

    async def overdue(self, now: datetime, limit: int) -> Sequence[RunRow]:
        """Open ones past their time, those longest past it first."""
        ...

    async def due(self, now: datetime, limit: int) -> Sequence[RunRow]:
        """Open ones whose wait is over or whose reminder is due, the longest due first."""
        ...

    async def open_of_flow(self, flow: str, after: UUID | None, limit: int) -> Sequence[RunRow]:
        """Open ones of a flow, in the order of their ids, beyond this one; None: the first."""
        ...

    async def these(self, ids: Sequence[UUID]) -> Sequence[RunRow]:
        """In the order of their ids; unknown ones are left out."""
        ...

    async def ended_of_flow(self, flow: str, limit: int) -> Sequence[RunRow]:
        """Those of a flow that are over, the newest first."""
        ...

    async def to_forget(self, now: datetime, limit: int) -> Sequence[RunRow]:
        """Those of which an answer has been kept long enough, also ended ones, the oldest first."""
        ...

    async def awaiting(self, customer_id: UUID, event: str, limit: int) -> Sequence[RunRow]:
        """The customer's that this event of the company's concerns, newest change first."""
        ...

    async def open_from(self, customer_id: UUID | None, limit: int) -> Sequence[RunRow]:
        """Open ones in the order of their customers' ids, from this one on; None: the first."""
        ...


class Insight(Protocol):
    """How runs went, counted beside them. A run is to be counted whenever it moved since."""

    async def claim(self, now: datetime, limit: int) -> Sequence[RunRow]:
        """Runs to be counted, those that moved first first; counted once this is committed.

        Nobody moves them until then; those another process counts or moves are left.
        """
        ...

    async def logs(self, run_ids: Sequence[UUID], at_most: int) -> Mapping[UUID, Sequence[bytes]]:
        """The first events of each run as selfservice wrote them, oldest first."""
        ...

    async def of(self, run_ids: Sequence[UUID]) -> Sequence[RunTally]:
        """The tallies of these runs that are there, in no order."""
        ...

    async def put(self, tallies: Sequence[RunTally]) -> None:
        """Take these in the place of those that were there before of the same runs."""
        ...

    async def count_again(self, customer_id: UUID, since: datetime) -> None:
        """The customer's runs that were solved since then are to be counted anew."""
        ...

    async def totals(self, since: date, flow: str | None = None) -> Sequence[Total]:
        """The counts of runs that began on that day or later, of one flow or of all."""
        ...


class ActionJobs(Protocol):
    async def add(self, job: ActionJob) -> None: ...

    async def claim(self, now: datetime, lease_until: datetime, limit: int) -> Sequence[ActionJob]:
        """Take due jobs that nobody holds; counts the attempt."""
        ...

    async def done(self, id: UUID) -> None: ...

    async def again(self, id: UUID, due_at: datetime) -> None: ...

    async def forget(self, run_id: UUID) -> None:
        """As if those of this run that are done had never been: they hold what was sent."""
        ...


class Codes(Protocol):
    async def get(self, run_id: UUID, *, lock: bool = False) -> CodeRow | None:
        """Locked: nobody else changes it until the end of the transaction."""
        ...

    async def put(self, code: CodeRow) -> None: ...


class Passkeys(Protocol):
    async def add(self, passkey: Passkey) -> None:
        """Raises Stale where somebody has this credential."""
        ...

    async def of(self, customer_id: UUID) -> Sequence[Passkey]:
        """Oldest first."""
        ...

    async def used(self, passkey: Passkey, sign_count: int, now: datetime) -> None:
        """Raises Stale where it was used meanwhile, or is gone."""
        ...

    async def remove(self, id: UUID) -> None: ...


class Challenges(Protocol):
    """What a passkey must sign, for one purpose each."""

    async def put(self, challenge: Challenge) -> None:
        """It takes the place of the one before, of the same purpose."""
        ...

    async def take(self, purpose: str) -> Challenge | None:
        """Read it, and it is gone. Of two who take it at once, one gets it."""
        ...

    async def forget(self, now: datetime) -> None:
        """Those past their time."""
        ...


class Calls(Protocol):
    async def add(self, call: CallRow) -> None:
        """Raises Stale where the interaction has a call that has not ended."""
        ...

    async def get(self, id: UUID) -> CallRow: ...

    async def save(self, call: CallRow) -> CallRow:
        """Write over the version that was read and return the next; raises Stale otherwise."""
        ...

    async def open_of(self, interaction_id: UUID) -> CallRow | None:
        """The call of an interaction that has not ended."""
        ...

    async def open_calls(self) -> Sequence[CallRow]: ...

    async def describe(self, description: DescriptionRow) -> None:
        """Keep a description; the same (call, gen, rev, kind) again replaces it."""
        ...

    async def description(self, call_id: UUID, kind: str) -> DescriptionRow | None:
        """The newest of this kind by gen, then rev."""
        ...


class Notifications(Protocol):
    async def add(self, notification: Notification) -> int:
        """Keep it with one queued delivery per device of the customer; returns how many.

        Again with the same id changes nothing and returns 0.
        """
        ...

    async def get(self, id: UUID) -> Notification: ...

    async def of_customer(self, customer_id: UUID, limit: int) -> Sequence[Notification]:
        """Newest first."""
        ...

    async def received(self, id: UUID, now: datetime) -> None:
        """The phone showed it: its deliveries that left count as delivered."""
        ...

    async def without_lease(self, limit: int) -> Sequence[Delivery]:
        """Deliveries in the hands of a worker whose time there has no end."""
        ...

    async def newest_dead(self, among: int) -> Sequence[Delivery]:
        """Of so many deliveries that were written last, those that are dead."""
        ...


class KeptAnswers(Protocol):
    async def find(self, owner_id: UUID, key: str) -> KeptAnswer | None: ...

    async def claim(self, request: KeptAnswer) -> KeptAnswer | None:
        """Take the key for a request that is not answered yet, or get what it was answered before.

        Who comes while another transaction has the key waits for its end.
        """
        ...

    async def answer(self, owner_id: UUID, key: str, body: bytes) -> None:
        """Of the request that was claimed in this transaction."""
        ...

    async def forget(self, before: datetime) -> None:
        """Of requests that came before this time."""
        ...


class Work(ports.Work, Protocol):
    """One transaction. Committed when the block ends well, undone when it raises."""

    sign_ins: SignIns
    invitations: Invitations
    audit: Audit
    flow_versions: FlowVersions
    runs: Runs
    insight: Insight
    action_jobs: ActionJobs
    codes: Codes
    passkeys: Passkeys
    challenges: Challenges
    calls: Calls
    notifications: Notifications
    deliveries: Outbox  # within this transaction: durable once it is committed
    devices: Devices
    kept_answers: KeptAnswers

    async def epoch(self) -> UUID:
        """Changes when the database is another one; cursors of an old epoch mean nothing."""
        ...


@runtime_checkable  # Litestar checks what it injects
class Store(Protocol):
    """Where everything is kept."""

    def write(self) -> AbstractAsyncContextManager[Work]:
        """A transaction that may change things; its topics ring after the commit."""
        ...

    def read(self) -> AbstractAsyncContextManager[Work]:
        """A transaction that changes nothing: one snapshot."""
        ...

    async def epoch(self) -> UUID:
        """In a transaction of its own: also the way to ask whether the database answers."""
        ...

    async def close(self) -> None: ...
