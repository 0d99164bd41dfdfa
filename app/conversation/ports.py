"""What the conversation needs from outside: where its things are kept.

Every method works inside the caller's transaction; nothing here commits. A foreign id answers
exactly as an unknown one: NotFound.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar
from uuid import UUID

from msgspec import Struct

from app.conversation.approval import Approval
from app.conversation.callback import Callback
from app.conversation.context import Context
from app.conversation.facts import AskedAgain, Fact
from app.conversation.files import File, FileState
from app.conversation.interaction import Interaction, Talking
from app.conversation.marks import Mark
from app.conversation.participant import Participant
from app.conversation.people import Agent, Customer, DeviceIdentity, Intent, Workload
from app.conversation.queues import Queue
from app.conversation.routing import Queues as QueuesByName
from app.conversation.timeline import Entry, Event, Tail, Viewer
from app.conversation.waiting import Outcome

T = TypeVar("T", bound=Struct)


class Customers(Protocol):
    async def signed_in(
        self, subject: str, name: str, language: str, claims: dict[str, str]
    ) -> Customer:
        """The customer of this host id, made on first sight together with the conversation."""
        ...

    async def anonymous(self, name: str, language: str) -> Customer:
        """A new customer whom the host does not know, with a conversation."""
        ...

    async def get(self, id: UUID) -> Customer: ...

    async def names(self, ids: Collection[UUID]) -> Mapping[UUID, str]:
        """Of those of them that there are."""
        ...

    async def of_conversation(self, conversation_id: UUID) -> Customer: ...


class Identities(Protocol):
    async def add(self, identity: DeviceIdentity) -> None: ...

    async def by_secret(
        self, secret_hash: bytes, *, lock: bool = False
    ) -> DeviceIdentity | None: ...

    async def of(self, customer_id: UUID, *, lock: bool = False) -> DeviceIdentity | None:
        """The device of an anonymous customer. Locked: nobody links it meanwhile."""
        ...

    async def linked_to(self, customer_id: UUID) -> Sequence[DeviceIdentity]:
        """The devices whose history is this customer's, the first one first."""
        ...

    async def link(self, identity: DeviceIdentity, customer_id: UUID, now: datetime) -> None:
        """For ever; `identity` was read with its lock and is linked to nobody."""
        ...

    async def hand_over(self, guest: Customer, customer: Customer) -> None:
        """Whatever is kept for the guest is the customer's: requests for help, runs, and so on.

        An open run stays behind where the customer has one of the same flow and inputs; files that
        were said stay with their log. Raises Stale where both have an open interaction, or a
        callback that is still to come.
        """
        ...


class Facts(Protocol):
    async def put(self, facts: Sequence[Fact]) -> None:
        """Keep each as the newest of its customer, key and trust; an older one changes nothing."""
        ...

    async def of(self, customer_id: UUID) -> Sequence[Fact]:
        """By key, what is verified first."""
        ...

    async def asked_again(self, since: datetime) -> Sequence[AskedAgain]:
        """The repeated questions since then, most frequent first, then the latest."""
        ...


