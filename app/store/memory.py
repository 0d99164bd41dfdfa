"""The store without a database: for tests and the demo; nothing survives the process.

A writer works on a copy of the tables, which takes the place of the old ones when it ends well.
Readers keep the tables that they began with. So a transaction is all or nothing, and a snapshot,
as in SQL; it costs a copy per write.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from msgspec.structs import asdict, replace

from app.conversation.callback import Callback
from app.conversation.context import Context
from app.conversation.errors import AlreadyOpen, NotFound, Stale
from app.conversation.facts import Fact, Trust
from app.conversation.files import File
from app.conversation.interaction import (
    OPEN,
    TALKING,
    WITH_AGENT,
    Channel,
    Interaction,
    State,
    Talking,
    is_overdue,
)
from app.conversation.marks import Mark
from app.conversation.participant import Participant, Role
from app.conversation.participant import State as Joining
from app.conversation.people import (
    ANONYMOUS,
    NO_PASSWORD,
    Agent,
    Customer,
    DeviceIdentity,
    Intent,
    Workload,
)
from app.conversation.ports import (
    Agents,
    Callbacks,
    Contexts,
    Customers,
    Facts,
    Files,
    Identities,
    Interactions,
    Marks,
    Participants,
    Queues,
    Setup,
    Timeline,
)
from app.conversation.queues import Queue
from app.conversation.routing import Queues as QueuesByName
from app.conversation.routing import in_order
from app.conversation.timeline import (
    FOR_AGENTS,
    TAIL,
    ActorKind,
    Audience,
    Entry,
    Event,
    Tail,
    Viewer,
)
from app.conversation.waiting import Outcome, outcome_of, waited_until
from app.ids import new_id
from app.store import plain
from app.store.memory_callbacks import MemoryCallbacks
from app.store.memory_facts import MemoryFacts
from app.store.memory_files import MemoryFiles
from app.store.memory_identities import MemoryIdentities
from app.store.memory_marks import MemoryMarks
from app.store.memory_participants import MemoryParticipants
from app.store.memory_setup import MemoryAudit, MemoryInvitations, MemorySetup
from app.store.records import (
    ActionJob,
    AuditEntry,
    CallRow,
    CodeRow,
    DescriptionRow,
    FlowVersion,
    Invitation,
    JobState,
    KeptAnswer,
    RunRow,
    SignIn,
)
from app.store.work import (
    ActionJobs,
    Audit,
    Calls,
    Codes,
    FlowVersions,
    Invitations,
    KeptAnswers,
    Notifications,
    Runs,
    SignIns,
    Work,
)
from push import delivery as rules
from push.delivery import Delivery, DeliveryEvent, Result
from push.device import Device, is_stale
from push.notification import Notification
from push.ports import Claimed, Devices, Outbox

RUN_OPEN = frozenset({"active", "waiting", "with_human"})

T = TypeVar("T")


class Tables(msgspec.Struct, kw_only=True):
    """Every table as a dict by its key. What is in them is never changed, only replaced."""

    customers: dict[UUID, Customer] = {}
    identities: dict[bytes, DeviceIdentity] = {}
    facts: dict[tuple[UUID, str, Trust], Fact] = {}
    events: dict[UUID, tuple[Event, ...]] = {}
    interactions: dict[UUID, Interaction] = {}
    participants: dict[UUID, Participant] = {}
    agents: dict[UUID, Agent] = {}
    leases: dict[tuple[UUID, UUID], datetime] = {}
    queues: dict[str, Queue] = {}
    setup: dict[type[msgspec.Struct], tuple[Any, ...]] = {}
    audit: dict[int, AuditEntry] = {}
    invitations: dict[UUID, Invitation] = {}
    contexts: dict[UUID, tuple[Context, ...]] = {}
    callbacks: dict[UUID, Callback] = {}
    files: dict[UUID, File] = {}
    marks: dict[tuple[UUID, Viewer], Mark] = {}
    sign_ins: dict[bytes, SignIn] = {}
    flow_versions: dict[str, FlowVersion] = {}
    runs: dict[UUID, RunRow] = {}
    action_jobs: dict[UUID, ActionJob] = {}
    codes: dict[UUID, CodeRow] = {}
    calls: dict[UUID, CallRow] = {}
    descriptions: dict[tuple[UUID, str, int, int], DescriptionRow] = {}
    notifications: dict[UUID, Notification] = {}
    deliveries: dict[UUID, Delivery] = {}
    devices: dict[UUID, Device] = {}
    kept_answers: dict[tuple[UUID, str], KeptAnswer] = {}

    def copy(self) -> "Tables":
        return Tables(**{name: dict(table) for name, table in asdict(self).items()})

    def frozen(self) -> "Tables":
        """The same tables, refusing changes."""
        views: dict[str, Any] = {name: MappingProxyType(t) for name, t in asdict(self).items()}
        return Tables(**views)


def _found(table: Mapping[UUID, T], id: UUID, what: str) -> T:
    try:
        return table[id]
    except KeyError:
        raise NotFound(what) from None


def _first(rows: Iterable[T]) -> T | None:
    return next(iter(rows), None)


class MemoryCustomers:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def signed_in(
        self, subject: str, name: str, language: str, claims: dict[str, str]
    ) -> Customer:
        everybody = self._tables.customers.values()
        known = _first(one for one in everybody if one.subject == subject)
        customer = Customer(
            id=known.id if known else new_id(),
            conversation_id=known.conversation_id if known else new_id(),
            subject=subject,
            name=name,
            language=language,
            claims=claims,
        )
        self._tables.customers[customer.id] = customer
        self._tables.events.setdefault(customer.conversation_id, ())
        return customer

    async def anonymous(self, name: str, language: str) -> Customer:
        id = new_id()
        customer = Customer(
            id=id,
            conversation_id=new_id(),
            subject=f"{ANONYMOUS}{id}",
            name=name,
            language=language,
            anonymous=True,
        )
        self._tables.customers[id] = customer
        self._tables.events[customer.conversation_id] = ()
        return customer

    async def get(self, id: UUID) -> Customer:
        return _found(self._tables.customers, id, "customer")

    async def names(self, ids: Collection[UUID]) -> Mapping[UUID, str]:
        known = self._tables.customers
        return {id: known[id].name for id in ids if id in known}

    async def of_conversation(self, conversation_id: UUID) -> Customer:
        everybody = self._tables.customers.values()
        found = _first(one for one in everybody if one.conversation_id == conversation_id)
        if found is None:
            raise NotFound("customer")
        return found


class MemoryTimeline:
    def __init__(self, tables: Tables, clock: Callable[[], datetime]) -> None:
        self._tables = tables
        self._clock = clock

    async def append(self, conversation_id: UUID, entry: Entry) -> Event:
        log = _found(self._tables.events, conversation_id, "conversation")
        known = _first(event for event in log if entry.cmid and event.cmid == entry.cmid)
        if known is not None:
            return known
        body = plain.decode(plain.encode(msgspec.to_builtins(entry.body)))
        event = Event(
            conversation_id=conversation_id,
            seq=len(log) + 1,
            at=self._clock(),
            customer_prev=_head(log, Viewer.CUSTOMER),
            **{**asdict(entry), "kind": plain.text(entry.kind), "body": body},
        )
        self._tables.events[conversation_id] = (*log, event)
        return event

    async def append_all(self, entries: Sequence[tuple[UUID, Entry]]) -> Sequence[Event]:
        return [await self.append(id, entry) for id, entry in entries]

    async def stored(self, cmids: Sequence[tuple[UUID, UUID]]) -> Sequence[Event]:
        logs = {id: self._tables.events.get(id, ()) for id, _ in cmids}
        return [one for id, cmid in cmids for one in logs[id] if one.cmid == cmid]

    async def after(
        self, conversation_id: UUID, seq: int, viewer: Viewer, limit: int
    ) -> Sequence[Event]:
        log = self._tables.events.get(conversation_id, ())
        return [event for event in log[max(seq, 0) :] if _visible(event, viewer)][:limit]

    async def after_each(self, cursors: Mapping[UUID, int]) -> Mapping[UUID, list[Event]]:
        logs = self._tables.events
        found = {id: list(logs.get(id, ())[max(seq, 0) :]) for id, seq in cursors.items()}
        return {id: events for id, events in found.items() if events}

    async def heads(self, conversations: Collection[UUID], viewer: Viewer) -> Mapping[UUID, int]:
        logs = self._tables.events
        return {id: _head(logs[id], viewer) for id in conversations if id in logs}

    async def head(self, conversation_id: UUID, viewer: Viewer) -> int:
        return _head(_found(self._tables.events, conversation_id, "conversation"), viewer)

    async def last_word(self, conversation_id: UUID) -> Event | None:
        log = self._tables.events.get(conversation_id, ())
        said = (one for one in reversed(log) if one.actor.kind is not ActorKind.SYSTEM)
        return _first(one for one in said if one.audience is Audience.EVERYONE)

    async def rewrite(self, conversation_id: UUID, seq: int, body: dict[str, Any]) -> None:
        log = self._tables.events.get(conversation_id, ())
        if not 0 < seq <= len(log):
            raise NotFound("message")
        kept = plain.decode(plain.encode(msgspec.to_builtins(body)))
        changed = (*log[: seq - 1], replace(log[seq - 1], body=kept), *log[seq:])
        self._tables.events[conversation_id] = changed

    async def of_run(self, run_id: UUID) -> Sequence[Event]:
        found = [e for log in self._tables.events.values() for e in log if e.run_id == run_id]
        return sorted(found, key=lambda event: (event.at, event.seq))

    async def move(self, conversation_id: UUID, to: UUID) -> bool:
        logs = self._tables.events
        moving = _found(logs, conversation_id, "conversation")
        if _found(logs, to, "conversation"):
            return False
        logs[to] = tuple(replace(event, conversation_id=to) for event in moving)
        logs[conversation_id] = ()
        for side in Viewer:
            mark = self._tables.marks.pop((conversation_id, side), None)
            if mark is not None:
                self._tables.marks[to, side] = replace(mark, conversation_id=to)
        for file in list(self._tables.files.values()):
            if file.conversation_id == conversation_id:
                self._tables.files[file.id] = replace(file, conversation_id=to)
        return True

    async def tails_from(self, conversation_id: UUID | None, limit: int) -> Sequence[Tail]:
        logs = sorted(self._tables.events.items())
        some = [one for one in logs if conversation_id is None or one[0] >= conversation_id]
        return [_tail(id, log) for id, log in some[:limit]]


def _visible(event: Event, viewer: Viewer) -> bool:
    return viewer is Viewer.AGENT or event.audience is Audience.EVERYONE


def _head(log: Sequence[Event], viewer: Viewer) -> int:
    return next((event.seq for event in reversed(log) if _visible(event, viewer)), 0)


def _tail(id: UUID, log: Sequence[Event]) -> Tail:
    """Without a database the heads are those of the log itself."""
    head = _head(log, Viewer.AGENT)
    newest = [one for one in log if one.seq > head - TAIL]
    shown = [one for one in newest if one.audience is Audience.EVERYONE]
    return Tail(
        conversation_id=id,
        head=head,
        customer_head=_head(log, Viewer.CUSTOMER),
        stored=len(newest),
        last=head,
        last_shown=shown[-1].seq if shown else None,
        wrongly_shown=sum(one.kind in FOR_AGENTS for one in shown),
    )


class MemoryInteractions:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def add(self, interaction: Interaction) -> None:
        mine = await self.history(interaction.customer_id, limit=1_000_000)
        open_one = _first(one for one in mine if one.state in OPEN)
        if open_one is not None and interaction.state in OPEN:
            raise AlreadyOpen(open_one.id)
        self._tables.interactions[interaction.id] = interaction

    async def get(self, id: UUID) -> Interaction:
        return _found(self._tables.interactions, id, "interaction")

    async def lock(self, id: UUID) -> None:
        pass

    async def save(self, interaction: Interaction) -> Interaction:
        if (await self.get(interaction.id)).version != interaction.version:
            raise Stale("interaction")
        saved = replace(interaction, version=interaction.version + 1)
        self._tables.interactions[saved.id] = saved
        return saved

    async def save_offered(self, offered: Sequence[Interaction]) -> Sequence[Interaction]:
        return [await self.save(one) for one in offered]

    async def latest_of(self, customer_id: UUID) -> Interaction | None:
        newest_first = await self.history(customer_id, limit=1_000_000)
        return _first(sorted(newest_first, key=lambda one: one.state not in OPEN))

    async def history(self, customer_id: UUID, limit: int) -> Sequence[Interaction]:
        mine = [one for one in self._all() if one.customer_id == customer_id]
        return sorted(mine, key=lambda one: (one.waiting_since, one.id), reverse=True)[:limit]

    async def waiting(self) -> Sequence[Interaction]:
        return _in_order([o for o in self._all() if o.state in {State.QUEUED, State.OFFERED}])

    async def is_anybody_queued(self) -> bool:
        return any(one.state is State.QUEUED for one in self._all())

    async def waiting_in(self, queues: Collection[str], limit: int) -> Sequence[Interaction]:
        return [one for one in await self.waiting() if one.queue in queues][:limit]

    async def count_waiting(self, queues: Collection[str]) -> int:
        return len(await self.waiting_in(queues, 1_000_000))

    async def claim_queued(
        self, limit: int, queues: QueuesByName, now: datetime
    ) -> Sequence[Interaction]:
        queued = [one for one in self._all() if one.state is State.QUEUED]
        return in_order(queued, queues, now)[:limit]

    async def claim_waiting(self, ids: Collection[UUID]) -> Sequence[Interaction]:
        return [one for one in await self.waiting() if one.id in ids]

    async def with_agent(self, agent_id: UUID) -> Sequence[Interaction]:
        return _in_order([one for one in self._all() if _holder(one) == agent_id])

    async def live(self) -> Sequence[Interaction]:
        live = [one for one in self._all() if one.state is State.LIVE]
        return sorted(live, key=lambda one: (waited_until(one), one.id))

    async def talking(self, conversations: Collection[UUID]) -> Sequence[Talking]:
        here = [
            one
            for one in self._tables.interactions.values()
            if one.conversation_id in conversations and one.state in TALKING
        ]
        logs = {one.id: one.conversation_id for one in here if one.state is State.LIVE}
        paused = {one.id for one in here if one.state is State.PAUSED}
        return [
            Talking(
                one.conversation_id,
                one.agent_id,
                one.id if one.id in paused else None,
                one.id if one.closing else None,
            )
            for one in here
        ] + [
            Talking(logs[one.interaction_id], one.agent_id)
            for one in self._tables.participants.values()
            if one.interaction_id in logs
            and one.state is Joining.JOINED
            and one.role is Role.SPECIALIST
        ]

    async def overdue(self, now: datetime) -> Sequence[Interaction]:
        return _in_order([one for one in self._all() if is_overdue(one, now)])

    async def closing_due(self, now: datetime) -> Sequence[Interaction]:
        live = [one for one in self._all() if one.state is State.LIVE]
        return _in_order([one for one in live if one.closing and one.closing.until <= now])

    async def maybe_silent(self, now: datetime, queues: Collection[str]) -> Sequence[Interaction]:
        live = [one for one in self._all() if one.state is State.LIVE and one.queue in queues]
        texts = [one for one in live if one.channel is Channel.TEXT and one.closing is None]
        return _in_order([one for one in texts if one.quiet_at is None or one.quiet_at <= now])

    async def crises_claimed(self, customer_id: UUID, since: datetime) -> int:
        mine = [one for one in self._all() if one.customer_id == customer_id]
        return sum(one.crisis and one.crisis_claimed and one.enqueued_at > since for one in mine)

    async def to_remind(self, now: datetime) -> Sequence[Interaction]:
        asked = [(one.remind_at, one) for one in self._all() if one.state is State.PAUSED]
        late = [(at, one.id, one) for at, one in asked if at is not None and at <= now]
        return [one for *_, one in sorted(late)]

    async def open_from(self, customer_id: UUID | None, limit: int) -> Sequence[Interaction]:
        some = [
            one
            for one in self._all()
            if one.state in OPEN and (customer_id is None or one.customer_id >= customer_id)
        ]
        return sorted(some, key=lambda one: (one.customer_id, one.enqueued_at, one.id))[:limit]

    async def wrap_ups(self, before: datetime, limit: int) -> Sequence[Interaction]:
        some = [
            (one.ended_at or before, one.id, one)
            for one in self._all()
            if one.state is State.WRAP_UP
            and (one.wrap_up_until is None or one.wrap_up_until < before)
        ]
        return [one for *_, one in sorted(some)[:limit]]

    async def handled_s(self, queue: str, *, text: bool, limit: int) -> Sequence[float]:
        spans = [
            (one.accepted_at, one.ended_at)
            for one in self._like(queue, text=text)
            if one.accepted_at and one.ended_at
        ]
        newest = sorted(spans, key=lambda span: span[1], reverse=True)[:limit]
        return [(ended - accepted).total_seconds() for accepted, ended in newest]

    async def outcomes(self, queue: str, *, text: bool, limit: int) -> Sequence[Outcome]:
        over = [one for one in self._like(queue, text=text) if one.accepted_at or one.ended_at]
        newest = sorted(over, key=lambda one: (waited_until(one), one.id), reverse=True)
        return [outcome_of(one) for one in newest[:limit]]

    def _like(self, queue: str, *, text: bool) -> Iterable[Interaction]:
        mine = (one for one in self._all() if one.queue == queue)
        return (one for one in mine if (one.channel is Channel.TEXT) is text)

    def _all(self) -> Iterable[Interaction]:
        return self._tables.interactions.values()


def _in_order(some: Iterable[Interaction]) -> list[Interaction]:
    return sorted(some, key=lambda one: (not one.crisis, -one.priority, one.enqueued_at, one.id))


def _holder(one: Interaction) -> UUID | None:
    """The agent whom the interaction takes up."""
    if one.state is State.OFFERED:
        return None if one.offer is None else one.offer.agent_id
    return one.agent_id if one.state in WITH_AGENT else None


class MemoryAgents:
    def __init__(self, tables: Tables, clock: Callable[[], datetime]) -> None:
        self._tables = tables
        self._clock = clock

    async def add(self, agent: Agent) -> None:
        known = await self.by_email(agent.email)
        added = replace(agent, email=agent.email.lower())
        if known is not None:
            added = replace(
                added, id=known.id, intent=known.intent, intent_since=known.intent_since
            )
        self._tables.agents[added.id] = added

    async def get(self, id: UUID) -> Agent:
        return _found(self._tables.agents, id, "agent")

    async def by_email(self, email: str) -> Agent | None:
        everybody = self._tables.agents.values()
        return _first(agent for agent in everybody if agent.email == email.lower())

    async def everybody(self) -> Sequence[Agent]:
        return sorted(self._tables.agents.values(), key=lambda one: one.email)

    async def set_password(self, id: UUID, password_hash: str) -> None:
        agent = await self.get(id)
        self._tables.agents[id] = replace(agent, password_hash=password_hash)

    async def deactivate(self, id: UUID) -> None:
        gone = {"active": False, "password_hash": NO_PASSWORD, "intent": Intent.OFFLINE}
        self._tables.agents[id] = replace(await self.get(id), **gone)
        for key in [key for key in self._tables.leases if key[0] == id]:
            del self._tables.leases[key]

    async def set_intent(self, id: UUID, intent: Intent, now: datetime) -> None:
        agent = await self.get(id)
        self._tables.agents[id] = replace(agent, intent=intent, intent_since=now)

    async def reachable_until(self, id: UUID, device: UUID, until: datetime) -> None:
        leases, now = self._tables.leases, self._clock()
        leases[id, device] = until
        for key in [key for key, end in leases.items() if key[0] == id and end <= now]:
            del leases[key]

    async def workloads(self, now: datetime, *, lock: bool = False) -> Sequence[Workload]:
        reachable = {agent_id for (agent_id, _), end in self._tables.leases.items() if end > now}
        active = [one for one in self._tables.agents.values() if one.active]
        agents = sorted(active, key=lambda one: (one.name, one.id))
        return [self._workload(agent, reachable=agent.id in reachable) for agent in agents]

    def _workload(self, agent: Agent, *, reachable: bool) -> Workload:
        held = [one for one in self._tables.interactions.values() if _holder(one) == agent.id]
        texts = [one for one in held if one.channel is Channel.TEXT]
        calls = [one for one in held if one.channel is not Channel.TEXT]
        everybody = self._tables.participants.values()
        beside = [one for one in everybody if one.agent_id == agent.id and one.closed_at is None]
        asked = sum(one.state is Joining.OFFERED for one in beside)
        return Workload(
            agent=agent,
            reachable=reachable,
            calls=len(calls),
            texts=len(texts) + len(beside),
            offered_calls=sum(one.state is State.OFFERED for one in calls),
            offered_texts=sum(one.state is State.OFFERED for one in texts) + asked,
        )


class MemoryQueues:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def put(self, queue: Queue) -> None:
        self._tables.queues[queue.name] = queue

    async def all(self) -> dict[str, Queue]:
        return dict(sorted(self._tables.queues.items()))

    async def remove(self, name: str) -> None:
        self._tables.queues.pop(name, None)


class MemoryContexts:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def add(self, context: Context) -> None:
        first = self._tables.contexts.get(context.interaction_id, ())[:1]
        self._tables.contexts[context.interaction_id] = (*first, context)

    async def of(self, interaction_id: UUID) -> Context:
        kept = _found(self._tables.contexts, interaction_id, "context")
        return kept[-1]


class MemorySignIns:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def add(self, sign_in: SignIn) -> None:
        self._tables.sign_ins[sign_in.token_hash] = sign_in

    async def find(self, token_hash: bytes, now: datetime) -> SignIn | None:
        found = self._tables.sign_ins.get(token_hash)
        return found if found is not None and found.expires_at > now else None

    async def delete(self, token_hash: bytes) -> None:
        self._tables.sign_ins.pop(token_hash, None)

    async def delete_of(self, owner_id: UUID) -> None:
        kept = self._tables.sign_ins
        for token_hash in [key for key, one in kept.items() if one.owner_id == owner_id]:
            del kept[token_hash]

    async def forget(self, now: datetime) -> None:
        for one in [one for one in self._tables.sign_ins.values() if one.expires_at <= now]:
            await self.delete(one.token_hash)


class MemoryFlowVersions:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def publish(self, version: FlowVersion) -> None:
        self._tables.flow_versions.setdefault(version.hash, version)

    async def get(self, hash: str) -> FlowVersion:
        try:
            return self._tables.flow_versions[hash]
        except KeyError:
            raise NotFound("flow version") from None


class MemoryRuns:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def add(self, run: RunRow) -> None:
        if run.status in RUN_OPEN and await self.open_of(run.customer_id, run.flow, run.inputs_key):
            raise Stale("run")
        self._tables.runs[run.id] = run

    async def get(self, id: UUID) -> RunRow:
        return _found(self._tables.runs, id, "run")

    async def save(self, run: RunRow) -> RunRow:
        if (await self.get(run.id)).version != run.version:
            raise Stale("run")
        saved = replace(run, version=run.version + 1)
        self._tables.runs[saved.id] = saved
        return saved

    async def open_of(self, customer_id: UUID, flow: str, inputs_key: str) -> RunRow | None:
        wanted = (customer_id, flow, inputs_key)
        return _first(
            run
            for run in self._tables.runs.values()
            if (run.customer_id, run.flow, run.inputs_key) == wanted and run.status in RUN_OPEN
        )

    async def of_customer(self, customer_id: UUID, limit: int) -> Sequence[RunRow]:
        mine = [run for run in self._tables.runs.values() if run.customer_id == customer_id]
        return sorted(mine, key=lambda run: (run.updated_at, run.id), reverse=True)[:limit]

    async def overdue(self, now: datetime, limit: int) -> Sequence[RunRow]:
        late = [
            (run.expires_at, run.id, run)
            for run in self._tables.runs.values()
            if run.status in RUN_OPEN and run.expires_at is not None and run.expires_at <= now
        ]
        return [run for _, _, run in sorted(late, key=lambda one: one[:2])][:limit]

    async def open_from(self, customer_id: UUID | None, limit: int) -> Sequence[RunRow]:
        found = [
            run
            for run in self._tables.runs.values()
            if run.status in RUN_OPEN and (customer_id is None or run.customer_id >= customer_id)
        ]
        return sorted(found, key=lambda run: (run.customer_id, run.flow, run.inputs_key))[:limit]


class MemoryActionJobs:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def add(self, job: ActionJob) -> None:
        self._tables.action_jobs[job.id] = job

    async def claim(self, now: datetime, lease_until: datetime, limit: int) -> Sequence[ActionJob]:
        free = [job for job in self._tables.action_jobs.values() if _is_free(job, now)]
        free.sort(key=lambda job: (job.due_at, job.id))
        return [self._put(_taken(job, lease_until)) for job in free[:limit]]

    async def done(self, id: UUID) -> None:
        job = _found(self._tables.action_jobs, id, "action job")
        self._put(replace(job, state=JobState.DONE, lease_until=None))

    async def again(self, id: UUID, due_at: datetime) -> None:
        job = _found(self._tables.action_jobs, id, "action job")
        self._put(replace(job, due_at=due_at, lease_until=None))

    def _put(self, job: ActionJob) -> ActionJob:
        self._tables.action_jobs[job.id] = job
        return job


def _is_free(job: ActionJob, now: datetime) -> bool:
    held = job.lease_until is not None and job.lease_until > now
    return job.state is JobState.DUE and job.due_at <= now and not held


def _taken(job: ActionJob, lease_until: datetime) -> ActionJob:
    return replace(job, attempts=job.attempts + 1, lease_until=lease_until)


class MemoryCodes:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def get(self, run_id: UUID) -> CodeRow | None:
        return self._tables.codes.get(run_id)

    async def put(self, code: CodeRow) -> None:
        self._tables.codes[code.run_id] = code


class MemoryCalls:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def add(self, call: CallRow) -> None:
        if call.state != "ended" and await self.open_of(call.interaction_id):
            raise Stale("call")
        self._tables.calls[call.id] = call

    async def get(self, id: UUID) -> CallRow:
        return _found(self._tables.calls, id, "call")

    async def save(self, call: CallRow) -> CallRow:
        if (await self.get(call.id)).version != call.version:
            raise Stale("call")
        saved = replace(call, version=call.version + 1)
        self._tables.calls[saved.id] = saved
        return saved

    async def open_of(self, interaction_id: UUID) -> CallRow | None:
        calls = await self.open_calls()
        return _first(call for call in calls if call.interaction_id == interaction_id)

    async def open_calls(self) -> Sequence[CallRow]:
        calls = [call for call in self._tables.calls.values() if call.state != "ended"]
        return sorted(calls, key=lambda call: (call.created_at, call.id))

    async def describe(self, description: DescriptionRow) -> None:
        one = description
        self._tables.descriptions[one.call_id, one.kind, one.gen, one.rev] = one

    async def description(self, call_id: UUID, kind: str) -> DescriptionRow | None:
        every = self._tables.descriptions.values()
        mine = [one for one in every if (one.call_id, one.kind) == (call_id, kind)]
        return max(mine, key=lambda one: (one.gen, one.rev), default=None)


class MemoryNotifications:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def add(self, notification: Notification) -> int:
        if notification.id in self._tables.notifications:
            return 0
        self._tables.notifications[notification.id] = notification
        devices = await MemoryDevices(self._tables).of(notification.customer_id)
        deliveries = rules.plan(notification, devices, new_id)
        self._tables.deliveries.update({delivery.id: delivery for delivery in deliveries})
        return len(deliveries)

    async def get(self, id: UUID) -> Notification:
        return _found(self._tables.notifications, id, "notification")

    async def of_customer(self, customer_id: UUID, limit: int) -> Sequence[Notification]:
        every = self._tables.notifications.values()
        mine = [one for one in every if one.customer_id == customer_id]
        return sorted(mine, key=lambda one: (one.created_at, one.id), reverse=True)[:limit]

    async def received(self, id: UUID, now: datetime) -> None:
        await self.get(id)
        every = list(self._tables.deliveries.values())
        for delivery in every:
            receivable = (delivery.state, DeliveryEvent.RECEIVE) in rules.TRANSITIONS
            if delivery.notification_id == id and receivable:
                self._tables.deliveries[delivery.id] = rules.receive(delivery, now)

    async def without_lease(self, limit: int) -> Sequence[Delivery]:
        every = self._tables.deliveries.values()
        held = [one for one in every if one.state in rules.HELD and one.lease_until is None]
        return held[:limit]

    async def newest_dead(self, among: int) -> Sequence[Delivery]:
        newest = sorted(self._tables.deliveries.values(), key=lambda one: one.id, reverse=True)
        return [one for one in newest[:among] if one.state is rules.DeliveryState.DEAD]


class MemoryDeliveries:
    """push.ports.Outbox inside one transaction."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def claim(self, limit: int, lease: timedelta, now: datetime) -> list[Claimed]:
        ready = [d for d in self._tables.deliveries.values() if rules.is_claimable(d, now)]
        ready.sort(key=lambda delivery: (delivery.priority, delivery.due_at, delivery.id))
        return [self._claimed(rules.claim(one, lease, now)) for one in ready[:limit]]

    async def record_intent(self, delivery_id: UUID, fence: int) -> bool:
        return self._change(delivery_id, fence, rules.intend)

    async def settle(self, delivery_id: UUID, fence: int, result: Result, now: datetime) -> bool:
        return self._change(delivery_id, fence, lambda one: rules.settle(one, result, now))

    def _change(self, id: UUID, fence: int, change: Callable[[Delivery], Delivery]) -> bool:
        """Change a delivery for the holder of this claim; False where the claim was lost."""
        delivery = self._tables.deliveries.get(id)
        if delivery is None or not rules.is_held(delivery, fence):
            return False
        self._tables.deliveries[id] = change(delivery)
        return True

    def _claimed(self, delivery: Delivery) -> Claimed:
        self._tables.deliveries[delivery.id] = delivery
        return Claimed(
            delivery=delivery,
            notification=self._tables.notifications[delivery.notification_id],
            device=self._tables.devices.get(delivery.device_id),
        )