class Timeline(Protocol):
    async def append(self, conversation_id: UUID, entry: Entry) -> Event:
        """Store the next event. A repeated `cmid` returns the event already stored."""
        ...

    async def append_all(self, entries: Sequence[tuple[UUID, Entry]]) -> Sequence[Event]:
        """Store many, each in its conversation, in this order; repeats as in `append`."""
        ...

    async def stored(self, cmids: Sequence[tuple[UUID, UUID]]) -> Sequence[Event]:
        """Those events of these (conversation, cmid) that are there, in no order."""
        ...

    async def after(
        self, conversation_id: UUID, seq: int, viewer: Viewer, limit: int
    ) -> Sequence[Event]:
        """Events beyond `seq` that the viewer may see, oldest first, at most `limit`."""
        ...

    async def after_each(self, cursors: Mapping[UUID, int]) -> Mapping[UUID, list[Event]]:
        """All events beyond a seq of each conversation, oldest first; empty ones are left out."""
        ...

    async def heads(self, conversations: Collection[UUID], viewer: Viewer) -> Mapping[UUID, int]:
        """The newest seq of each that the viewer may see."""
        ...

    async def head(self, conversation_id: UUID, viewer: Viewer) -> int:
        """The newest seq that the viewer may see; 0 where nothing happened yet."""
        ...

    async def last_word(self, conversation_id: UUID) -> Event | None:
        """The newest event that a person caused and both sides may see."""
        ...

    async def rewrite(self, conversation_id: UUID, seq: int, body: dict[str, Any]) -> None:
        """Give a stored event another body: what it said is gone. NotFound for an unknown one."""
        ...

    async def rewrite_private(self, conversation_id: UUID, seq: int, private: bytes) -> None:
        """Give a stored event another private part: what it held is gone. Raises NotFound."""
        ...

    async def of_run(self, run_id: UUID) -> Sequence[Event]:
        """All events of one flow run, oldest first."""
        ...

    async def logs_of(self, run_ids: Sequence[UUID]) -> Mapping[UUID, Sequence[bytes]]:
        """What selfservice wrote of each of these runs, oldest first; unknown ones are left out."""
        ...

    async def tails_from(self, conversation_id: UUID | None, limit: int) -> Sequence[Tail]:
        """Of the conversations in the order of their ids, from this one on; None: the first."""
        ...

    async def move(self, conversation_id: UUID, to: UUID) -> bool:
        """Move everything into a conversation in which nothing happened; False where it did.

        Its files and the marks of its readers go with the events.
        """
        ...


class Files(Protocol):
    """What is known of files; their content is not in the database."""

    async def reserve(self, file: File, limit: int, since: datetime) -> None:
        """Add it; raises TooMany where its owner sent `limit` since then, refused ones aside."""
        ...

    async def of(self, ids: Sequence[UUID]) -> Sequence[File]:
        """Those that are there, in no order."""
        ...

    async def save(self, file: File, before: FileState) -> None:
        """Write over it; raises Stale where its state is not `before` any more."""
        ...

    async def leftover(self, before: datetime, limit: int) -> Sequence[File]:
        """Removed ones, and those never said that are older; locked until the end."""
        ...

    async def forget(self, ids: Sequence[UUID]) -> None:
        """As if they had never been."""
        ...


class Marks(Protocol):
    async def raise_to(self, marks: Sequence[Mark]) -> None:
        """Each side has come at least so far; nothing ever goes back."""
        ...

    async def of(self, conversations: Sequence[UUID]) -> Sequence[Mark]:
        """The marks of these conversations that are there, in no order."""
        ...


class Interactions(Protocol):
    async def add(self, interaction: Interaction) -> None:
        """Raises AlreadyOpen where the customer has one that waits or is live."""
        ...

    async def get(self, id: UUID) -> Interaction: ...

    async def lock(self, id: UUID) -> None:
        """Nobody else changes it until the end of the transaction."""
        ...

    async def save(self, interaction: Interaction) -> Interaction:
        """Write over the version that was read and return the next; raises Stale otherwise."""
        ...

    async def save_offered(self, offered: Sequence[Interaction]) -> Sequence[Interaction]:
        """As `save`, for many whose offer was just made: nothing else of them has changed."""
        ...

    async def latest_of(self, customer_id: UUID) -> Interaction | None:
        """The one that waits or is live, else the newest."""
        ...

    async def history(self, customer_id: UUID, limit: int) -> Sequence[Interaction]:
        """Those that began to wait last first."""
        ...

    async def waiting(self) -> Sequence[Interaction]:
        """Queued and offered ones: crisis, then priority, then time. Ageing is the caller's."""
        ...

    async def waiting_in(self, queues: Collection[str], limit: int) -> Sequence[Interaction]:
        """Of `waiting`, the first of these queues."""
        ...

    async def count_waiting(self, queues: Collection[str]) -> int:
        """How many are queued or offered in these queues."""
        ...

    async def is_anybody_queued(self) -> bool: ...

    async def claim_queued(
        self, limit: int, queues: QueuesByName, now: datetime
    ) -> Sequence[Interaction]:
        """Those queued ones that are offered first, locked until the transaction ends.

        In the order of routing.in_order; those another process holds are left.
        """
        ...

    async def claim_waiting(self, ids: Collection[UUID]) -> Sequence[Interaction]:
        """Those of these that are still queued or offered, locked as in `claim_queued`."""
        ...

    async def with_agent(self, agent_id: UUID) -> Sequence[Interaction]:
        """Those that take up the agent: offered to them, live, in wrap-up."""
        ...

    async def live(self) -> Sequence[Interaction]:
        """All that are live, those taken first first."""
        ...

    async def talking(self, conversations: Collection[UUID]) -> Sequence[Talking]:
        """Who may write where: one for each interaction that is not closed, one per specialist."""
        ...

    async def overdue(self, now: datetime) -> Sequence[Interaction]:
        """Offers past their deadline and wrap-ups past theirs."""
        ...

    async def closing_due(self, now: datetime) -> Sequence[Interaction]:
        """Live ones whose announced end has come."""
        ...

    async def maybe_silent(self, now: datetime, queues: Collection[str]) -> Sequence[Interaction]:
        """Live texts of these queues that it is time to look at: no end announced, quiet_at over.

        Those never looked at have none.
        """
        ...

    async def crises_claimed(self, customer_id: UUID, since: datetime) -> int:
        """How often since then the customer came first for having said that it is a crisis."""
        ...

    async def count_ended(self, since: datetime) -> int:
        """How many are over since then, however they ended."""
        ...

    async def to_remind(self, now: datetime) -> Sequence[Interaction]:
        """Paused ones whose customer wanted to be reminded by now."""
        ...

    async def open_from(self, customer_id: UUID | None, limit: int) -> Sequence[Interaction]:
        """Open ones in the order of their customers' ids, from this one on; None: the first."""
        ...

    async def wrap_ups(self, before: datetime, limit: int) -> Sequence[Interaction]:
        """Those in wrap-up that should be over before this, or have no end at all."""
        ...

    async def handled_s(self, queue: str, *, text: bool, limit: int) -> Sequence[float]:
        """How long the last texts or calls of a queue took, in seconds from accept to end."""
        ...

    async def outcomes(self, queue: str, *, text: bool, limit: int) -> Sequence[Outcome]:
        """How it went for those who waited last, by text or by call; newest first."""
        ...


class Participants(Protocol):
    async def add(self, participant: Participant) -> None:
        """Raises Stale where the interaction has an open one of this role."""
        ...

    async def get(self, id: UUID) -> Participant: ...

    async def save(self, participant: Participant) -> Participant:
        """Write over the version that was read and return the next; raises Stale otherwise."""
        ...

    async def open_of(self, interaction_id: UUID) -> Sequence[Participant]:
        """Those that are not closed, longest asked first."""
        ...

    async def with_agent(self, agent_id: UUID) -> Sequence[Participant]:
        """Those that take up the agent: offered to them, joined."""
        ...

    async def is_anybody_asked(self) -> bool:
        """Whether one waits to be offered, held by another process or not."""
        ...

    async def claim_asked(self, limit: int) -> Sequence[Participant]:
        """Those that wait to be offered, locked; those another process holds are left."""
        ...

    async def overdue(self, now: datetime) -> Sequence[Participant]:
        """Offers and askings past their time, and all of interactions that are not live."""
        ...

    async def open_from(self, interaction_id: UUID | None, limit: int) -> Sequence[Participant]:
        """Open ones in the order of their interactions' ids, from this one on; None: the first."""
        ...