class MemoryDevices:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def register(self, device: Device) -> Device:
        every = self._tables.devices.values()
        address = (device.kind, device.address)
        known = _first(one for one in every if (one.kind, one.address) == address)
        stored = replace(device, id=known.id) if known else device
        self._tables.devices[stored.id] = stored
        return stored

    async def of(self, customer_id: UUID) -> list[Device]:
        mine = [one for one in self._tables.devices.values() if one.customer_id == customer_id]
        return sorted(mine, key=lambda device: (device.registered_at, device.id))

    async def forget(self, device_id: UUID, address: str, as_of: datetime) -> bool:
        device = self._tables.devices.get(device_id)
        if device is None or not is_stale(device, address, as_of):
            return False
        del self._tables.devices[device_id]
        return True


class MemoryKeptAnswers:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def find(self, owner_id: UUID, key: str) -> KeptAnswer | None:
        return self._tables.kept_answers.get((owner_id, key))

    async def claim(self, request: KeptAnswer) -> KeptAnswer | None:
        known = await self.find(request.owner_id, request.key)
        if known is None:
            self._tables.kept_answers[request.owner_id, request.key] = request
        return known

    async def answer(self, owner_id: UUID, key: str, body: bytes) -> None:
        claimed = self._tables.kept_answers[owner_id, key]
        self._tables.kept_answers[owner_id, key] = replace(claimed, body=body)

    async def forget(self, before: datetime) -> None:
        kept = self._tables.kept_answers
        for place in [one for one, answer in kept.items() if answer.created_at < before]:
            del kept[place]