class Agents(Protocol):
    async def add(self, agent: Agent) -> None:
        """Add, or replace the agent of the same e-mail address, keeping id and intent."""
        ...

    async def get(self, id: UUID) -> Agent: ...

    async def by_email(self, email: str) -> Agent | None: ...

    async def everybody(self) -> Sequence[Agent]:
        """Also those who are not active; ordered by e-mail address."""
        ...

    async def set_password(self, id: UUID, password_hash: str) -> None: ...

    async def deactivate(self, id: UUID) -> None:
        """No password, no intent, no lease: kept for the history alone."""
        ...

    async def set_intent(self, id: UUID, intent: Intent, now: datetime) -> None: ...

    async def reachable_until(self, id: UUID, device: UUID, until: datetime) -> bool:
        """Renew the lease of one device; a time in the past gives it up.

        Whether the agent is reachable since then, or is no more.
        """
        ...

    async def workloads(self, now: datetime, *, lock: bool = False) -> Sequence[Workload]:
        """All active agents with what they have in hand, counted from the rows; by name."""
        ...


class Queues(Protocol):
    async def put(self, queue: Queue) -> None:
        """Add, or replace the one of the same name."""
        ...

    async def all(self) -> dict[str, Queue]:
        """Those that somebody described, by name. Others have the defaults of Queue."""
        ...

    async def remove(self, name: str) -> None: ...


class Setup(Protocol):
    """What the company set up beside agents and queues: a list for each kind."""

    async def lock(self) -> None:
        """From here to the end of the transaction nobody else changes agents, queues or these."""
        ...

    async def all(self, kind: type[T]) -> tuple[T, ...]:
        """As they were put; none at first."""
        ...

    async def put_all(self, kind: type[T], entries: Sequence[T]) -> None: ...


class Contexts(Protocol):
    async def add(self, context: Context) -> None:
        """None is ever changed. The first and the newest stay: nobody asks for those between."""
        ...

    async def of(self, interaction_id: UUID) -> Context:
        """The newest."""
        ...


class Callbacks(Protocol):
    async def add(self, callback: Callback) -> None:
        """Raises CallbackOpen where the customer has one that is scheduled or due."""
        ...

    async def get(self, id: UUID) -> Callback: ...

    async def save(self, callback: Callback) -> Callback:
        """Write over the version that was read and return the next.

        Raises Stale where another was there meanwhile, CallbackOpen as `add` does.
        """
        ...

    async def of_customer(self, customer_id: UUID, limit: int) -> Sequence[Callback]:
        """Those still to come first, then the latest."""
        ...

    async def pending(self, now: datetime, limit: int) -> Sequence[UUID]:
        """Whom something is to be done about.

        Scheduled ones whose time has come, unless their customer waits or talks just now; and due
        ones whose interaction is over.
        """
        ...


class Approvals(Protocol):
    async def add(self, approval: Approval) -> None: ...

    async def get(self, id: UUID, *, lock: bool = False) -> Approval:
        """Locked: nobody else changes it until the end of the transaction."""
        ...

    async def save(self, approval: Approval) -> Approval:
        """Write over the version that was read and return the next; raises Stale otherwise."""
        ...


class Work(Protocol):
    """One transaction over all of these. It is committed at the edge, never in here."""

    customers: Customers
    identities: Identities
    facts: Facts
    timeline: Timeline
    interactions: Interactions
    participants: Participants
    agents: Agents
    queues: Queues
    setup: Setup
    contexts: Contexts
    callbacks: Callbacks
    approvals: Approvals
    files: Files
    marks: Marks

    async def now(self) -> datetime:
        """The database's clock (UTC)."""
        ...

    def ring(self, topic: str) -> None:
        """Once this is committed, tell everyone who listens to the topic that it changed."""
        ...