class MemoryWork:
    """app.store.work.Work on one set of tables."""

    def __init__(self, tables: Tables, clock: Callable[[], datetime], epoch: UUID) -> None:
        self._now = clock()
        self._epoch = epoch
        self.topics: set[str] = set()
        self.customers: Customers = MemoryCustomers(tables)
        self.identities: Identities = MemoryIdentities(tables)
        self.facts: Facts = MemoryFacts(tables)
        self.timeline: Timeline = MemoryTimeline(tables, clock)
        self.interactions: Interactions = MemoryInteractions(tables)
        self.participants: Participants = MemoryParticipants(
            tables.participants, tables.interactions
        )
        self.agents: Agents = MemoryAgents(tables, clock)
        self.queues: Queues = MemoryQueues(tables)
        self.setup: Setup = MemorySetup(tables.setup)
        self.contexts: Contexts = MemoryContexts(tables)
        self.callbacks: Callbacks = MemoryCallbacks(tables.callbacks, tables.interactions)
        self.files: Files = MemoryFiles(tables.files)
        self.marks: Marks = MemoryMarks(tables.marks)
        self.sign_ins: SignIns = MemorySignIns(tables)
        self.invitations: Invitations = MemoryInvitations(tables.invitations)
        self.audit: Audit = MemoryAudit(tables.audit)
        self.flow_versions: FlowVersions = MemoryFlowVersions(tables)
        self.runs: Runs = MemoryRuns(tables)
        self.action_jobs: ActionJobs = MemoryActionJobs(tables)
        self.codes: Codes = MemoryCodes(tables)
        self.calls: Calls = MemoryCalls(tables)
        self.notifications: Notifications = MemoryNotifications(tables)
        self.deliveries: Outbox = MemoryDeliveries(tables)
        self.devices: Devices = MemoryDevices(tables)
        self.kept_answers: KeptAnswers = MemoryKeptAnswers(tables)

    async def now(self) -> datetime:
        return self._now

    async def epoch(self) -> UUID:
        return self._epoch

    def ring(self, topic: str) -> None:
        self.topics.add(topic)


class MemoryStore:
    """app.store.work.Store in this process. `clock` stands in for the database's."""

    def __init__(
        self,
        on_commit: Callable[[set[str]], None],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._on_commit = on_commit
        self._clock = clock
        self._tables = Tables()
        self._epoch = new_id()
        self._one_writer = asyncio.Lock()

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Work]:
        async with self._one_writer:
            tables = self._tables.copy()
            work = MemoryWork(tables, self._clock, self._epoch)
            yield work
            self._tables = tables
        if work.topics:
            self._on_commit(work.topics)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Work]:
        yield MemoryWork(self._tables.frozen(), self._clock, self._epoch)

    async def epoch(self) -> UUID:
        return self._epoch

    async def close(self) -> None:
        """Nothing is held that would have to be given back."""
